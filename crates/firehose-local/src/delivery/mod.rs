//! Delivery streams at work: records in, objects out.
//!
//! An [`Intake`] reads on a thread of its own, and [`deliver`] hands what it reads to the
//! [`Lane`]s, one for each delivery stream. Each lane takes no more than it has room for, and so
//! holds up the reading: memory is bounded, however long the input is.

mod account;
mod content;
mod intake;
mod invocation;
mod lambda_buffer;
mod lambda_stage;
mod lane;
mod object_buffer;
mod object_key;
mod objects;
mod positions;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

pub(crate) use account::{Account, DeliveredObject};
pub(crate) use content::Content;
pub(crate) use intake::{Intake, Item};
pub(crate) use invocation::{Invocations, Processed};
pub(crate) use lambda_buffer::{LambdaBuffer, MAX_EVENT_BYTES};
pub(crate) use lambda_stage::LambdaStage;
pub(crate) use lane::{Lane, breaks_contract};
pub(crate) use object_key::ObjectKeys;
pub(crate) use objects::Objects;

use crate::{InputError, StreamRecord, progress::Progress};

/// Records that were read together, each with its shard. All delivery streams that read one
/// Kinesis stream share them.
pub(crate) type Chunk = Arc<Vec<(u32, Arc<StreamRecord>)>>;

/// What became of the input itself.
#[derive(Debug, Default)]
pub(crate) struct InputAccount {
    /// What could not be put as a record.
    pub(crate) refused: u64,
    /// Why the input could not be read on.
    pub(crate) error: Option<InputError>,
    /// From the first record to the last object.
    pub(crate) elapsed: Duration,
}

/// Of the items that could not be put, so many are named.
const REFUSALS_SAID: u64 = 10;

/// Delivers what the intake reads, until its end or until it is stopped; what was read by then
/// is delivered in any case.
pub(crate) async fn deliver(
    mut intake: Intake,
    lanes: Vec<Lane>,
    mut stop: watch::Receiver<bool>,
    progress: &Progress,
) -> InputAccount {
    let mut running = JoinSet::new();
    let mut to: Vec<(Arc<Mutex<Account>>, mpsc::Sender<Chunk>)> = Vec::new();
    for lane in lanes {
        let (sender, receiver) = mpsc::channel(2);
        to.push((lane.shared_account(), sender));
        running.spawn(lane.run(receiver));
    }
    let start = Instant::now();
    let mut input = InputAccount::default();
    let mut is_stopped = false;
    loop {
        let items = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop), if !is_stopped => {
                is_stopped = true;
                intake.close();
                continue;
            }
            items = intake.next() => items,
        };
        if items.is_empty() {
            break;
        }
        let chunk = Arc::new(input.sort(items, progress));
        if chunk.is_empty() {
            continue;
        }
        let bytes: usize = chunk.iter().map(|(_, record)| record.data.len()).sum();
        for (account, sender) in &to {
            {
                let mut account = account.lock().unwrap_or_else(PoisonError::into_inner);
                account.received += chunk.len() as u64;
                account.received_bytes += bytes as u64;
            }
            // A lane takes chunks until there are no more.
            let _ = sender.send(Arc::clone(&chunk)).await;
        }
    }
    drop(to);
    while running.join_next().await.is_some() {}
    input.elapsed = start.elapsed();
    input
}

impl InputAccount {
    /// The records among the items. The others are counted, and the first of them said.
    fn sort(
        &mut self,
        items: Vec<Result<Item, InputError>>,
        progress: &Progress,
    ) -> Vec<(u32, Arc<StreamRecord>)> {
        let mut records = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Ok(Item::Record(shard, record)) => records.push((shard, record)),
                Ok(Item::Refused(reason)) => {
                    self.refused += 1;
                    match self.refused {
                        ..=REFUSALS_SAID => progress.say(reason),
                        11 => progress.say("more of the input is refused, and only counted"),
                        _ => {}
                    }
                }
                Err(error) => {
                    progress.say(&error);
                    self.error = Some(error);
                }
            }
        }
        records
    }
}
