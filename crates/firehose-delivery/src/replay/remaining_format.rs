/// The format of the file of remaining records.
///
/// `Lines` and `Event` are inputs of the function. They leave out records that failed after the
/// function, because the function must not transform a record twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemainingFormat {
    /// The error lines, including unreadable lines. A line has the further field
    /// `firehoseLocalRawData` if its error code does not determine the content of `rawData`.
    ErrorLines,
    /// The data of the records, each with a newline after it.
    Lines,
    /// One Firehose event with as many records as the event limit of Lambda allows.
    Event,
}
