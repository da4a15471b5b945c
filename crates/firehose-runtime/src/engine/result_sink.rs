use super::record_result::RecordResult;
use crate::cause::Cause;

/// The receiver of the results of a batch, such as a response.
pub(crate) trait ResultSink {
    /// Writes the result of a record, or refuses its output and returns the cause.
    ///
    /// The results come in the order of the records. After a refused output, the engine passes
    /// the same record again as failed. The sink must not refuse this result.
    fn push(&mut self, index: usize, result: &RecordResult) -> Result<(), Cause>;
}
