//! The executable of the command line. See the library, or `firehose-local --help`.

use firehose_local::Cli;

fn main() -> std::process::ExitCode {
    Cli::run_process().into()
}
