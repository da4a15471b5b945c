use std::fmt::Write;

use clap::Args;
use firehose_transforms::parse::LineFormat;

use super::{
    super::command_error::CommandError,
    example::example,
    schema_text::{PipelineSchema, SchemaEntry},
};
use crate::{
    exit_code::{Detailed, ExitCode},
    terminal::print_report,
};

/// Describe the fields and the steps of pipeline files
///
/// Without NAME, lists the fields of the file and all steps. With NAME, shows the values or the
/// options of a field or a step, with an example.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(super) struct Explain {
    /// Field of the file, such as input, or step, such as redact
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
    text.push_str("\n`firehose-local pipeline explain NAME` describes a field or a step.\n");
    text
}

fn details(schema: &PipelineSchema, name: &str) -> Result<String, CommandError> {
    let (fields, steps) = (schema.fields(), schema.steps());
    let all = || fields.iter().chain(&steps);
    let Some(entry) = all().find(|entry| entry.name == name) else {
        let names: Vec<_> = all().map(|entry| entry.name.as_str()).collect();
        return Err(CommandError::usage(format!(
            "no field and no step has the name {name}; the names are: {}",
            names.join(", ")
        )));
    };
    let mut text = String::new();
    write_paragraph(&mut text, "", &format!("{name}: {}", entry.description));
    for part in schema.parts(entry) {
        text.push('\n');
        write_paragraph(&mut text, "", &part.heading);
        write_entries(&mut text, &part.entries);
    }
    if name == "parse" {
        let formats: Vec<_> = LineFormat::names().collect();
        text.push('\n');
        write_paragraph(&mut text, "", &format!("Formats: {}", formats.join(", ")));
    }
    if let Some(example) = example(name) {
        text.push_str("\nExample:\n");
        for line in example.lines() {
            // Writing to memory does not fail.
            let _ = writeln!(text, "  {line}");
        }
    }
    Ok(text)
}

/// Writes entries in two columns: the names, and the wrapped descriptions.
fn write_entries(text: &mut String, entries: &[SchemaEntry]) {
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or_default();
    for entry in entries {
        let start = format!("  {:width$}  ", entry.name);
        write_paragraph(text, &start, &entry.line());
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
  firehose-local pipeline explain redact";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, "also if no field and no step has the name"),
    (ExitCode::Ok, ""),
];
