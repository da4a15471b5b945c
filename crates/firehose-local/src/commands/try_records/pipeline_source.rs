use std::path::{Path, PathBuf};

use firehose_pipeline::Pipeline;
use serde_json::json;

use super::super::{
    command_error::CommandError,
    pipeline_file::{is_pipeline_path, parse_pipeline, read_pipeline_text},
};

/// The pipeline of `try`: a jq filter or a file.
#[derive(Debug)]
pub(super) enum PipelineSource {
    Filter(String),
    File(PathBuf),
}

impl PipelineSource {
    /// Returns the path of the pipeline file, or `None` for a filter.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Filter(_) => None,
            Self::File(file) => Some(file),
        }
    }

    /// Reads and parses the pipeline.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or if the pipeline is not valid.
    pub(super) fn read(&self) -> Result<Pipeline, CommandError> {
        match self {
            // Leave out the position, which refers to the generated pipeline and not to the filter.
            Self::Filter(filter) => filter_text(filter).parse().map_err(|error| {
                let error: firehose_pipeline::PipelineError = error;
                CommandError::usage(match is_pipeline_path(Path::new(filter)) {
                    true => {
                        format!("{filter} is not a jq filter; did you mean --pipeline {filter}?")
                    }
                    false => format!("the filter is not valid: {}", error.message()),
                })
            }),
            Self::File(file) => parse_pipeline(file, &read_pipeline_text(file)?),
        }
    }
}

/// Returns the text of a pipeline with one step, in JSON, which is a format of pipeline files.
fn filter_text(filter: &str) -> String {
    json!({ "steps": [{ "jq": filter }] }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_pipeline_with_one_step() {
        let filter = "{a: \"x\\n\", b}";
        assert_eq!(filter_text(filter), r#"{"steps":[{"jq":"{a: \"x\\n\", b}"}]}"#);
    }
}
