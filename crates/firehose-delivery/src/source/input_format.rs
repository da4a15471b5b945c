/// How records stand in an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputFormat {
    /// Each line is a record, without its newline
    Lines,
    /// Each record comes after its length, 4 bytes, big-endian
    LengthPrefixed,
    /// Firehose events, as a function gets them, one or several in a file
    Events,
}
