use clap::{Parser, Subcommand};

use crate::{commands, exit_code::ExitCode};

/// Amazon Data Firehose on a laptop: runs transformation Lambdas and checks their answers
///
/// Amazon Data Firehose on a laptop: runs transformation Lambdas in any language as they will be
/// deployed, checks their answers against Firehose's contract, and delivers the records of files
/// as the delivery streams of a template would, into a folder or into S3. It needs no AWS account.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  firehose-local invoke --package square-values fixtures/square-values/integers/event.json
  firehose-local check event.json response.json
  firehose-local run --put-to SourceStream --to delivered readings.jsonl
  firehose-local help run

Exit codes:
  0    the function answered and kept the contract; records may still have failed
  1    the response breaks Firehose's contract
  2    bad usage: arguments, a file that cannot be read or written, or an event that is none,
       so that there is nothing to check a response against
  3    function error: an error reported, a time-out, an early end, a response over the limit
  4    the function could not be built, started or reached
  5    the store could not be reached, or did not take an object
  6    replay: records still fail
  101  a fault of firehose-local itself
  130  interrupted by a signal, Ctrl-C for one";

#[derive(Debug, Subcommand)]
enum Command {
    Invoke(commands::Invoke),
    Check(commands::Check),
    Run(Box<commands::Run>),
    Replay(Box<commands::Replay>),
    Size(commands::Size),
    Completions(commands::Completions),
}

impl Cli {
    /// Does what the command line says.
    pub fn run(self) -> ExitCode {
        match self.command {
            Command::Invoke(invoke) => invoke.run(),
            Command::Check(check) => check.run(),
            Command::Run(run) => run.run(),
            Command::Completions(completions) => completions.run(),
            Command::Replay(replay) => replay.run(),
            Command::Size(size) => size.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn one_function_is_named_and_a_package_may_be_built_in_release_mode() {
        let parse = |arguments: &str| {
            Cli::try_parse_from(format!("firehose-local invoke {arguments} event.json").split(' '))
        };
        for arguments in ["--package a", "--package a --release", "--binary b --timeout 1"] {
            parse(arguments).unwrap();
        }
        for arguments in ["--all", "--package a --binary b", "--binary b --release"] {
            parse(arguments).unwrap_err();
        }
    }
}
