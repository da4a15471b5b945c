use std::error::Error;

use firehose_delivery::{
    function::{FunctionError, InvokeError, StartError},
    sizing::Problem,
};

/// Returns an error, with the option or the program that helps.
pub(crate) fn with_hint(error: &(dyn Error + 'static)) -> String {
    match hint(error) {
        Some(hint) => format!("{error}; {hint}"),
        None => error.to_string(),
    }
}

/// Returns a hint for people at the command line, which the errors of the engine do not contain.
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
            Problem::Rejected(_) => Some("`firehose-local check` explains what is wrong with it"),
        };
    }
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(StartError::TimedOut(_)), _) | (_, Some(FunctionError::TimedOut(_))) => {
            Some("--timeout allows more")
        }
        (Some(StartError::Unreachable { .. }), _) => {
            Some("is `cargo lambda watch` or the emulator running there?")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_hint_follows_the_error_at_any_depth() {
        let expected = "the function did not answer within 1 s; --timeout allows more";
        let error = FunctionError::TimedOut(Duration::from_secs(1));
        assert_eq!(with_hint(&error), expected);
        assert_eq!(with_hint(&InvokeError::Function(error.clone())), expected);
        assert_eq!(with_hint(&Problem::Function(error)), expected);
    }

    #[test]
    fn an_error_without_a_hint_is_unchanged() {
        let error = FunctionError::ResponseTooLarge { bytes: 7_000_000 };
        assert_eq!(with_hint(&error), error.to_string());
    }
}
