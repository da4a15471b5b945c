use clap::ValueEnum;

use firehose_delivery::replay::RawData;

/// The value of `--raw-data`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RawDataArg {
    /// The original record: `replay` sends the record through the function
    Original,
    /// The function's output: `replay` delivers the output unchanged
    Output,
}

impl From<RawDataArg> for RawData {
    fn from(content: RawDataArg) -> Self {
        match content {
            RawDataArg::Original => Self::Original,
            RawDataArg::Output => Self::Output,
        }
    }
}
