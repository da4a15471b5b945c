use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use tokio::sync::watch;

use super::{
    super::{command_error::CommandError, skipped_files::note_skipped},
    arguments::Run,
    functions, path_check,
    plan::Plan,
    report::Report,
    template_args::open_code,
    written_positions::WrittenPositions,
};
use crate::{
    exit_code::ExitCode,
    interrupt::{Ended, until_interrupted},
    terminal::{TerminalObserver, eprint_error, print_from, print_report},
};
use firehose_delivery::{
    observer::DeliveryObserver,
    run::{DeliveryRun, EventDetector, PositionsFile, PreparedRun, SharedProgress},
    source::{InputFormat, InputReader},
};
use firehose_template::InfrastructureCode;

/// A run with its input and its terminal.
struct ReadyRun {
    reader: InputReader,
    run: PreparedRun,
    terminal: Arc<TerminalObserver>,
    positions: Option<PositionsFile>,
}

/// Removes folders that this run has created, the innermost one first, unless they have files.
fn remove_empty(folders: &[PathBuf]) {
    // A folder that cannot be removed does no harm.
    let _ = folders.iter().try_for_each(fs::remove_dir);
}

/// The parts of a run that are needed after its end, even if a second signal drops the run.
#[derive(Debug, Default)]
struct BegunRun {
    progress: Arc<SharedProgress>,
    positions: Option<PositionsFile>,
}

impl Run {
    /// Runs the command.
    pub(crate) fn run(self) -> ExitCode {
        if self.watch {
            return self.watch();
        }
        let stop = watch::Sender::new(false);
        let begun = OnceLock::new();
        let work = self.deliver(stop.clone(), &begun);
        let ended = until_interrupted(work, || {
            eprint_error(
                "interrupted: delivering the records that were read; a second signal ends the run at once",
            );
            stop.send_replace(true);
        });
        let is_interrupted = match ended {
            Ok(Ended::Done(Ok(()))) => false,
            Ok(Ended::Done(Err(error))) => return error.print(self.json),
            Ok(Ended::DoneAfterInterrupt(Ok(()))) => true,
            // An error after the signal counts as an interruption: the signal may have ended a
            // build.
            Ok(Ended::DoneAfterInterrupt(Err(error))) => {
                eprint_error(error.reason);
                true
            }
            Ok(Ended::Abandoned) => {
                if let Some(begun) = begun.get() {
                    begun.progress.abandon();
                }
                true
            }
            Err(error) => return CommandError::no_runtime(&error).print(self.json),
        };
        let BegunRun { progress, positions } = begun.into_inner().unwrap_or_default();
        let report = progress.report();
        let positions = positions.map(|file| WrittenPositions::write(file, &report));
        let report = Report::new(report, is_interrupted, self.fail_on_failed, positions);
        let code = report.code();
        match self.json {
            true => print_from(code, |stdout| report.write_json(stdout)),
            false => print_report(report.text().as_bytes(), code),
        }
    }

    /// Does all work from the template to the last object. Sets `begun` before the first record is
    /// read, because the report needs `begun` even if a second signal drops this future.
    async fn deliver(
        &self,
        stop: watch::Sender<bool>,
        begun: &OnceLock<BegunRun>,
    ) -> Result<(), CommandError> {
        let mut stopped = stop.subscribe();
        let ReadyRun { reader, run, terminal, positions } = tokio::select! {
            biased;
            // No record was read, so there is nothing to deliver.
            _ = stopped.wait_for(|stop| *stop) => return Ok(()),
            ready = self.prepare(stop) => ready?,
        };
        let _ = begun.set(BegunRun { progress: run.progress(), positions });
        let observer: Arc<dyn DeliveryObserver> = Arc::<TerminalObserver>::clone(&terminal);
        match InputFormat::from(self.format) {
            InputFormat::Lines => {
                terminal.during(run.deliver(EventDetector::new(reader, observer))).await;
            }
            InputFormat::LengthPrefixed | InputFormat::Events | InputFormat::KafkaJson => {
                terminal.during(run.deliver(reader)).await;
            }
        }
        Ok(())
    }

    /// Prepares the run before the first record is read.
    async fn prepare(&self, stop: watch::Sender<bool>) -> Result<ReadyRun, CommandError> {
        path_check::check(self)?;
        let code = self.template_code().await?;
        let plan = Plan::new(self, code.as_ref())?;
        for warning in &plan.warnings {
            eprint_error(format_args!("warning: {warning}"));
        }
        for note in &plan.notes {
            eprint_error(format_args!("note: {note}"));
        }
        let earlier = self.resuming.read_earlier().await?;
        let reader = InputReader::open(&self.input, self.format.into(), plan.max_record_bytes)
            .map_err(|error| CommandError::usage(error.to_string()))?;
        note_skipped(reader.skipped());
        if let Some(earlier) = &earlier {
            let streams: Vec<_> = plan.delivery_streams.iter().map(|it| it.name.as_str()).collect();
            for note in self.resuming.check(earlier, reader.manifest(), &streams)? {
                eprint_error(format_args!("note: {note}"));
            }
        }
        let positions = self.resuming.create_positions().await?;
        if io::stdin().is_terminal() && self.input.iter().any(|path| path == Path::new("-")) {
            eprint_error("reading records from standard input; Ctrl-D ends the input");
        }
        let terminal = TerminalObserver::of_reader(reader.total_bytes(), reader.bytes_read());
        let terminal = Arc::new(terminal);
        let observer: Arc<dyn DeliveryObserver> = Arc::<TerminalObserver>::clone(&terminal);
        // A missing executable leaves no folder and no log behind.
        let processes = functions::processes(&self.function, &plan).await?;
        let created = self.store.missing_folders();
        let store = Arc::new(self.store.open().await?);
        let functions = functions::start(&self.function, &plan, &processes, &observer).await;
        // A function that cannot start leaves no folder behind.
        let mut functions = functions.inspect_err(|_| remove_empty(&created))?;
        let mut run = DeliveryRun::new(plan.source, store)
            .other_buckets(plan.buckets)
            .shards(plan.shards)
            .max_record_bytes(plan.max_record_bytes)
            .concurrency(self.function.invocations.concurrency as usize)
            .manifest(reader.manifest().clone())
            .observer(observer)
            .stop(stop);
        if let Some(earlier) = earlier {
            run = run.resume(earlier);
        }
        for (stream, endpoint) in plan.endpoints {
            run = run.endpoint(&stream, endpoint);
        }
        for stream in plan.delivery_streams {
            let function = functions.remove(&stream.name);
            run = run.stream(stream, function);
        }
        let run = run.prepare().map_err(|error| CommandError::usage(error.to_string()))?;
        Ok(ReadyRun { reader, run, terminal, positions })
    }

    /// Opens the template, unless the options describe a delivery stream. Reads on a thread for
    /// blocking work: the file may be a pipe without a writer, and a signal must still end the run.
    async fn template_code(&self) -> Result<Option<InfrastructureCode>, CommandError> {
        if self.stream.delivery_stream.is_some() {
            return Ok(None);
        }
        let path = self.template.path.clone();
        let read = tokio::task::spawn_blocking(move || {
            open_code(&path).map_err(|error| error.to_string())
        });
        let code = read
            .await
            .unwrap_or_else(|_| Err("the thread that reads the template failed".to_owned()));
        code.map(Some).map_err(|problem| {
            let hint = match self.template.path.try_exists() {
                Ok(false) => "; name the template with --template, or use --delivery-stream without a template",
                Ok(true) | Err(_) => "",
            };
            CommandError::usage(format!("{problem}{hint}"))
        })
    }
}
