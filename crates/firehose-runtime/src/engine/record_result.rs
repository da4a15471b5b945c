use firehose_core::Output;

use crate::cause::Cause;

/// The result of one record.
///
/// The engine passes the results of a batch to a sink, which writes the response.
#[derive(Debug)]
pub(crate) enum RecordResult {
    /// Firehose delivers this output.
    Ok(Output),
    /// Firehose delivers nothing.
    Dropped,
    /// Firehose delivers the original under the error output prefix. Only the log has the cause.
    Failed(Cause),
}

impl RecordResult {
    /// Returns the bytes of the output, or 0 without one.
    pub(super) fn output_bytes(&self) -> usize {
        match self {
            Self::Ok(output) => output.data().len(),
            Self::Dropped | Self::Failed(_) => 0,
        }
    }
}
