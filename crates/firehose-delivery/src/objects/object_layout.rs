use std::{fmt, hash::Hash};

use jiff::Timestamp;

use crate::encoder::AnyEncoder;

/// The grouping of records into objects, and the encoding and the keys of these objects.
pub(crate) trait ObjectLayout: fmt::Debug {
    /// The common property of the records in one object.
    type Group: Clone + fmt::Debug + Eq + Hash;

    /// Begins the encoding of an object.
    fn encoder(&self, group: &Self::Group) -> AnyEncoder;

    /// Returns the key of a finished object, a new key with each call.
    fn key(&self, group: &Self::Group, arrivals: Arrivals) -> String;
}

/// The arrivals that the key of an object may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrivals {
    /// The arrival of the oldest record.
    pub(crate) oldest: Timestamp,
    /// The arrival of the record that was added first.
    pub(crate) first: Timestamp,
}
