use firehose_core::{JsonError, JsonSyntaxError};

/// Returns data as text. The error names the line and the column of the first invalid byte.
pub(crate) fn utf8(data: &[u8]) -> Result<&str, JsonError> {
    str::from_utf8(data).map_err(|error| JsonSyntaxError::from(error).in_text(data).into())
}
