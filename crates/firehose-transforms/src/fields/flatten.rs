use bytes::Bytes;

use crate::{
    fields::flat_writer::FlatWriter,
    paths::{
        apply::{apply, transform_items},
        item_error::ItemError,
        json_string::json_string,
    },
};

/// Moves the fields of nested objects to the top level. The names on the path to a value are joined with
/// a separator.
///
/// Values keep their bytes and their order. Empty objects stay unchanged. So do arrays, unless
/// [`with_arrays`](Self::with_arrays) is set. If two fields would get the same name, the item fails.
///
/// ```
/// use firehose_transforms::fields::Flatten;
///
/// let item = r#"{"id":7,"user":{"name":"Ana","tags":["a","b"]}}"#.into();
/// let expected = r#"{"id":7,"user.name":"Ana","user.tags":["a","b"]}"#;
/// assert_eq!(Flatten::new().apply(&item)?, expected);
///
/// let flatten = Flatten::new().with_separator("_").with_arrays(true);
/// let expected = r#"{"id":7,"user_name":"Ana","user_tags_0":"a","user_tags_1":"b"}"#;
/// assert_eq!(flatten.apply(&item)?, expected);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Flatten {
    /// The separator, escaped for a JSON string.
    separator: Box<str>,
    arrays: bool,
    max_output_bytes: usize,
}

impl Flatten {
    /// The default of [`with_max_output_bytes`](Self::with_max_output_bytes): 16 MiB.
    pub const DEFAULT_MAX_OUTPUT_BYTES: usize = 16 << 20;

    /// Creates a transform that joins names with `.` and keeps arrays.
    pub fn new() -> Self {
        Self {
            separator: ".".into(),
            arrays: false,
            max_output_bytes: Self::DEFAULT_MAX_OUTPUT_BYTES,
        }
    }

    /// Sets the text between the names. Default: `.`, as in Vector's `flatten`.
    #[must_use]
    pub fn with_separator(mut self, separator: &str) -> Self {
        let quoted = json_string(separator);
        self.separator = quoted[1..quoted.len() - 1].into();
        self
    }

    /// Sets whether the items of arrays move to the top level, too. The name of an item is its index, from
    /// 0. Default: false.
    #[must_use]
    pub fn with_arrays(mut self, arrays: bool) -> Self {
        self.arrays = arrays;
        self
    }

    /// Sets the maximum length of the result in bytes. Default: 16 MiB.
    ///
    /// A longer result fails the item. The result repeats the names of outer objects, so it may be
    /// much longer than the item.
    #[must_use]
    pub fn with_max_output_bytes(mut self, bytes: usize) -> Self {
        self.max_output_bytes = bytes;
        self
    }

    /// Flattens one JSON object.
    ///
    /// # Errors
    ///
    /// If the item is not a valid JSON object, if two fields would get the same name, or if the
    /// result is too long.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        apply(item, |text| {
            FlatWriter::new(text, &self.separator, self.arrays, self.max_output_bytes).write()
        })
    }
}

impl Default for Flatten {
    fn default() -> Self {
        Self::new()
    }
}

transform_items!(Flatten);
