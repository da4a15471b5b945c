use std::fmt;

/// An error for a pipeline file that is not valid: the place and the problem.
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

    /// Returns the line of the file, from 1, or 0 if the error has no place.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in characters, from 1, or 0 if the error has no place.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the problem without its place.
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
