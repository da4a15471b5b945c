/// The form of records in an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputFormat {
    /// Each line is a record, without its newline.
    Lines,
    /// Each record follows its length, in 4 bytes, big-endian.
    LengthPrefixed,
    /// Each record of a Firehose event is a record. A file has one event or several.
    Events,
}
