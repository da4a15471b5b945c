//! `firehose-local run`: a whole local delivery.

mod arguments;
mod functions;
mod places;
mod plan;
mod put;
mod report;
mod streams;

use std::{
    io::{self, IsTerminal},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

pub(crate) use arguments::Run;

use self::{
    functions::Functions,
    plan::Plan,
    put::put,
    report::{Report, StreamAccount},
};
use super::{cannot_run::CannotRun, complain, print};
use crate::{
    exit_code::ExitCode,
    interrupt::{Ended, until_interrupted},
    terminal::TerminalObserver,
};
use firehose_delivery::{
    delivery::{self, InputAccount, Intake, Lane},
    delivery_stream::StreamSource,
    observer::DeliveryObserver,
    source::{InputReader, MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES, read_whole_text},
    store::Store,
};
use firehose_template::MAX_TEMPLATE_BYTES;

/// What is known of a delivery, even if it is broken off.
#[derive(Debug, Default)]
struct Known {
    streams: Mutex<Vec<StreamAccount>>,
    input: Mutex<InputAccount>,
}

impl Known {
    fn streams(&self) -> MutexGuard<'_, Vec<StreamAccount>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn input(&self) -> InputAccount {
        self.input.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Run {
    pub(crate) fn run(self) -> ExitCode {
        let (stop, stopped) = watch::channel(false);
        let known = Known::default();
        let work = self.deliver(stop.clone(), stopped, &known);
        let ended = until_interrupted(work, || {
            complain("interrupted: what was read is delivered; once more ends it at once");
            stop.send_replace(true);
        });
        let is_interrupted = match ended {
            Ok(Ended::Done(Ok(()))) => false,
            Ok(Ended::Done(Err(error))) => return error.say(self.json),
            // What could not begin then was interrupted.
            Ok(Ended::DoneAfterInterrupt(_)) => true,
            Ok(Ended::Abandoned) => {
                known.streams().iter().for_each(StreamAccount::abandon);
                true
            }
            Err(error) => return CannotRun::no_runtime(&error).say(self.json),
        };
        let report = Report::new(&known.streams(), known.input(), is_interrupted);
        let text = if self.json { report.json() } else { report.text() };
        print(&[text.as_bytes()]).map_or_else(|code| code, |()| report.code())
    }

    /// Everything from the template to the last object. What it is counted in is shared, for the
    /// case that it is interrupted for good.
    async fn deliver(
        &self,
        stop: watch::Sender<bool>,
        mut stopped: watch::Receiver<bool>,
        known: &Known,
    ) -> Result<(), CannotRun> {
        let Ready { plan, reader, store, pools, lanes, terminal } = tokio::select! {
            biased;
            // Nothing was read yet that would have to be delivered.
            _ = stopped.wait_for(|stop| *stop) => return Ok(()),
            ready = self.prepare(&stop) => ready?,
        };
        *known.streams() =
            lanes.iter().map(|lane| StreamAccount::of(lane, &pools, &store)).collect();
        let observer: Arc<dyn DeliveryObserver> = Arc::<TerminalObserver>::clone(&terminal);
        let intake = Intake::start(put(reader, &plan, self.format.into(), observer));
        let work = delivery::deliver(intake, lanes, stopped, &*terminal, &known.input);
        terminal.during(work).await;
        pools.end().await;
        Ok(())
    }

    /// Everything that there has to be before the first record is read.
    async fn prepare(&self, stop: &watch::Sender<bool>) -> Result<Ready, CannotRun> {
        places::check(self)?;
        let text = self.template().await?;
        let plan = Plan::new(self, text.as_deref())?;
        for note in &plan.notes {
            complain(format_args!("note: {note}"));
        }
        let limit = match plan.source {
            StreamSource::DirectPut => MAX_DIRECT_PUT_BYTES,
            StreamSource::KinesisStream(_) => MAX_KINESIS_BYTES,
        };
        let reader = InputReader::open(&self.input, self.format.into(), limit)
            .map_err(|error| CannotRun::usage(error.to_string()))?;
        if io::stdin().is_terminal() && self.input.iter().any(|path| path == Path::new("-")) {
            complain("reads records from standard input; Ctrl-D ends it");
        }
        let terminal = TerminalObserver::of_reader(reader.total_bytes(), reader.bytes_read());
        let terminal = Arc::new(terminal);
        let observer: Arc<dyn DeliveryObserver> = Arc::<TerminalObserver>::clone(&terminal);
        let store = Arc::new(self.store().await?);
        let pools = functions::start(self, &plan, &observer).await?;
        let lanes = streams::lanes(self, &plan, &pools, &store, stop, &observer)?;
        Ok(Ready { plan, reader, store, pools, lanes, terminal })
    }

    /// The text of the template, if one is asked for. It is read on a thread that nobody waits for
    /// after a signal: the file may be a pipe.
    async fn template(&self) -> Result<Option<String>, CannotRun> {
        if self.single.delivery_stream.is_some() {
            return Ok(None);
        }
        let path = self.deployed.template.clone();
        let read = tokio::task::spawn_blocking(move || {
            read_whole_text(&path, MAX_TEMPLATE_BYTES as u64).map_err(|error| error.to_string())
        });
        let text = read.await.unwrap_or_else(|_| Err("it could not be read".to_owned()));
        text.map(Some).map_err(|problem| {
            let hint = match self.deployed.template.try_exists() {
                Ok(false) => "; --template names another file, --delivery-stream does without one",
                Ok(true) | Err(_) => "",
            };
            CannotRun::usage(format!("{problem}{hint}"))
        })
    }
}

/// What a delivery begins with.
struct Ready {
    plan: Plan,
    reader: InputReader,
    store: Arc<Store>,
    pools: Functions,
    lanes: Vec<Lane>,
    terminal: Arc<TerminalObserver>,
}
