use std::error::Error;

use firehose_delivery::{
    function::{FunctionError, InvokeError, StartError},
    sizing::Problem,
    store::{StoreError, StoreErrorKind},
};

/// Returns the text of an error, and a hint that names the option or the program that helps.
pub(crate) fn with_hint(error: &(dyn Error + 'static)) -> String {
    match hint(error) {
        Some(hint) => format!("{error}; {hint}"),
        None => error.to_string(),
    }
}

/// Returns the hint for an error of [`firehose_delivery`], which does not know the options of the
/// command line.
fn hint(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if let Some(error) = error.downcast_ref::<InvokeError>() {
        return match error {
            InvokeError::Start(error) => hint(error),
            InvokeError::Function(error) => hint(error),
        };
    }
    if let Some(error) = error.downcast_ref::<Problem>() {
        return match error {
            Problem::Start(error) => hint(error),
            Problem::Function(error) => hint(error),
            Problem::Rejected(_) => {
                Some("`firehose-local check` explains what is wrong with a response")
            }
        };
    }
    if let Some(error) = error.downcast_ref::<StoreError>() {
        return match error.kind() {
            StoreErrorKind::TimedOut => Some("raise the limit with --store-timeout"),
            StoreErrorKind::Unreachable => {
                Some("check --endpoint-url, AWS_ENDPOINT_URL, AWS_REGION and the network")
            }
            StoreErrorKind::BadEndpoint => {
                Some("check --endpoint-url, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL")
            }
            _ => None,
        };
    }
    if let Some(FunctionError::TimedOut(_)) = error.downcast_ref() {
        return Some("raise the limit with --timeout");
    }
    match error.downcast_ref()? {
        StartError::TimedOut(_) => Some("raise the limit with --timeout"),
        StartError::Unreachable { .. } => {
            Some("is `cargo lambda watch` or the emulator running there?")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use firehose_delivery::store::{Store, StoreLocation, StoreOptions};

    use super::*;

    #[test]
    fn a_hint_follows_the_error_at_any_depth() {
        let expected = "the function did not answer within 1 s; raise the limit with --timeout";
        let error = FunctionError::TimedOut(Duration::from_secs(1));
        assert_eq!(with_hint(&error), expected);
        assert_eq!(with_hint(&InvokeError::Function(error.clone())), expected);
        assert_eq!(with_hint(&Problem::Function(error)), expected);
    }

    #[test]
    fn a_bad_endpoint_names_the_settings_to_check() {
        let location = StoreLocation::parse("s3://bucket").unwrap();
        let options = StoreOptions {
            environment: vec![],
            endpoint_url: Some("localhost:1".to_owned()),
            ..StoreOptions::default()
        };
        let error = Store::open(&location, &options).unwrap_err();
        insta::assert_snapshot!(with_hint(&error), @"the endpoint of S3 must be http://host:port or https://host:port, without a user, a query or a fragment; check --endpoint-url, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL");
        let error = StoreLocation::parse("").unwrap_err();
        assert_eq!(with_hint(&error), error.to_string());
    }

    #[test]
    fn an_error_without_a_hint_is_unchanged() {
        let error = FunctionError::ResponseTooLarge { bytes: 7_000_000 };
        assert_eq!(with_hint(&error), error.to_string());
    }
}
