use std::fmt;

/// The contents of one object: information about its records, which the writer keeps until the
/// upload of the object ends.
pub(crate) trait ObjectContents: Default + fmt::Debug {
    /// The information about one record.
    type Record;

    /// Adds a record.
    fn push(&mut self, record: Self::Record);

    /// Returns the number of records.
    fn records(&self) -> u64;

    /// Returns the approximate size in memory, in bytes.
    fn held(&self) -> u64;
}
