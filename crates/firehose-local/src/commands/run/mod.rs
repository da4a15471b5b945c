//! `firehose-local run`: a whole local delivery.

mod arguments;
mod functions;
mod plan;
mod report;
mod streams;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

pub(crate) use arguments::Run;

use self::{functions::Functions, plan::Plan, report::Report};
use super::{cannot_run::CannotRun, complain, print};
use crate::{
    DirectPut, ExitCode, InputItem, InputReader, MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES,
    ShardedStream, Source, StreamRecord,
    delivery::{self, InputAccount, Intake, Item, Lane},
    interrupt::{Ended, until_interrupted},
    now::epoch_milliseconds,
    progress::Progress,
};

impl Run {
    pub(crate) fn run(self) -> ExitCode {
        let (stop, stopped) = watch::channel(false);
        let accounts = Arc::new(Mutex::new(Vec::new()));
        let work = self.deliver(stop.clone(), stopped, Arc::clone(&accounts));
        let ended = until_interrupted(work, || {
            stop.send_replace(true);
        });
        let (input, code) = match ended {
            Ok(Ended::Done(Ok(input))) => (input, None),
            Ok(Ended::DoneAfterInterrupt(Ok(input))) => (input, Some(ExitCode::Interrupted)),
            Ok(Ended::Done(Err(error)) | Ended::DoneAfterInterrupt(Err(error))) => {
                return error.say(self.json);
            }
            Ok(Ended::Abandoned) => {
                let accounts = accounts.lock().unwrap_or_else(PoisonError::into_inner);
                accounts.iter().for_each(report::StreamAccount::abandon);
                (InputAccount::default(), Some(ExitCode::Interrupted))
            }
            Err(error) => return CannotRun::no_runtime(&error).say(self.json),
        };
        let accounts = accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let report = Report::new(&accounts, &input, code);
        let text = if self.json { report.json() } else { report.text() };
        print(&[text.as_bytes()]).map_or_else(|code| code, |()| report.code())
    }

    /// Everything from the template to the last object. What it is counted in is shared, for the
    /// case that it is interrupted for good.
    async fn deliver(
        &self,
        stop: watch::Sender<bool>,
        mut stopped: watch::Receiver<bool>,
        accounts: Arc<Mutex<Vec<report::StreamAccount>>>,
    ) -> Result<InputAccount, CannotRun> {
        let Ready { plan, reader, pools, lanes, progress } = tokio::select! {
            biased;
            // Nothing was read yet that would have to be delivered.
            _ = stopped.wait_for(|stop| *stop) => return Ok(InputAccount::default()),
            ready = self.prepare(&stop) => ready?,
        };
        {
            let mut accounts = accounts.lock().unwrap_or_else(PoisonError::into_inner);
            *accounts = lanes.iter().map(|lane| report::StreamAccount::of(lane, &pools)).collect();
        }
        let items = items(reader, &plan);
        let intake = Intake::start(items, stopped.clone(), progress.clone());
        let input = progress.during(delivery::deliver(intake, lanes, stopped, &progress)).await;
        pools.end().await;
        Ok(input)
    }

    /// Everything that there has to be before the first record is read.
    async fn prepare(&self, stop: &watch::Sender<bool>) -> Result<Ready, CannotRun> {
        let plan = Plan::new(self)?;
        for note in &plan.notes {
            complain(format_args!("note: {note}"));
        }
        let limit = match plan.source {
            Source::DirectPut => MAX_DIRECT_PUT_BYTES,
            Source::KinesisStream(_) => MAX_KINESIS_BYTES,
        };
        let reader = InputReader::open(&self.input, self.format, limit)
            .map_err(|error| CannotRun::usage(error.to_string()))?;
        let progress = Progress::new(reader.total_bytes(), reader.bytes_read());
        let store = Arc::new(self.store().await?);
        let pools = functions::start(self, &plan, &progress).await?;
        let lanes = streams::lanes(self, &plan, &pools, &store, stop, &progress)?;
        Ok(Ready { plan, reader, pools, lanes, progress })
    }
}

/// What a delivery begins with.
struct Ready {
    plan: Plan,
    reader: InputReader,
    pools: Functions,
    lanes: Vec<Lane>,
    progress: Progress,
}

/// The records of the input, put to where they are to be put.
fn items(
    reader: InputReader,
    plan: &Plan,
) -> impl Iterator<Item = Result<Item, crate::InputError>> + Send + 'static {
    let mut put = Putter::new(plan);
    reader.flat_map(move |item| {
        let mut items = Vec::new();
        match item {
            Ok(item) => put.put(item, &mut items),
            Err(error) => items.push(Err(error)),
        }
        items
    })
}

/// What producers put records to.
enum Putter {
    DeliveryStream(DirectPut),
    KinesisStream(ShardedStream, Vec<(usize, StreamRecord)>),
}

impl Putter {
    fn new(plan: &Plan) -> Self {
        let now = epoch_milliseconds();
        match plan.source {
            Source::DirectPut => Self::DeliveryStream(DirectPut::new(now)),
            Source::KinesisStream(_) => {
                Self::KinesisStream(ShardedStream::new(plan.shards, now), Vec::new())
            }
        }
    }

    fn put(&mut self, item: InputItem, to: &mut Vec<Result<Item, crate::InputError>>) {
        let refused = |reason: String| Ok(Item::Refused(reason));
        let record = match item {
            InputItem::Record(record) => record,
            InputItem::TooLarge { position, bytes, limit } => {
                return to.push(refused(format!(
                    "record {position} has {bytes} bytes, a record may have {limit}: not put"
                )));
            }
            InputItem::Unreadable { position, reason } => {
                return to.push(refused(format!("record {position}: {reason}: not put")));
            }
        };
        let now = epoch_milliseconds();
        match self {
            Self::DeliveryStream(stream) => to.push(match stream.put(record, now) {
                Ok(record) => Ok(Item::Record(0, Arc::new(record))),
                Err(error) => refused(format!("{error}: not put")),
            }),
            Self::KinesisStream(stream, out) => {
                let result = stream.put(record, now, out);
                to.extend(out.drain(..).map(|(shard, record)| {
                    let shard = u32::try_from(shard).unwrap_or_default();
                    Ok(Item::Record(shard, Arc::new(record)))
                }));
                if let Err(error) = result {
                    to.push(refused(error.to_string()));
                }
            }
        }
    }
}
