use super::{
    TemplateError,
    property::{Fields, Property},
};
use crate::{
    delivery_stream::{ErrorOutputPrefix, InvalidPrefix, Prefix},
    error::chain,
};

/// Reads both prefixes, and checks what each asks of the other, and of dynamic partitioning.
/// Returns the `Prefix`.
pub(crate) fn check(fields: &Fields<'_>, partitioning: bool) -> Result<Prefix, TemplateError> {
    let wrong = |reason: &str| Err(TemplateError::wrong(fields.path_of("Prefix"), reason));
    let prefix = match fields.get("Prefix")? {
        Some(property) => read(&property, Prefix::parse)?,
        None => Prefix::default(),
    };
    match fields.get("ErrorOutputPrefix")? {
        Some(property) if !property.text()?.is_empty() => {
            read(&property, ErrorOutputPrefix::parse)?;
        }
        _ if prefix.has_expressions() => {
            return wrong("has expressions, and so needs an ErrorOutputPrefix beside it");
        }
        _ => {}
    }
    let by_key = prefix.partition_keys().next().is_some();
    if by_key && !partitioning {
        return wrong(
            "has a partition key, and so needs DynamicPartitioningConfiguration.Enabled: true",
        );
    }
    if partitioning && !by_key {
        return wrong(
            "dynamic partitioning needs a partition key in it, such as \
             !{partitionKeyFromLambda:customer}",
        );
    }
    Ok(prefix)
}

fn read<T>(
    property: &Property<'_>,
    parse: impl Fn(&str) -> Result<T, InvalidPrefix>,
) -> Result<T, TemplateError> {
    parse(&property.text()?).map_err(|error| match error {
        // AWS may well take these.
        InvalidPrefix::QueryKey { .. } | InvalidPrefix::Timestamp { .. } => {
            property.not_simulated(chain(&error))
        }
        error => property.wrong(chain(&error)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn the_prefixes_of_the_guide_are_taken() {
        let cases = [
            "Prefix: data/",
            "ErrorOutputPrefix: errors/",
            "Prefix: 'a/!{timestamp:yyyy}/!{firehose:random-string}/', ErrorOutputPrefix: errors/",
            "Prefix: a, ErrorOutputPrefix: 'e/!{firehose:error-output-type}/!{timestamp:yyyy}/'",
        ];
        for properties in cases {
            assert!(sample::destination(properties).is_ok(), "{properties}");
        }
    }

    #[test]
    fn what_breaks_the_rules_of_prefixes_is_an_error() {
        let cases = [
            "Prefix: '!{timestamp:yyyy}/'",
            "Prefix: '!{firehose:error-output-type}/', ErrorOutputPrefix: e",
            "Prefix: '!{time:yyyy}/', ErrorOutputPrefix: e",
            "Prefix: '!{timestamp}/', ErrorOutputPrefix: e",
            "Prefix: '!{timestamp:yyyy/', ErrorOutputPrefix: e",
            "ErrorOutputPrefix: 'e/!{timestamp:yyyy}/'",
            "ErrorOutputPrefix: 'e/!{partitionKeyFromLambda:x}/!{firehose:error-output-type}'",
        ];
        let errors = cases.map(|properties| sample::destination(properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: has expressions, and so needs an ErrorOutputPrefix beside it
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: `!{firehose:error-output-type}`, as at character 1, is only for ErrorOutputPrefix
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: there is no expression `!{time:yyyy}`, as at character 1; there are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: there is no expression `!{timestamp}`, as at character 1; there are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: the `!{` at character 1 is not closed with `}`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix: with expressions in it ErrorOutputPrefix needs `!{firehose:error-output-type}`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix: the partition key `x` at character 3 cannot be used in ErrorOutputPrefix
        ");
        assert!(sample::destination(&format!("Prefix: {}", "x".repeat(1024))).is_ok());
        assert!(sample::destination(&format!("Prefix: {}", "x".repeat(1025))).is_err());
    }
}
