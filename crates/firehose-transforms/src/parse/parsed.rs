/// The result of parsing a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// The output holds the JSON object of the line.
    Object,
    /// The line is a header or a comment of its format, so there is no output. [`Parse`] drops the
    /// record.
    ///
    /// [`Parse`]: crate::parse::Parse
    Header,
}
