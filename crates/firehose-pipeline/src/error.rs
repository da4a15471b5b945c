use std::fmt;

/// An error in a pipeline file: its position in the file, and its message.
///
/// ```
/// use firehose_pipeline::Pipeline;
///
/// let error = "input: jsonl".parse::<Pipeline>().unwrap_err();
/// assert_eq!((error.line(), error.column()), (1, 8));
/// assert!(error.to_string().starts_with("line 1, column 8: input: unknown name `jsonl`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelineError {
    line: usize,
    column: usize,
    message: String,
}

impl PipelineError {
    pub(crate) fn new(line: usize, column: usize, message: String) -> Self {
        Self { line, column, message }
    }

    /// Returns the line in the file, counted from 1, or 0 if the position is unknown.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in characters, counted from 1, or 0 if the position is unknown.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the message without the position.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}, column {}: ", self.line, self.column)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for PipelineError {}
