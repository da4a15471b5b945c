use std::collections::BTreeMap;

use jiff::Zoned;
use uuid::Uuid;

use super::{
    invalid_prefix::InvalidPrefix,
    prefix::Prefix,
    prefix_error::PrefixError,
    prefix_part::{PrefixPart, evaluate, hour, parts},
};

/// The `ErrorOutputPrefix` of an S3 destination: what the keys of objects with failed records
/// begin with.
///
/// It takes the expressions of a [`Prefix`] other than partition keys, and
/// `!{firehose:error-output-type}`, such as `processing-failed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorOutputPrefix {
    parts: Vec<PrefixPart>,
    hour: bool,
}

impl ErrorOutputPrefix {
    /// Reads an error output prefix. Nothing is ever appended to it: AWS's page speaks of appending
    /// only for `Prefix`.
    ///
    /// # Errors
    ///
    /// As for [`Prefix::parse`]; and with any expression `!{firehose:error-output-type}` has to be
    /// there, and partition keys must not.
    pub fn parse(text: &str) -> Result<Self, InvalidPrefix> {
        let parts = parts(text)?;
        let (mut expressions, mut type_is_there) = (false, false);
        for part in &parts {
            match part {
                PrefixPart::Text(_) => {}
                PrefixPart::Timestamp(_) | PrefixPart::RandomString => expressions = true,
                PrefixPart::ErrorOutputType { .. } => type_is_there = true,
                PrefixPart::PartitionKey { key, position } => {
                    let (key, position) = (key.clone(), *position);
                    return Err(InvalidPrefix::PartitionKeyOfErrors { position, key });
                }
            }
        }
        if expressions && !type_is_there {
            return Err(InvalidPrefix::NoErrorOutputType);
        }
        Ok(Self { parts, hour: false })
    }

    /// What there is without an `ErrorOutputPrefix`, and with an empty one:
    /// `<prefix><error output type>/yyyy/MM/dd/HH/`.
    ///
    /// AWS's page leaves it open where the slashes are and whether the hour is there. A key that
    /// [others saw](https://github.com/UKHomeOffice/firehose-splunk-tf-module) has it as here.
    ///
    /// # Errors
    ///
    /// A prefix with expressions needs an `ErrorOutputPrefix`.
    pub fn default_for(prefix: &Prefix) -> Result<Self, InvalidPrefix> {
        if prefix.has_expressions() {
            return Err(InvalidPrefix::NoErrorOutputPrefix);
        }
        let mut parts = prefix.clone().into_parts();
        parts.push(PrefixPart::ErrorOutputType { position: 0 });
        parts.push(PrefixPart::Text("/".to_owned()));
        Ok(Self { parts, hour: true })
    }

    /// The prefix of an object with records that failed in one way. For the arrival and the UUIDs
    /// see [`Prefix::evaluate`]; for the type
    /// [`DeliveryFailure::error_output_type`](crate::delivery_stream::DeliveryFailure::error_output_type).
    ///
    /// # Errors
    ///
    /// The prefix may have at most 512 characters, not counting an hour that is appended.
    pub fn evaluate(
        &self,
        arrival: &Zoned,
        error_output_type: &str,
        uuids: &mut dyn FnMut() -> Uuid,
    ) -> Result<String, PrefixError> {
        let no_keys = BTreeMap::new();
        let mut prefix = evaluate(&self.parts, arrival, &no_keys, error_output_type, uuids)?;
        if self.hour {
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
    fn the_error_output_type_is_put_in_and_nothing_is_appended() {
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
    fn without_one_failed_records_go_below_the_prefix() {
        let default = |prefix| {
            evaluated(&ErrorOutputPrefix::default_for(&Prefix::parse(prefix).unwrap()).unwrap())
        };
        assert_eq!(default(""), "processing-failed/2018/08/27/10/");
        assert_eq!(default("retries/"), "retries/processing-failed/2018/08/27/10/");
        assert_eq!(default("data"), "dataprocessing-failed/2018/08/27/10/");
    }

    #[test]
    fn an_error_says_what_firehose_refuses() {
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
        with expressions in it ErrorOutputPrefix needs `!{firehose:error-output-type}`
        with expressions in it ErrorOutputPrefix needs `!{firehose:error-output-type}`
        the partition key `customer` at character 31 cannot be used in ErrorOutputPrefix
        "
        );
        let prefix = Prefix::parse("!{timestamp:yyyy}/").unwrap();
        insta::assert_snapshot!(ErrorOutputPrefix::default_for(&prefix).unwrap_err(), @"there has to be an ErrorOutputPrefix, since there are expressions in Prefix");
    }
}
