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
    delivery_stream::{
        DeliveryStream, DestinationKind, InvalidPrefix, KeySource, MetadataQuery, Prefix,
        StreamSource,
    },
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
        let delivery_stream = self.delivery_stream(stream.as_ref());
        let format = self.recovered_format(delivery_stream.as_ref())?;
        note_origins(delivery_stream.as_ref());
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
            .delivery_stream(delivery_stream)
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

    /// Returns the delivery stream of the template, with the settings that options replace.
    fn delivery_stream(&self, stream: Option<&TemplateStream>) -> Option<DeliveryStream> {
        let mut stream = stream?.stream.clone();
        stream.append_delimiter |= self.recovered.append_delimiter;
        let kind = stream.destination.kind();
        let has_prefix = matches!(kind, DestinationKind::S3 | DestinationKind::Redshift);
        // The prefix of another destination is that of its S3 backup.
        if let Some(prefix) = self.recovered.prefix.as_ref().filter(|_| has_prefix) {
            stream.destination.s3_mut().prefix.clone_from(prefix);
        }
        Some(stream)
    }

    /// Returns the format of the recovered objects: that in which `run` writes the objects of the
    /// template's delivery stream, unless an option replaces a part of it.
    fn recovered_format(
        &self,
        stream: Option<&DeliveryStream>,
    ) -> Result<RecoveredFormat, CommandError> {
        let invalid = |error: InvalidPrefix| {
            CommandError::usage(format!("--prefix: {}", error_chain(&error)))
        };
        let mut format = match stream {
            Some(stream) => RecoveredFormat::of_stream(stream).map_err(invalid)?,
            None => RecoveredFormat::new(Prefix::parse("").map_err(invalid)?),
        };
        if let Some(prefix) = &self.recovered.prefix {
            if format.names_tables() {
                return Err(CommandError::usage(
                    "--prefix: the prefix of a destination of Iceberg tables is \
                     database/table/operation/; remove the option",
                ));
            }
            format.prefix = Prefix::parse(prefix).map_err(invalid)?;
        }
        if let Some(compression) = self.recovered.compression {
            format.compression = compression.into();
            // An extension of the template names its compression.
            format.file_extension = None;
        }
        format.append_delimiter |= self.recovered.append_delimiter;
        let query = stream.and_then(|stream| stream.processors.metadata_query.as_ref());
        let gives = |key: &str| match query.map(MetadataQuery::keys) {
            None => false,
            Some(keys) => keys.is_none_or(|keys| keys.contains(key)),
        };
        let unknown = format.prefix.keys_of(KeySource::Query).find(|key| !gives(key));
        match unknown.map(str::to_owned) {
            None => Ok(format),
            Some(key) => Err(CommandError::usage(format!(
                "--prefix: the replay runs no query that gives the partition key `{key}`; use \
                 partitionKeyFromLambda, or --template with a delivery stream whose \
                 MetadataExtraction gives the key"
            ))),
        }
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

/// Prints a note if the events of a replay lack a part that the events of the delivery stream have.
fn note_origins(stream: Option<&DeliveryStream>) {
    let missing = match stream.map(|stream| &stream.source) {
        None | Some(StreamSource::DirectPut) => return,
        Some(StreamSource::KinesisStream(_)) => {
            "the shard and the partition key of a record; the events have no kinesisRecordMetadata"
        }
        Some(StreamSource::MskTopic { .. }) => {
            "the partition and the offset of a record; the events have partition 0 and count the records"
        }
    };
    eprint_error(format!("note: error lines do not hold {missing}"));
}
