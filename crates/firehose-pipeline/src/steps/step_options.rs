use firehose_core::BoxError;

use crate::items::step::ItemStep;

/// The options of a step, as they are written in the file.
pub(crate) trait StepOptions {
    /// Creates the step. The error says what is wrong with the options and what to do.
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError>;
}
