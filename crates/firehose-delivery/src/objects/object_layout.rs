use std::{fmt, hash::Hash};

use jiff::Timestamp;

use crate::encoder::AnyEncoder;

/// Groups of records that share an object, and the encoding and the keys of their objects.
pub(crate) trait ObjectLayout: fmt::Debug {
    /// The common property of the records in one object.
    type Group: Clone + fmt::Debug + Eq + Hash;

    /// Begins the encoding of an object.
    fn encoder(&self, group: &Self::Group) -> AnyEncoder;

    /// Returns the key of a finished object, a new one with each call.
    fn key(&self, group: &Self::Group, arrivals: Arrivals) -> String;
}

/// The arrivals of records in an object that its key may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrivals {
    /// The arrival of the oldest record.
    pub(crate) oldest: Timestamp,
    /// The arrival of the record that was added first.
    pub(crate) first: Timestamp,
}
