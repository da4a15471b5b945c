//! The command line: see the library, or `firehose-local --help`.

use clap::Parser;
use firehose_local::Cli;

fn main() -> std::process::ExitCode {
    Cli::parse().run().into()
}
