use std::env;

use clap::{CommandFactory, Parser, Subcommand};

use crate::{
    commands, exit_code::ExitCode, terminal::wait_for_stderr, usage_error::without_secrets,
};

/// Run transformation Lambdas of Amazon Data Firehose locally, and check their responses
///
/// Runs transformation Lambdas in any language as Lambda would, and checks their responses against
/// Firehose's contract. Runs pipeline files, which need no code: `firehose-local pipeline --help`
/// shows one. Sends the records of files through the delivery streams of a template, into a folder
/// or into S3. Needs no AWS account.
#[derive(Debug, Parser)]
#[command(version, after_help = ExitCode::after_help_with_all(EXAMPLES))]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  firehose-local doctor --handler app.lambda_handler --code src
  firehose-local run --template template.yaml --to delivered readings.jsonl
  firehose-local invoke --package square-values fixtures/square-values/integers/event.json
  firehose-local check event.json response.json
  firehose-local test --binary ./bootstrap fixtures/my-function
  firehose-local try --pipeline pipeline.yaml app.log
  firehose-local help run";

#[derive(Debug, Subcommand)]
enum Command {
    Invoke(commands::Invoke),
    Check(commands::Check),
    Try(commands::Try),
    Event(commands::MakeEvent),
    Run(Box<commands::Run>),
    Replay(Box<commands::Replay>),
    Size(commands::Size),
    Pipeline(commands::PipelineCommand),
    Test(commands::Test),
    Doctor(Box<commands::Doctor>),
    Completions(commands::Completions),
}

impl Cli {
    /// Parses the arguments of the process, runs the command, and returns its exit code. If the
    /// arguments cannot be parsed, the exit code is that of clap. Then a process with the argument
    /// `--json` also prints an object with the error.
    pub fn run_process() -> ExitCode {
        match Self::try_parse().map_err(without_secrets) {
            Ok(cli) => cli.run(),
            Err(error) if error.use_stderr() => {
                // The text goes to standard error, which cannot report its own error.
                let _ = error.print();
                let text = error.render().to_string();
                // Tips and the usage follow an empty line.
                let reason = text.split("\n\n").next().unwrap_or_default();
                let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
                let reason = reason.strip_prefix("error: ").unwrap_or(&reason);
                match env::args_os().any(|argument| argument == "--json") {
                    true => commands::print_json_error(ExitCode::BadUsage, reason),
                    false => ExitCode::BadUsage,
                }
            }
            Err(help) => help.exit(),
        }
    }

    /// Runs the command, and returns its exit code.
    pub fn run(self) -> ExitCode {
        let code = self.run_command();
        wait_for_stderr();
        code
    }

    fn run_command(self) -> ExitCode {
        match self.command {
            Command::Invoke(invoke) => invoke.run(),
            Command::Check(check) => check.run(),
            Command::Try(tried) => tried.run(),
            Command::Event(event) => event.run(),
            Command::Run(run) => run.run(),
            Command::Completions(completions) => completions.run(Self::command()),
            Command::Replay(replay) => replay.run(),
            Command::Size(size) => size.run(),
            Command::Pipeline(pipeline) => pipeline.run(),
            Command::Test(test) => test.run(),
            Command::Doctor(doctor) => doctor.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_valid() {
        Cli::command().debug_assert();
    }

    fn message(arguments: &[&str]) -> String {
        let arguments = [&["firehose-local"], arguments].concat();
        without_secrets(Cli::try_parse_from(arguments).unwrap_err()).to_string()
    }

    #[test]
    fn a_mistyped_value_with_a_credential_is_not_shown() {
        for option in ["--endpoint", "--parameter", "--import", "--value"] {
            for value in ["https://user:s3cret@host", "Logs:s3cret", "=s3cret"] {
                let run = message(&["run", option, value, "input"]);
                assert!(!run.contains("s3cret") && run.contains("(hidden)"), "{run}");
                assert!(run.contains(option), "{run}");
            }
        }
        let run = message(&["run", "--endpoint", "Logs=host:1/?key=s3cret", "input"]);
        assert!(!run.contains("s3cret") && run.contains("must begin with http"), "{run}");
        let joined = message(&["run", "--endpoint=Logs=host:1/?key=s3cret", "input"]);
        assert!(!joined.contains("s3cret"), "{joined}");
    }

    #[test]
    fn any_other_mistyped_value_is_shown() {
        let run = message(&["run", "--concurrency", "many", "input"]);
        assert!(run.contains("many"), "{run}");
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
