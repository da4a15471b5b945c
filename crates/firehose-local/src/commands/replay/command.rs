use std::{
    io,
    path::Path,
    sync::{Arc, OnceLock},
};

use firehose_runtime::error_chain;
use tokio::{sync::watch, task::spawn_blocking};

use super::{
    super::command_error::CommandError, arguments::Replay, function, path_check, report::Report,
    template_stream::TemplateStream,
};
use crate::{
    exit_code::ExitCode,
    hint::with_hint,
    interrupt::{Ended, until_interrupted},
    terminal::{TerminalObserver, eprint_error, print_report},
};
use firehose_delivery::{
    delivery_stream::{KeySource, Prefix},
    observer::DeliveryObserver,
    replay::{
        ErrorObjects, PreparedReplay, RecoveredFormat, RecoveredObjects, Remaining, ReplayProgress,
        ReplayRun,
    },
    store::{StoreError, StoreErrorKind},
};

/// A replay with its input and its terminal.
struct ReadyReplay {
    objects: ErrorObjects,
    replay: PreparedReplay,
    terminal: Arc<TerminalObserver>,
}

impl Replay {
    /// Runs the command.
    pub(crate) fn run(self) -> ExitCode {
        let stop = watch::Sender::new(false);
        let progress = OnceLock::new();
        let work = self.replay(stop.clone(), &progress);
        let ended = until_interrupted(work, || {
            eprint_error(
                "interrupted: replaying the lines that were read; a second signal ends the replay at once",
            );
            stop.send_replace(true);
        });
        let is_interrupted = match ended {
            Ok(Ended::Done(Ok(()))) => false,
            Ok(Ended::DoneAfterInterrupt(Ok(())) | Ended::Abandoned) => true,
            Ok(Ended::Done(Err(error))) => return error.print(self.json),
            // An error after the signal counts as an interruption: the signal may have ended a
            // build.
            Ok(Ended::DoneAfterInterrupt(Err(error))) => {
                eprint_error(error.reason);
                true
            }
            Err(error) => return CommandError::no_runtime(&error).print(self.json),
        };
        let progress = progress.into_inner().unwrap_or_else(|| Arc::new(self.not_begun()));
        let report = Report::new(progress.report(), self.remaining.rest_as.into(), is_interrupted);
        let text = if self.json { report.json() } else { report.text() };
        print_report(text.as_bytes(), report.code())
    }

    fn not_begun(&self) -> ReplayProgress {
        ReplayProgress::not_begun(self.recovered.to.is_none(), self.remaining.rest.clone())
    }

    /// Does all work from the arguments to the last object. Sets `progress` before the first line
    /// is read, because the report needs the counts even if a second signal drops this future.
    async fn replay(
        &self,
        stop: watch::Sender<bool>,
        progress: &OnceLock<Arc<ReplayProgress>>,
    ) -> Result<(), CommandError> {
        let mut stopped = stop.subscribe();
        let ReadyReplay { objects, replay, terminal } = tokio::select! {
            biased;
            // No line was read, so there is nothing to replay.
            _ = stopped.wait_for(|stop| *stop) => return Ok(()),
            ready = self.prepare(stop) => ready?,
        };
        // No other code sets the progress.
        let _ = progress.set(replay.progress());
        terminal.during(replay.replay(objects)).await;
        Ok(())
    }

    /// Prepares the replay before the first line is read. Checks the arguments before building the
    /// function, and creates the file of `--rest` after the function has started.
    async fn prepare(&self, stop: watch::Sender<bool>) -> Result<ReadyReplay, CommandError> {
        path_check::check(self)?;
        let stream = self.template.read().await?;
        let format = self.recovered_format(stream.as_ref())?;
        let objects = ErrorObjects::open(&self.objects, self.store.args.options()).await;
        let mut objects = objects.map_err(|error| self.unreadable(&error))?;
        if let Some(line) = &self.after {
            objects = objects.after(line.clone());
        }
        let terminal = Arc::new(TerminalObserver::new(None));
        let observer: Arc<dyn DeliveryObserver> = Arc::<TerminalObserver>::clone(&terminal);
        // A function that cannot start leaves no folder behind.
        let function =
            function::start(&self.invoked, stream.as_ref(), Arc::clone(&observer)).await?;
        let recovered = self.recovered_objects(format).await?;
        let remaining = match self.remaining.rest.as_deref() {
            Some(path) => Some(self.create_remaining(path).await?),
            None => None,
        };
        let replay = ReplayRun::new(function, self.function_name(stream.as_ref()))
            .retries(self.invoked.retries)
            .concurrency(self.invoked.invocations.concurrency as usize)
            .recovered(recovered)
            .remaining(remaining)
            .raw_data(self.raw_data.map(Into::into))
            .observer(observer)
            .stop(stop)
            .prepare();
        Ok(ReadyReplay { objects, replay, terminal })
    }

    /// Returns the name of the function in messages.
    fn function_name(&self, stream: Option<&TemplateStream>) -> String {
        let deployed = stream.and_then(|stream| stream.function.as_ref());
        match deployed {
            Some((name, _)) if !self.invoked.function.names_function() => name.clone(),
            _ => self.invoked.function.display_name(),
        }
    }

    /// Returns the format of the recovered objects: the settings of the template's delivery stream,
    /// unless an option replaces them.
    fn recovered_format(
        &self,
        stream: Option<&TemplateStream>,
    ) -> Result<RecoveredFormat, CommandError> {
        let stream = stream.map(|it| &it.stream);
        let destination = stream.map(|stream| stream.destination.s3().clone()).unwrap_or_default();
        let prefix = self.recovered.prefix.as_deref().unwrap_or(&destination.prefix);
        let prefix = Prefix::parse(prefix)
            .map_err(|error| CommandError::usage(format!("--prefix: {}", error_chain(&error))))?;
        if let Some(key) = prefix.keys_of(KeySource::Query).next() {
            return Err(CommandError::usage(format!(
                "--prefix: a replay runs no query, so the partition key `{key}` has no value; use \
                 partitionKeyFromLambda"
            )));
        }
        let compression = self.recovered.compression.map_or(destination.compression, Into::into);
        let appends = stream.is_some_and(|stream| stream.append_delimiter);
        Ok(RecoveredFormat {
            prefix,
            compression,
            append_delimiter: self.recovered.append_delimiter || appends,
            // An extension of the template names its compression.
            file_extension: destination
                .file_extension
                .filter(|_| self.recovered.compression.is_none()),
            time_zone: destination.time_zone,
        })
    }

    async fn recovered_objects(
        &self,
        format: RecoveredFormat,
    ) -> Result<Option<RecoveredObjects>, CommandError> {
        let Some(to) = &self.recovered.to else { return Ok(None) };
        let store = self.store.args.open(to).await?;
        Ok(Some(RecoveredObjects::new(store, format)))
    }

    /// Creates the file of `--rest`. Waits on a thread for blocking work, because the file may be a
    /// pipe without a reader.
    async fn create_remaining(&self, path: &Path) -> Result<Remaining, CommandError> {
        let (named, force) = (path.to_owned(), self.remaining.force);
        let format = self.remaining.rest_as.into();
        let created = spawn_blocking(move || Remaining::create(&named, force, format)).await;
        created.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| {
            let hint = match error.kind() {
                io::ErrorKind::AlreadyExists => "; add --force to replace it",
                _ => "",
            };
            CommandError::usage(format!("cannot write {}: {error}{hint}", path.display()))
        })
    }

    /// Returns the error of the command if the error objects cannot be opened.
    fn unreadable(&self, error: &StoreError) -> CommandError {
        let is_remote =
            self.objects.iter().any(|path| path.as_os_str().as_encoded_bytes().starts_with(b"s3:"));
        match error.kind() {
            StoreErrorKind::BadLocation | StoreErrorKind::BadEndpoint => {}
            _ if is_remote => return CommandError::unavailable(error),
            _ => {}
        }
        CommandError::usage(with_hint(error))
    }
}
