use std::fmt;

/// The information about the records of one object that is kept until the upload ends.
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
