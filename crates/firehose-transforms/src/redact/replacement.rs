use crate::paths::json_string::json_string;

/// The replacement of a match.
#[derive(Clone, Debug)]
pub(super) struct Replacement {
    pub(super) text: Box<str>,
    /// The text as a JSON string, with its quotes.
    pub(super) json: Box<str>,
}

impl Replacement {
    /// Creates the replacement from a template. `{name}` stands for the name of the detector.
    pub(super) fn new(template: &str, name: &str) -> Self {
        let text: Box<str> = template.replace("{name}", name).into();
        Self { json: json_string(&text).into(), text }
    }

    /// Returns the text with JSON escapes and without quotes.
    pub(super) fn escaped(&self) -> &str {
        &self.json[1..self.json.len() - 1]
    }
}
