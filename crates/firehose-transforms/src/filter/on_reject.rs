use bytes::Bytes;
use firehose_core::{BoxError, Outcome};

use crate::filter::filter_error::FilterError;

/// The treatment of an item that a filter rejects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnReject {
    /// The item is `Dropped`. The default.
    #[default]
    Drop,
    /// The item fails, so that Firehose keeps it under the error output prefix.
    Fail,
}

impl OnReject {
    /// Returns the outcome of an item that a filter has checked.
    pub(super) fn outcome(
        self,
        item: Bytes,
        checked: Result<(), FilterError>,
    ) -> Result<Outcome, BoxError> {
        match checked {
            Ok(()) => Ok(item.into()),
            Err(error) if error.is_rejection() && self == Self::Drop => Ok(Outcome::Dropped),
            Err(error) => Err(error.into()),
        }
    }
}
