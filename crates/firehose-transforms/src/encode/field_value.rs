use std::str::FromStr;

use crate::jq::{JqFilter, JqFilterError};

/// The value of an encoder's option: a constant, or a jq filter of the item.
///
/// A text that begins with `.` parses as a filter, and any other text as a constant.
///
/// ```
/// use firehose_transforms::encode::FieldValue;
///
/// let host: FieldValue = ".host.name".parse()?;
/// let index: FieldValue = "main".parse()?;
/// let by_day: FieldValue = r#". | "logs-" + .time[0:10]"#.parse()?;
/// # Ok::<_, firehose_transforms::jq::JqFilterError>(())
/// ```
///
/// The value is the first output of the filter, or null if the filter has no output.
#[derive(Clone, Debug)]
pub struct FieldValue(pub(super) Choice);

#[derive(Clone, Debug)]
pub(super) enum Choice {
    Constant(String),
    Filter(JqFilter),
}

impl FieldValue {
    /// Creates a value that is the same for all items.
    pub fn constant(text: impl Into<String>) -> Self {
        Self(Choice::Constant(text.into()))
    }

    /// Creates a value that a filter computes from each item.
    pub fn filter(filter: JqFilter) -> Self {
        Self(Choice::Filter(filter))
    }
}

/// Parses a filter if the text begins with `.`, else a constant.
impl FromStr for FieldValue {
    type Err = JqFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with('.') {
            JqFilter::new(text).map(Self::filter)
        } else {
            Ok(Self::constant(text))
        }
    }
}
