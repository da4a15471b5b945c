use std::collections::BTreeMap;

use super::{position_ranges::PositionRanges, position_set::PositionSet};
use crate::{objects::DeliveredObject, store::StoreError};

/// The outcome of records that a destination took.
#[derive(Debug)]
pub(crate) enum DeliveryOutcome {
    /// An object with the records is in the store.
    Stored {
        /// The object.
        object: DeliveredObject,
        /// The positions of its records in the input.
        positions: PositionRanges,
        /// The number of failed records in the object by error code; empty if the object holds
        /// data.
        failed: BTreeMap<&'static str, u64>,
    },
    /// The records are not in an object, and never will be.
    NotDelivered {
        /// The positions of the records in the input.
        positions: PositionSet,
        /// The reason; `None` if the destination had failed before, or if the upload panicked.
        error: Option<StoreError>,
    },
}
