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
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
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

impl CheckPipelines {
    pub(super) fn run(self) -> ExitCode {
        self.check().unwrap_or_else(|error| error.print(self.json))
    }

    fn check(&self) -> Result<ExitCode, CommandError> {
        let mut errors = Vec::new();
        for path in &self.files {
            let text = read_pipeline_text(path)?;
            errors.push((path, text.parse::<Pipeline>().err()));
        }
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
                Some(error) => located(path, error),
            };
            // Writing to memory does not fail.
            let _ = writeln!(text, "{}", escaped(&line, usize::MAX));
        }
        Ok(print_report(text.as_bytes(), code))
    }
}

impl<'a> CheckedFile<'a> {
    fn new(path: &std::path::Path, error: Option<&'a PipelineError>) -> Self {
        Self {
            file: path.to_string_lossy().into_owned(),
            is_valid: error.is_none(),
            line: error.map(PipelineError::line),
            column: error.map(PipelineError::column),
            message: error.map(PipelineError::message),
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
