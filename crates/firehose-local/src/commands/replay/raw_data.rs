use clap::ValueEnum;

use firehose_delivery::replay::RawData;

/// The value of `--raw-data`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RawDataArg {
    /// The record before the function, which is sent through the function
    Original,
    /// The function's output, which is delivered unchanged
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
