use super::{
    TemplateError,
    property::{Fields, Property},
};

/// The limit of a prefix as it is written, in characters:
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>, like the rules here.
const MAX_CHARACTERS: usize = 1024;

/// What the expressions of a prefix ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expressions {
    any: bool,
    pub(crate) partition_key_from_lambda: bool,
    partition_key_from_query: bool,
}

/// Checks both prefixes, and what each asks of the other.
pub(crate) fn check(fields: &Fields<'_>, partitioning: bool) -> Result<Expressions, TemplateError> {
    let wrong = |reason: &str| Err(TemplateError::wrong(fields.path_of("Prefix"), reason));
    let found = match fields.get("Prefix")? {
        Some(prefix) => check_prefix(&prefix)?,
        None => Expressions::default(),
    };
    match fields.get("ErrorOutputPrefix")? {
        Some(prefix) => check_error_output_prefix(&prefix)?,
        None if found.any => {
            return wrong("has expressions, and so needs an ErrorOutputPrefix beside it");
        }
        None => {}
    }
    let by_key = found.partition_key_from_lambda || found.partition_key_from_query;
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
    if found.partition_key_from_query {
        let reason = "!{partitionKeyFromQuery:...} is not simulated";
        return Err(TemplateError::not_simulated(fields.path_of("Prefix"), reason));
    }
    Ok(found)
}

/// Checks a `Prefix`.
fn check_prefix(property: &Property<'_>) -> Result<Expressions, TemplateError> {
    let mut found = Expressions::default();
    for (namespace, value) in expressions(property)? {
        found.any = true;
        match (namespace.as_str(), value.as_str()) {
            ("timestamp", _) | ("firehose", "random-string") => {}
            ("partitionKeyFromLambda", _) => found.partition_key_from_lambda = true,
            ("partitionKeyFromQuery", _) => found.partition_key_from_query = true,
            ("firehose", "error-output-type") => {
                return Err(
                    property.wrong("!{firehose:error-output-type} is for ErrorOutputPrefix only")
                );
            }
            _ => return Err(unknown(property, &namespace, &value)),
        }
    }
    Ok(found)
}

/// Checks an `ErrorOutputPrefix`.
fn check_error_output_prefix(property: &Property<'_>) -> Result<(), TemplateError> {
    let expressions = expressions(property)?;
    let mut has_type = expressions.is_empty();
    for (namespace, value) in expressions {
        match (namespace.as_str(), value.as_str()) {
            ("timestamp", _) | ("firehose", "random-string") => {}
            ("firehose", "error-output-type") => has_type = true,
            ("partitionKeyFromLambda" | "partitionKeyFromQuery", _) => {
                let reason = format!("!{{{namespace}:{value}}} is for Prefix only");
                return Err(property.wrong(reason));
            }
            _ => return Err(unknown(property, &namespace, &value)),
        }
    }
    if !has_type {
        return Err(property
            .wrong("has expressions, and so needs !{firehose:error-output-type} among them"));
    }
    Ok(())
}

fn unknown(property: &Property<'_>, namespace: &str, value: &str) -> TemplateError {
    property.wrong(format!(
        "!{{{namespace}:{value}}} is no expression of Firehose: these are timestamp, \
         firehose:random-string, firehose:error-output-type, partitionKeyFromLambda and \
         partitionKeyFromQuery"
    ))
}

/// The expressions `!{namespace:value}`, in their order.
fn expressions(property: &Property<'_>) -> Result<Vec<(String, String)>, TemplateError> {
    let text = property.text()?;
    let characters = text.chars().count();
    if characters > MAX_CHARACTERS {
        let reason = format!("has {characters} characters, the limit is {MAX_CHARACTERS}");
        return Err(property.wrong(reason));
    }
    let mut expressions = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("!{") {
        let Some((expression, after)) = after.split_once('}') else {
            return Err(property.wrong(format!("has a !{{ without its }}: {text}")));
        };
        rest = after;
        match expression.split_once(':') {
            Some((namespace, value)) if !value.is_empty() => {
                expressions.push((namespace.to_owned(), value.to_owned()));
            }
            _ => {
                return Err(property.wrong(format!("!{{{expression}}} has no value after a colon")));
            }
        }
    }
    Ok(expressions)
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
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: !{firehose:error-output-type} is for ErrorOutputPrefix only
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: !{time:yyyy} is no expression of Firehose: these are timestamp, firehose:random-string, firehose:error-output-type, partitionKeyFromLambda and partitionKeyFromQuery
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: !{timestamp} has no value after a colon
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: has a !{ without its }: !{timestamp:yyyy/
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix: has expressions, and so needs !{firehose:error-output-type} among them
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix: !{partitionKeyFromLambda:x} is for Prefix only
        ");
        assert!(sample::destination(&format!("Prefix: {}", "x".repeat(1024))).is_ok());
        assert!(sample::destination(&format!("Prefix: {}", "x".repeat(1025))).is_err());
    }
}
