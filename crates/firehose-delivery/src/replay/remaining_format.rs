/// The format of the file of remaining records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemainingFormat {
    /// The error lines as they were, including unreadable lines.
    ErrorLines,
    /// The data of the records, each with a newline after it.
    Lines,
    /// One Firehose event with as many records as the event limit of Lambda allows.
    Event,
}
