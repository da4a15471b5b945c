use clap::ValueEnum;

use firehose_delivery::replay::RemainingFormat;

/// The value of `--rest-as`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RemainingFormatArg {
    /// The error lines, including unreadable lines, for another replay
    ErrorLines,
    /// The data of the records, each with a newline after it
    Lines,
    /// One Firehose event of up to 6 MiB, for `invoke` and for fixtures
    Event,
}

impl From<RemainingFormatArg> for RemainingFormat {
    fn from(format: RemainingFormatArg) -> Self {
        match format {
            RemainingFormatArg::ErrorLines => Self::ErrorLines,
            RemainingFormatArg::Lines => Self::Lines,
            RemainingFormatArg::Event => Self::Event,
        }
    }
}
