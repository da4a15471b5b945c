use std::{fmt::Write, path::PathBuf};

use clap::Args;
use firehose_pipeline::{Pipeline, PipelineError};
use serde::Serialize;

use super::super::{
    command_error::CommandError,
    json_summary::json_summary,
    pipeline_file::{located, read_pipeline_text},
};
use crate::{
    exit_code::{Detailed, ExitCode},
    terminal::{escaped, print_report},
};

/// Check pipeline files
///
/// Prints one line for each file. An invalid file has a line of the form FILE:LINE:COLUMN: message,
/// or FILE: message if the position of the error is unknown.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help_without_response(EXAMPLES, EXIT_CODES))]
pub(super) struct CheckPipelines {
    /// Pipeline files; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Print the errors as JSON
    #[arg(long)]
    json: bool,
}

/// The result of the check in JSON.
#[derive(Debug, Serialize)]
struct CheckReport<'a> {
    files: Vec<CheckedFile<'a>>,
}

/// The result for one file. A valid file has no error.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckedFile<'a> {
    file: String,
    is_valid: bool,
    /// The line of the error, counted from 1, or 0 if the position is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// The reason for which a file is not a valid pipeline.
enum FileError {
    /// The reason names the file.
    Unreadable(CommandError),
    Invalid(PipelineError),
}

impl CheckPipelines {
    pub(super) fn run(self) -> ExitCode {
        self.check().unwrap_or_else(|error| error.print(self.json))
    }

    fn check(&self) -> Result<ExitCode, CommandError> {
        let check = |path| match read_pipeline_text(path) {
            Ok(text) => text.parse::<Pipeline>().err().map(FileError::Invalid),
            Err(error) => Some(FileError::Unreadable(error)),
        };
        let errors: Vec<_> = self.files.iter().map(|path| (path, check(path))).collect();
        let is_valid = errors.iter().all(|(_, error)| error.is_none());
        let code = if is_valid { ExitCode::Ok } else { ExitCode::BadUsage };
        if self.json {
            let files = errors.iter();
            let files = files.map(|(path, error)| CheckedFile::new(path, error.as_ref())).collect();
            return Ok(print_report(json_summary(code, CheckReport { files }).as_bytes(), code));
        }
        let mut text = String::new();
        for (path, error) in &errors {
            let line = match error {
                None => format!("{}: valid", path.display()),
                Some(FileError::Invalid(error)) => located(path, error),
                Some(FileError::Unreadable(error)) => error.reason.clone(),
            };
            // Writing to memory does not fail.
            let _ = writeln!(text, "{}", escaped(&line, usize::MAX));
        }
        Ok(print_report(text.as_bytes(), code))
    }
}

impl<'a> CheckedFile<'a> {
    fn new(path: &std::path::Path, error: Option<&'a FileError>) -> Self {
        let position = error.map(|error| match error {
            FileError::Invalid(error) => (error.line(), error.column()),
            FileError::Unreadable(_) => (0, 0),
        });
        let message = error.map(|error| match error {
            FileError::Invalid(error) => error.message(),
            FileError::Unreadable(error) => error.reason.as_str(),
        });
        Self {
            file: path.to_string_lossy().into_owned(),
            is_valid: error.is_none(),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            message,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  firehose-local pipeline check pipeline.yaml
  firehose-local pipeline check --json pipelines/*.yaml | jq .files";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, "also if a pipeline is not valid"),
    (ExitCode::Ok, "every pipeline is valid"),
];
