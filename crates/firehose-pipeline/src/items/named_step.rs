use std::fmt;

use firehose_core::BoxError;

use super::step::ItemStep;

/// A step with its position and its name in the file.
#[derive(Debug)]
pub(crate) struct NamedStep {
    /// The position in the list of steps, counted from 1.
    pub(crate) number: usize,
    pub(crate) name: &'static str,
    pub(crate) step: Box<dyn ItemStep>,
}

/// An error of a step or of the output. The message names the step or the output; the source is the
/// cause.
#[derive(Debug)]
pub(crate) struct StepError {
    /// The number and the name of the step, or `None` for the output.
    step: Option<(usize, &'static str)>,
    source: BoxError,
}

impl StepError {
    /// Returns an error that names the step. If `source` already names a later step or the output,
    /// returns `source` unchanged.
    pub(crate) fn of_step(step: &NamedStep, source: BoxError) -> BoxError {
        if source.is::<Self>() {
            return source;
        }
        Box::new(Self { step: Some((step.number, step.name)), source })
    }

    /// Returns an error that names the output.
    pub(crate) fn of_output(source: BoxError) -> BoxError {
        Box::new(Self { step: None, source })
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some((number, name)) => write!(f, "step {number} ({name})"),
            None => f.write_str("output"),
        }
    }
}

impl std::error::Error for StepError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
