use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;
use json_scanner::JsonSyntaxError;

use super::{error::JqError, fidelity::Fidelity, syntax::node::RootParts, values::value::Value};

/// An item that was checked and read once, for several filters.
///
/// A clone is cheap. The type is not `Send`: read an item on the thread that runs the filters.
///
/// ```
/// use firehose_transforms::jq::JqFilter;
///
/// let rename = JqFilter::new("{name: .user}")?;
/// let is_debug = JqFilter::new(r#".level == "DEBUG""#)?.reading_for(&rename);
///
/// let input = is_debug.read(&r#"{"level": "INFO", "user": "ana"}"#.into())?;
/// assert!(!is_debug.is_true_of(&input)?);
/// assert_eq!(rename.run_on(input)?, [r#"{"name":"ana"}"#]);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// See also [`JqFilter::read`](super::JqFilter::read).
#[derive(Clone)]
pub struct JqInput {
    pub(super) item: Bytes,
    pub(super) value: Value,
    /// The fidelity that the value was read for.
    pub(super) fidelity: Fidelity,
}

impl JqInput {
    /// Checks that an item is one valid JSON value, and reads these parts of the item.
    pub(super) fn new(
        item: &Bytes,
        parts: &RootParts,
        fidelity: Fidelity,
    ) -> Result<Self, JqError> {
        let value = match ByteString::try_from(item.clone()) {
            Ok(text) => Value::from_json(text, parts, fidelity),
            Err(error) => Err(JsonSyntaxError::from(error)),
        };
        let value = value.map_err(|error| JqError::Json(error.in_text(item)))?;
        Ok(Self { item: item.clone(), value, fidelity })
    }
}

/// Shows no payload.
impl fmt::Debug for JqInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JqInput({} bytes)", self.item.len())
    }
}
