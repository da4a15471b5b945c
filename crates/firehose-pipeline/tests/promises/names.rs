//! The names that a pipeline file can have.

use std::collections::BTreeSet;

use serde_json::Value;

/// The names of formats, steps and treatments in a file or in its schema, by the field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    pub(crate) input: BTreeSet<String>,
    pub(crate) decompress: BTreeSet<String>,
    pub(crate) steps: BTreeSet<String>,
    pub(crate) output: BTreeSet<String>,
    pub(crate) on_error: BTreeSet<String>,
    pub(crate) on_oversize: BTreeSet<String>,
}

impl Names {
    pub(crate) fn of_file(file: &Value) -> Self {
        // A value is a name, or an object whose `format` is the name.
        let name = |value: &Value| value["format"].as_str().or(value.as_str()).map(str::to_owned);
        let steps = file["steps"].as_array().into_iter().flatten();
        Self {
            input: name(&file["input"]).into_iter().collect(),
            decompress: name(&file["input"]["decompress"]).into_iter().collect(),
            steps: steps.flat_map(|step| step.as_object().unwrap().keys().cloned()).collect(),
            output: name(&file["output"]).into_iter().collect(),
            on_error: name(&file["on_error"]).into_iter().collect(),
            on_oversize: name(&file["on_oversize"]).into_iter().collect(),
        }
    }

    /// Returns all names of the schema.
    pub(crate) fn of_schema() -> Self {
        let schema = serde_json::to_value(firehose_pipeline::schema()).unwrap();
        let variants = |definition: &str| {
            let variants = schema["$defs"][definition]["oneOf"].as_array().unwrap().clone();
            let name = |variant: &Value| {
                let name = if variant["const"].is_string() {
                    &variant["const"]
                } else {
                    &variant["required"][0]
                };
                name.as_str().unwrap().to_owned()
            };
            variants.iter().map(name).collect()
        };
        Self {
            input: variants("InputFormat"),
            decompress: variants("CompressionChoice"),
            steps: variants("Step"),
            output: variants("OutputName"),
            on_error: variants("OnError"),
            on_oversize: variants("OnOversize"),
        }
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.input.extend(other.input);
        self.decompress.extend(other.decompress);
        self.steps.extend(other.steps);
        self.output.extend(other.output);
        self.on_error.extend(other.on_error);
        self.on_oversize.extend(other.on_oversize);
    }
}
