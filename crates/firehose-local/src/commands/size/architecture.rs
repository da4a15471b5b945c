use clap::ValueEnum;
use firehose_delivery::sizing::Architecture;

/// The values of `--architecture`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ArchitectureArg {
    #[value(name = "x86_64")]
    X86,
    Arm64,
}

impl From<ArchitectureArg> for Architecture {
    fn from(architecture: ArchitectureArg) -> Self {
        match architecture {
            ArchitectureArg::X86 => Self::X86,
            ArchitectureArg::Arm64 => Self::Arm64,
        }
    }
}
