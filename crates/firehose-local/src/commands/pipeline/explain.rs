use std::fmt::Write;

use clap::Args;
use firehose_transforms::nearest_name;

use super::{
    super::command_error::CommandError,
    example::example,
    format_fields::FORMAT_FIELDS,
    schema_text::{PipelineSchema, SchemaEntry},
};
use crate::{
    exit_code::{Detailed, ExitCode},
    terminal::print_report,
};

/// Describe the fields and the steps of pipeline files
///
/// Without NAME, lists the fields of the file and all steps. With NAME, shows the values or the
/// options of a field, a step or a format, with an example.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help_without_response(EXAMPLES, EXIT_CODES))]
pub(super) struct Explain {
    /// Name of a field (input), a step (redact) or a format (csv)
    name: Option<String>,
}

/// The maximum width of a line, in columns.
const COLUMNS: usize = 100;

impl Explain {
    pub(super) fn run(&self) -> ExitCode {
        let schema = PipelineSchema::new(firehose_pipeline::schema().to_value());
        let text = match &self.name {
            None => Ok(overview(&schema)),
            Some(name) => details(&schema, name),
        };
        match text {
            Ok(text) => print_report(text.as_bytes(), ExitCode::Ok),
            Err(error) => error.print(false),
        }
    }
}

fn overview(schema: &PipelineSchema) -> String {
    let mut text =
        "A pipeline file is YAML or JSON with one or more of these fields.\n\n".to_owned();
    write_entries(&mut text, &schema.fields());
    text.push_str("\nEach step is an object with its name and its options. The steps are:\n\n");
    write_entries(&mut text, &schema.steps());
    text.push_str(
        "\n`firehose-local pipeline explain NAME` describes a field, a step or a format.\n",
    );
    text
}

fn details(schema: &PipelineSchema, name: &str) -> Result<String, CommandError> {
    let (fields, steps) = (schema.fields(), schema.steps());
    let mut text = String::new();
    if let Some(entry) = fields.iter().chain(&steps).find(|entry| entry.name == name) {
        write_paragraph(&mut text, "", &format!("{name}: {}", entry.description));
        write_parts(&mut text, schema, entry);
        if name == "parse" {
            text.push_str("\nFields that each format gives:\n");
            write_names(&mut text, FORMAT_FIELDS);
        }
        write_example(&mut text, name);
        return Ok(text);
    }
    // A format may be a value of both `input` and `output`.
    for field in &fields {
        let values = schema.values_of(field);
        let Some(value) = values.iter().find(|value| value.name == name) else { continue };
        if !text.is_empty() {
            text.push('\n');
        }
        let heading = format!("{name}, a value of `{}`: {}", field.name, value.description);
        write_paragraph(&mut text, "", &heading);
        match schema.values_with_options(field).iter().find(|value| value.name == name) {
            Some(value) => {
                write_parts(&mut text, schema, value);
                write_example(&mut text, name);
            }
            None => {
                let more = format!("See also `firehose-local pipeline explain {}`.", field.name);
                write_paragraph(&mut text, "", &more);
            }
        }
    }
    if text.is_empty() { Err(unknown_name(schema, name)) } else { Ok(text) }
}

fn unknown_name(schema: &PipelineSchema, name: &str) -> CommandError {
    let (fields, steps) = (schema.fields(), schema.steps());
    let values: Vec<_> = fields.iter().flat_map(|field| schema.values_of(field)).collect();
    let names: Vec<_> = fields.iter().chain(&steps).map(|entry| entry.name.as_str()).collect();
    let all = names.iter().copied().chain(values.iter().map(|value| value.name.as_str()));
    let nearest = nearest_name(name, all);
    let question = match nearest {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => ".".to_owned(),
    };
    CommandError::usage(format!(
        "no field, step or format has the name {name}{question} The fields and steps are: {}",
        names.join(", ")
    ))
}

/// Writes the values and the options of an entry.
fn write_parts(text: &mut String, schema: &PipelineSchema, entry: &SchemaEntry) {
    for part in schema.parts(entry) {
        text.push('\n');
        write_paragraph(text, "", &part.heading);
        write_entries(text, &part.entries);
    }
}

fn write_example(text: &mut String, name: &str) {
    let Some(example) = example(name) else { return };
    text.push_str("\nExample:\n");
    for line in example.lines() {
        // Writing to memory does not fail.
        let _ = writeln!(text, "  {line}");
    }
}

/// Writes entries in two columns: the names, and the wrapped descriptions.
fn write_entries(text: &mut String, entries: &[SchemaEntry]) {
    let lines: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.line())).collect();
    write_names(text, &lines);
}

/// Writes names with their descriptions in two columns.
fn write_names(text: &mut String, names: &[(&str, impl AsRef<str>)]) {
    let width = names.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, description) in names {
        write_paragraph(text, &format!("  {name:width$}  "), description.as_ref());
    }
}

/// Wraps words into lines. `start` begins the first line, and its length is the indentation of the
/// other lines.
fn write_paragraph(text: &mut String, start: &str, words: &str) {
    let mut line = start.to_owned();
    for word in words.split_whitespace() {
        if line.len() + word.len() > COLUMNS && line.trim() != "" {
            text.push_str(line.trim_end());
            text.push('\n');
            line = " ".repeat(start.len());
        }
        line.push_str(word);
        line.push(' ');
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

const EXAMPLES: &str = "\
Examples:
  firehose-local pipeline explain
  firehose-local pipeline explain input
  firehose-local pipeline explain redact
  firehose-local pipeline explain elasticsearch_bulk";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, "also if no field, step or format has the name"),
    (ExitCode::Ok, ""),
];
