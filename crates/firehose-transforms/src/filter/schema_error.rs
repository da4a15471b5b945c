use std::fmt;

/// An error for an invalid JSON Schema. The message may show parts of the schema, which comes from
/// the configuration and not from a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    message: String,
}

impl SchemaError {
    pub(super) fn new(error: impl fmt::Display) -> Self {
        Self { message: format!("invalid JSON Schema: {error}") }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SchemaError {}
