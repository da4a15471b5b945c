use std::fmt;

/// An error for invalid options of a [`Detector`](crate::redact::Detector) or of
/// [`Detectors`](crate::redact::Detectors).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactError {
    message: String,
}

impl RedactError {
    pub(super) fn unknown_detector(name: &str, names: &[&str]) -> Self {
        let names = names.join(", ");
        Self { message: format!("`{name}` is not a detector; choose one of {names}") }
    }

    pub(super) fn pattern(name: &str, error: &regex::Error) -> Self {
        Self { message: format!("invalid pattern of the detector `{name}`: {error}") }
    }

    pub(super) fn found_replacement(replacement: &str, detector: &str) -> Self {
        Self {
            message: format!(
                "the detector `{detector}` finds the replacement text `{replacement}`; choose \
                 another text"
            ),
        }
    }

    pub(super) fn no_detector() -> Self {
        Self { message: "no detector is named, so nothing would be redacted; name one".to_owned() }
    }
}

impl fmt::Display for RedactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RedactError {}
