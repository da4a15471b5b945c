use std::collections::BTreeMap;

use super::{
    delivered_request::DeliveredRequest, position_ranges::PositionRanges, position_set::PositionSet,
};
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
    /// An endpoint took the records.
    Sent {
        /// The request.
        request: DeliveredRequest,
        /// The positions of its records in the input.
        positions: PositionRanges,
    },
    /// Records that an endpoint did not take are in the error output, which is not stored yet. An
    /// outcome of its objects follows.
    ToErrorOutput,
    /// The records are neither in an object nor at an endpoint, and never will be.
    NotDelivered {
        /// The positions of the records in the input.
        positions: PositionSet,
        /// The reason; `None` if the destination had failed before, or if the upload or the request
        /// panicked.
        error: Option<StoreError>,
    },
}
