/// The group of the records in one object of a delivery stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ObjectKind {
    /// Records with these values of the partition keys in the prefix. A prefix without partition
    /// keys has one group for all records.
    Partition(Vec<String>),
    /// Failed records of this error output type.
    Failed(&'static str),
}
