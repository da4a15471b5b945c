use clap::ValueEnum;
use firehose_fixtures::SourceShape;

/// The values of `--source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum SourceArg {
    DirectPut,
    Kinesis,
    Msk,
}

impl From<SourceArg> for SourceShape {
    fn from(source: SourceArg) -> Self {
        match source {
            SourceArg::DirectPut => Self::DirectPut,
            SourceArg::Kinesis => Self::Kinesis,
            SourceArg::Msk => Self::Msk,
        }
    }
}
