use jiff::Zoned;
use uuid::Uuid;

use super::{
    invalid_prefix::InvalidPrefix,
    partition_keys::PartitionKeys,
    prefix::Prefix,
    prefix_error::PrefixError,
    prefix_part::{PrefixPart, evaluate, hour, parts},
};

/// The `ErrorOutputPrefix` of an S3 destination: the start of the keys of objects with failed
/// records.
///
/// The prefix may have the expressions of a [`Prefix`] except partition keys. It may also have
/// `!{firehose:error-output-type}`, whose value is, for example, `processing-failed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorOutputPrefix {
    parts: Vec<PrefixPart>,
    /// `true` if the hour is appended.
    appends_hour: bool,
}

impl ErrorOutputPrefix {
    /// Parses an error output prefix. The hour is not appended, because AWS's page describes the
    /// appended hour only for `Prefix`.
    ///
    /// # Errors
    ///
    /// The errors of [`Prefix::parse`]. A partition key is also an error, and so are other
    /// expressions without `!{firehose:error-output-type}`.
    pub fn parse(text: &str) -> Result<Self, InvalidPrefix> {
        let parts = parts(text)?;
        let (mut expressions, mut has_type) = (false, false);
        for part in &parts {
            match part {
                PrefixPart::Text(_) => {}
                PrefixPart::Timestamp(_) | PrefixPart::RandomString => expressions = true,
                PrefixPart::ErrorOutputType { .. } => has_type = true,
                PrefixPart::PartitionKey { key, position, .. } => {
                    let (key, position) = (key.clone(), *position);
                    return Err(InvalidPrefix::PartitionKeyOfErrors { position, key });
                }
            }
        }
        if expressions && !has_type {
            return Err(InvalidPrefix::NoErrorOutputType);
        }
        Ok(Self { parts, appends_hour: false })
    }

    /// Returns the prefix of failed records for a missing or empty `ErrorOutputPrefix`:
    /// `<prefix><error output type>/yyyy/MM/dd/HH/`.
    ///
    /// AWS's page does not say where the slashes are, or whether the hour is appended. A key that
    /// [others observed](https://github.com/UKHomeOffice/firehose-splunk-tf-module) has this form.
    ///
    /// # Errors
    ///
    /// If the prefix has expressions: then `ErrorOutputPrefix` is required.
    pub fn default_for(prefix: &Prefix) -> Result<Self, InvalidPrefix> {
        if prefix.has_expressions() {
            return Err(InvalidPrefix::NoErrorOutputPrefix);
        }
        let mut parts = prefix.clone().into_parts();
        parts.push(PrefixPart::ErrorOutputType { position: 0 });
        parts.push(PrefixPart::Text("/".to_owned()));
        Ok(Self { parts, appends_hour: true })
    }

    /// Returns the prefix of an object with records of one error output type. See also
    /// [`Prefix::evaluate`] for the arrival and the UUIDs, and
    /// [`DeliveryFailure::error_output_type`](super::DeliveryFailure::error_output_type).
    ///
    /// # Errors
    ///
    /// If the prefix has more than 512 characters, not counting an appended hour.
    pub fn evaluate(
        &self,
        arrival: &Zoned,
        error_output_type: &str,
        uuids: &mut dyn FnMut() -> Uuid,
    ) -> Result<String, PrefixError> {
        let no_keys = PartitionKeys::NONE;
        let mut prefix = evaluate(&self.parts, arrival, no_keys, error_output_type, uuids)?;
        if self.appends_hour {
            prefix.push_str(&hour(arrival));
        }
        Ok(prefix)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};

    use super::*;

    fn evaluated(prefix: &ErrorOutputPrefix) -> String {
        let arrival = date(2018, 8, 27).at(10, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        prefix.evaluate(&arrival, "processing-failed", &mut Uuid::nil).unwrap()
    }

    #[test]
    fn the_error_output_type_is_evaluated_and_nothing_is_appended() {
        let evaluated = |text| evaluated(&ErrorOutputPrefix::parse(text).unwrap());
        insta::assert_snapshot!(
            [
                "failed/!{firehose:error-output-type}/",
                "result=!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}",
                "errors/",
            ]
            .map(evaluated)
            .join("\n"),
            @r"
        failed/processing-failed/
        result=processing-failed/2018/08/27
        errors/
        "
        );
    }

    #[test]
    fn failed_records_go_below_the_prefix_by_default() {
        let default = |prefix| {
            evaluated(&ErrorOutputPrefix::default_for(&Prefix::parse(prefix).unwrap()).unwrap())
        };
        assert_eq!(default(""), "processing-failed/2018/08/27/10/");
        assert_eq!(default("retries/"), "retries/processing-failed/2018/08/27/10/");
        assert_eq!(default("data"), "dataprocessing-failed/2018/08/27/10/");
    }

    #[test]
    fn an_error_names_the_rejected_expression() {
        let error = |text| ErrorOutputPrefix::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(
            [
                "errors/!{timestamp:yyyy}/",
                "!{firehose:random-string}",
                "!{firehose:error-output-type}/!{partitionKeyFromLambda:customer}/",
            ]
            .map(error)
            .join("\n"),
            @r"
        an ErrorOutputPrefix with expressions needs `!{firehose:error-output-type}`
        an ErrorOutputPrefix with expressions needs `!{firehose:error-output-type}`
        the partition key `customer` at character 31 is not allowed in ErrorOutputPrefix
        "
        );
        let prefix = Prefix::parse("!{timestamp:yyyy}/").unwrap();
        insta::assert_snapshot!(ErrorOutputPrefix::default_for(&prefix).unwrap_err(), @"a Prefix with expressions needs an ErrorOutputPrefix");
    }
}
