use clap::ValueEnum;

use firehose_delivery::replay::RemainingFormat;

/// The argument that names a [`RemainingFormat`].
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RemainingFormatArg {
    /// The error lines as they were, to be replayed again; unreadable lines too
    ErrorLines,
    /// The records alone, each with a newline after it
    Lines,
    /// One Firehose event, as far as they fit into it, for `invoke` and for fixtures
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
