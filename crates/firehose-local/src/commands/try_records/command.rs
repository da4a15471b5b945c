use std::{
    io::{self, IsTerminal},
    iter,
    path::{Path, PathBuf},
    time::Duration,
};

use firehose_delivery::source::{InputError, InputItem, InputReader, PutRecord};

use tokio::runtime;

use super::{
    super::{
        command_error::CommandError, files_state::WatchedFiles, log_record::LogSource,
        skipped_files::note_skipped,
    },
    arguments::Try,
    input_hint::InputHint,
    json_format::JsonFormat,
    pipeline_source::PipelineSource,
    result_format::ResultFormat,
    text_format::TextFormat,
    trial::Trial,
    trial_counts::TrialCounts,
};
use crate::{
    exit_code::ExitCode,
    interrupt::end_on_signal,
    terminal::{Stdout, Style, clear_terminal, eprint_error, print_part},
};

/// The records of an input, in order.
type InputItems = dyn Iterator<Item = Result<InputItem, InputError>>;

impl Try {
    /// Runs the command.
    pub(crate) fn run(self) -> ExitCode {
        end_on_signal();
        let (pipeline, input) = match self.sources() {
            Ok(sources) => sources,
            Err(error) => return error.print(self.json),
        };
        if self.watch {
            return self.watch(&pipeline, &input);
        }
        if io::stdin().is_terminal() && input.iter().any(|path| path == Path::new("-")) {
            eprint_error("reading records from standard input; Ctrl-D ends the input");
        }
        self.run_once(&pipeline, &input).unwrap_or_else(|error| error.print(self.json))
    }

    /// Runs the records again after each change, until a signal ends the program.
    fn watch(&self, pipeline: &PipelineSource, input: &[PathBuf]) -> ExitCode {
        let runtime = match runtime::Builder::new_current_thread().enable_time().build() {
            Ok(runtime) => runtime,
            Err(error) => return CommandError::no_runtime(&error).print(self.json),
        };
        let paths = pipeline.file().map(Path::to_owned).into_iter().collect();
        let watched = WatchedFiles { paths, input: input.to_owned(), ..WatchedFiles::default() };
        let mut state = watched.state();
        loop {
            if let Err(code) = clear_terminal() {
                return code;
            }
            if let Err(error) = self.run_once(pipeline, input) {
                error.print(false);
            }
            eprint_error("waiting for a change of the files; Ctrl-C ends the command");
            state = runtime.block_on(watched.change_from(&state));
        }
    }

    fn run_once(
        &self,
        pipeline: &PipelineSource,
        input: &[PathBuf],
    ) -> Result<ExitCode, CommandError> {
        let limit = Duration::from_secs(self.timeout);
        let mut trial = Trial::new(pipeline.read()?, self.put_to(), limit)?;
        let items = self.items(input)?;
        let mut format: Box<dyn ResultFormat> = match self.json {
            true => Box::new(JsonFormat::default()),
            false => Box::new(TextFormat { style: Style::of_stdout(), is_full: self.full }),
        };
        let mut hint = InputHint::default();
        let code = show(&mut trial, items, &mut *format, &mut hint).unwrap_or_else(|code| code);
        if !self.json
            && let Some(hint) = hint.text()
        {
            eprint_error(hint);
        }
        Ok(code)
    }

    /// Returns the records of the input.
    fn items(&self, input: &[PathBuf]) -> Result<Box<InputItems>, CommandError> {
        if self.cloudwatch_logs {
            let record = PutRecord::new(1, LogSource::EXAMPLE.record(input)?);
            return Ok(Box::new(iter::once(Ok(InputItem::Record(record)))));
        }
        let max_bytes = self.put_to().max_record_bytes();
        let reader = InputReader::open(input, self.format.into(), max_bytes)
            .map_err(|error| CommandError::usage(error.to_string()))?;
        note_skipped(reader.skipped());
        Ok(Box::new(reader))
    }
}

/// Runs all records of the input, and prints each result immediately. Returns the exit code.
///
/// # Errors
///
/// Returns the exit code if standard output cannot be written.
fn show(
    trial: &mut Trial,
    items: Box<InputItems>,
    format: &mut dyn ResultFormat,
    hint: &mut InputHint,
) -> Result<ExitCode, ExitCode> {
    let mut counts = TrialCounts::default();
    let mut stdout = print_part(&[format.begin().as_bytes()]);
    for item in items {
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                eprint_error(&error);
                counts.error = Some(error.to_string());
                break;
            }
        };
        trial.run(item, |record| {
            counts.count(&record);
            hint.see(&record);
            stdout = print_part(&[format.record(&record).as_bytes()]);
            matches!(stdout, Ok(Stdout::Open))
        });
        // The reader of standard output has closed the pipe, so further results are not needed.
        if stdout? == Stdout::Closed {
            return Ok(counts.code());
        }
    }
    print_part(&[format.end(&counts).as_bytes()])?;
    Ok(counts.code())
}
