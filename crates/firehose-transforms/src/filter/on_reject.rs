use bytes::Bytes;
use firehose_core::{BoxError, Outcome};

use crate::filter::filter_error::FilterError;

/// The treatment of an item that a filter rejects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum OnReject {
    /// The item is `Dropped`. The default.
    #[default]
    Drop,
    /// The item fails, so that Firehose keeps it under the error output prefix.
    Fail,
}

impl OnReject {
    /// Returns `true` if a checked item passes, and `false` if it is dropped.
    ///
    /// # Errors
    ///
    /// If the item cannot be checked, or is rejected and must fail.
    pub fn passes(self, checked: Result<(), FilterError>) -> Result<bool, FilterError> {
        match checked {
            Ok(()) => Ok(true),
            Err(error) if error.is_rejection() && self == Self::Drop => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns the outcome of a checked item.
    pub(super) fn outcome(
        self,
        item: Bytes,
        checked: Result<(), FilterError>,
    ) -> Result<Outcome, BoxError> {
        Ok(if self.passes(checked)? { item.into() } else { Outcome::Dropped })
    }
}
