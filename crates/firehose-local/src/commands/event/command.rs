use std::{
    fs::{self, File},
    io::{self, IsTerminal, Write},
    path::Path,
};

use serde::Serialize;

use super::{
    super::command_error::CommandError,
    arguments::MakeEvent,
    decode::{decoded_records, readable},
    decoded_record::DecodedRecord,
    sample_event::sample_event,
};
use crate::{
    exit_code::ExitCode,
    terminal::{counted, eprint_error, escaped, print_report},
};
use firehose_delivery::delivery_stream::MAX_EVENT_BYTES;

/// The JSON output of `--decode`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DecodedSummary<'a> {
    exit_code: u8,
    records: &'a [DecodedRecord],
}

impl MakeEvent {
    /// Runs the command.
    pub(crate) fn run(self) -> ExitCode {
        let done = match &self.decode {
            Some(path) => self.decode(path),
            None => self.make(),
        };
        match done {
            Ok(text) => print_report(text.as_bytes(), ExitCode::Ok),
            Err(error) => error.print(self.json),
        }
    }

    /// Returns the payloads of an event or a response as text or JSON.
    fn decode(&self, path: &Path) -> Result<String, CommandError> {
        let records = decoded_records(path)?;
        if self.json {
            // A `Value` would change the spelling of numbers.
            let summary = DecodedSummary { exit_code: ExitCode::Ok as u8, records: &records };
            let text = serde_json::to_string_pretty(&summary);
            return text.map(|text| text + "\n").map_err(|it| CommandError::usage(it.to_string()));
        }
        let text = readable(&records);
        if !io::stdout().is_terminal() {
            return Ok(text);
        }
        // Escape control characters, so that no payload can control the terminal.
        let lines: Vec<_> = text.split('\n').map(|line| escaped(line, usize::MAX)).collect();
        Ok(lines.join("\n"))
    }

    /// Returns the event. With `--case`, writes the event to its folder and returns an empty text.
    fn make(&self) -> Result<String, CommandError> {
        let payloads = self.payloads()?;
        let event = sample_event(&payloads, self.source.into(), self.arrival_time)
            .map_err(|error| CommandError::usage(error.to_string()))?;
        if event.len() > MAX_EVENT_BYTES {
            eprint_error(format_args!(
                "the event has {} bytes, and Lambda accepts at most {MAX_EVENT_BYTES}; split the \
                 input into several events",
                event.len()
            ));
        }
        let Some(folder) = &self.case else { return Ok(event) };
        write_case(folder, &event)?;
        let records = counted(payloads.len() as u64, "record");
        eprint_error(format_args!(
            "wrote {} with {records}; to write its expected.json, run `firehose-local test --update {} \
             --pipeline FILE`, or name the function with another option",
            folder.join("event.json").display(),
            folder.display()
        ));
        Ok(String::new())
    }
}

/// Creates `event.json` in a folder. An existing `event.json` is an error.
fn write_case(folder: &Path, event: &str) -> Result<(), CommandError> {
    let path = folder.join("event.json");
    let created = fs::create_dir_all(folder).and_then(|()| File::create_new(&path));
    let written = created.and_then(|mut file| file.write_all(event.as_bytes()));
    written.map_err(|error| {
        let path = path.display();
        CommandError::usage(match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{path} exists already; choose another folder, or remove the file")
            }
            _ => format!("cannot write {path}: {error}"),
        })
    })
}
