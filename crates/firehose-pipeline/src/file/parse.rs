use serde::Deserialize;

use super::{
    empty_file::is_empty, field_position::field_position, file_limits::check_limits,
    pipeline_file::PipelineFile, regex_error::on_one_line, suggestion::with_suggestion,
    type_error::with_plain_types,
};
use crate::error::PipelineError;

/// Parses the text of a pipeline file.
pub(crate) fn parse(text: &str) -> Result<PipelineFile, PipelineError> {
    check_limits(text)?;
    if is_empty(text) {
        let problem = "the pipeline is empty; write at least `input: json`";
        return Err(PipelineError::new(1, 1, problem.to_owned()));
    }
    let deserializer = yaml_serde::Deserializer::from_str(text);
    PipelineFile::deserialize(deserializer).map_err(|error| located(text, &error))
}

/// Returns an error about a top-level field of the file, at the position of the field.
pub(crate) fn field_error(text: &str, field: &str, problem: &str) -> PipelineError {
    let (line, column) = field_position(text, field).unwrap_or((0, 0));
    PipelineError::new(line, column, format!("{field}: {problem}"))
}

fn located(text: &str, error: &yaml_serde::Error) -> PipelineError {
    let (mut line, mut column) =
        error.location().map_or((0, 0), |place| (place.line(), place.column()));
    let message = error.to_string();
    let message = message.strip_suffix(&format!(" at line {line} column {column}"));
    let message = message.map_or_else(|| error.to_string(), str::to_owned);
    // For an unknown or repeated top-level field, the parser gives the position of the whole file.
    let field = ["unknown field `", "duplicate field `"]
        .iter()
        .find_map(|start| message.strip_prefix(start)?.split('`').next());
    if let Some(found) = field.and_then(|field| field_position(text, field)) {
        (line, column) = found;
    }
    let message = on_one_line(&with_plain_types(&with_step_number(&message)));
    PipelineError::new(line, column, with_suggestion(&message))
}

/// Replaces `steps[0]` at the start of a message by `step 1`, because the log numbers steps from 1.
fn with_step_number(message: &str) -> String {
    let replaced = message.strip_prefix("steps[").and_then(|rest| {
        let (index, rest) = rest.split_once(']')?;
        let number = index.parse::<usize>().ok()? + 1;
        Some(match rest.strip_prefix('.') {
            Some(path) => format!("step {number}, {path}"),
            None => format!("step {number}{rest}"),
        })
    });
    replaced.unwrap_or_else(|| message.to_owned())
}
