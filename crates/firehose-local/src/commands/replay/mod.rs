//! `firehose-local replay`: failed records, once more.

mod arguments;
mod function;
mod remaining_format;
mod report;

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use firehose_runtime::error_chain;
use tokio::sync::watch;

pub(crate) use arguments::Replay;

use self::report::Report;
use super::{command_error::CommandError, path_conflicts::Inputs};
use crate::{
    exit_code::ExitCode,
    hint::with_hint,
    interrupt::{Ended, until_interrupted},
    terminal::{TerminalObserver, print_output},
};
use firehose_delivery::{
    aws_names::{REGION, delivery_stream_arn},
    delivery_stream::{Compression, EventWriter, LambdaProcessorConfig, Prefix},
    function::ProcessPool,
    processors::RetryingInvoker,
    replay::{ErrorObjects, RecoveredObjects, Remaining, ReplayStats, Replayer},
    store::{StoreError, StoreErrorKind},
};

/// What is known even if the work is broken off.
#[derive(Clone, Debug, Default)]
struct Known {
    account: Arc<Mutex<ReplayStats>>,
    pool: Arc<OnceLock<Arc<ProcessPool>>>,
}

/// What a replay begins with.
struct Ready {
    objects: ErrorObjects,
    replayer: Replayer,
    pool: Option<Arc<ProcessPool>>,
    observer: Arc<TerminalObserver>,
}

impl Replay {
    pub(crate) fn run(self) -> ExitCode {
        let (stop, stopped) = watch::channel(false);
        let known = Known::default();
        let work = self.replay(stop.clone(), stopped, known.clone());
        let ended = until_interrupted(work, || {
            stop.send_replace(true);
        });
        let interrupted = match ended {
            Ok(Ended::Done(Ok(()))) => false,
            Ok(Ended::DoneAfterInterrupt(Ok(())) | Ended::Abandoned) => true,
            Ok(Ended::Done(Err(error))) => return error.print(self.json),
            // Whatever the reason is: it was not to go on.
            Ok(Ended::DoneAfterInterrupt(Err(error))) => {
                return CommandError { code: ExitCode::Interrupted, ..error }.print(self.json);
            }
            Err(error) => return CommandError::no_runtime(&error).print(self.json),
        };
        let account = known.account.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let causes = known.pool.get().map(|pool| pool.causes());
        let report = Report::new(&self, account, causes, interrupted);
        let text = if self.json { report.json() } else { report.text() };
        print_output(&[text.as_bytes()]).map_or_else(|code| code, |()| report.code())
    }

    /// Everything from the arguments to the last object. What is known of it is shared, for the
    /// case that it is interrupted for good.
    async fn replay(
        &self,
        stop: watch::Sender<bool>,
        mut stopped: watch::Receiver<bool>,
        known: Known,
    ) -> Result<(), CommandError> {
        let Ready { objects, replayer, pool, observer } = tokio::select! {
            biased;
            // Nothing was read yet that would have to be replayed.
            _ = stopped.wait_for(|stop| *stop) => return Ok(()),
            ready = self.prepare(stop, known.account) => ready?,
        };
        if let Some(pool) = &pool {
            // It is set here alone.
            let _ = known.pool.set(Arc::clone(pool));
        }
        observer.during(replayer.run(objects)).await;
        if let Some(pool) = pool {
            pool.end().await;
        }
        Ok(())
    }

    /// Everything that there has to be before the first line is read. What can be refused is
    /// refused before the function is built, and no file is made before it runs.
    async fn prepare(
        &self,
        stop: watch::Sender<bool>,
        account: Arc<Mutex<ReplayStats>>,
    ) -> Result<Ready, CommandError> {
        self.check_places()?;
        let prefix = Prefix::parse(&self.recovered.prefix)
            .map_err(|error| CommandError::usage(format!("--prefix: {}", error_chain(&error))))?;
        let objects = ErrorObjects::open(&self.objects, self.store.args.options()).await;
        let objects = objects.map_err(|error| self.unreadable(&error))?;
        let observer = Arc::new(TerminalObserver::new(None));
        let recovered = match &self.recovered.to {
            Some(to) => {
                let store = self.store.args.create(to).await?;
                let compression = self.recovered.compression;
                let compression = compression.map_or(Compression::Uncompressed, Into::into);
                let delimiter = self.recovered.append_delimiter;
                Some(RecoveredObjects::new(store, prefix, compression, delimiter))
            }
            None => None,
        };
        let (function, pool) = function::start(&self.invoked, &observer).await?;
        let rest = self.rest.rest.as_deref().map(|path| self.rest(path)).transpose()?;
        let mut lambda = LambdaProcessorConfig::new(self.invoked.function.display_name(), "");
        lambda.retries = self.invoked.retries;
        let invocations = RetryingInvoker {
            function,
            lambda,
            events: events(),
            firehose_gives_up: false,
            observer: Arc::<TerminalObserver>::clone(&observer),
            stream: "replay".to_owned(),
        };
        let replayer = Replayer {
            invocations: Arc::new(invocations),
            concurrency: self.invoked.invocations.concurrency as usize,
            recovered,
            rest,
            account,
            stop,
            observer: Arc::<TerminalObserver>::clone(&observer),
        };
        Ok(Ready { objects, replayer, pool, observer })
    }

    /// Finds out whether what is to be read is there, and whether what is to be written would be
    /// read in turn, or take its place.
    fn check_places(&self) -> Result<(), CommandError> {
        let inputs = Inputs::objects(&self.objects, "failed records")?;
        if let Some(to) = &self.recovered.to {
            inputs.refuse_store("--to", to)?;
        }
        if let Some(log) = self.invoked.invocations.log_file() {
            inputs.refuse_file("--log", log)?;
        }
        let Some(rest) = &self.rest.rest else { return Ok(()) };
        inputs.refuse_file("--rest", rest)?;
        if !self.rest.force && rest.exists() {
            let rest = rest.display();
            return Err(CommandError::usage(format!(
                "{rest} is there already: --force replaces it, or name another file for --rest"
            )));
        }
        Ok(())
    }

    fn rest(&self, path: &Path) -> Result<Remaining, CommandError> {
        Remaining::create(path, self.rest.force, self.rest.rest_as.into(), events()).map_err(
            |error| {
                let hint = match error.kind() {
                    io::ErrorKind::AlreadyExists => "; --force replaces it",
                    _ => "",
                };
                CommandError::usage(format!("cannot write {}: {error}{hint}", path.display()))
            },
        )
    }

    /// The first of the objects cannot be opened.
    fn unreadable(&self, error: &StoreError) -> CommandError {
        let is_remote = self
            .objects
            .first()
            .is_some_and(|path| path.as_os_str().as_encoded_bytes().starts_with(b"s3:"));
        match error.kind() {
            StoreErrorKind::BadLocation | StoreErrorKind::BadEndpoint => {}
            _ if is_remote => return CommandError::unavailable(error),
            _ => {}
        }
        CommandError::usage(with_hint(error))
    }
}

/// Error lines do not say which delivery stream they are of.
fn events() -> EventWriter {
    EventWriter::new(&delivery_stream_arn("replay"), REGION, None)
}
