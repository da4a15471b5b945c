//! Delivery streams at work: records in, objects out.
//!
//! An [`Intake`] reads on a thread of its own, and [`deliver`] hands what it reads to the
//! [`Lane`]s, one for each delivery stream. Each lane takes no more than it has room for, and so
//! holds up the reading: memory is bounded, however long the input is.

mod account;
mod input_account;
mod intake;
mod lambda_buffer;
mod lambda_processor;
mod lane;
mod retrying_invoker;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

pub use account::{Account, DeliveredObject};
pub use input_account::InputAccount;
pub use intake::{Intake, Taken};
pub use lambda_buffer::{LambdaBuffer, MAX_EVENT_BYTES};
pub use lambda_processor::LambdaProcessor;
pub use lane::{Lane, breaks_contract};
pub use retrying_invoker::{Processed, RetryingInvoker};

use self::intake::Message;
use crate::{delivery_stream::StreamRecord, progress::Progress};

/// Records that were read together. All delivery streams that read one
/// Kinesis stream share them.
pub type Chunk = Arc<Vec<Arc<StreamRecord>>>;

/// Of the records that could not be put, so many are named.
const REFUSALS_SAID: u64 = 10;

/// Delivers what the intake reads, until its end or until it is stopped; what was read by then
/// is delivered in any case.
///
/// What is counted is shared, for the case that all of this is dropped in the middle.
pub async fn deliver(
    mut intake: Intake,
    lanes: Vec<Lane>,
    mut stop: watch::Receiver<bool>,
    progress: &Progress,
    account: &Mutex<InputAccount>,
) {
    let mut input = Input { account, progress };
    input.account().started = Some(Instant::now());
    let mut running = JoinSet::new();
    let mut to: Vec<(Arc<Mutex<Account>>, mpsc::Sender<Chunk>)> = Vec::new();
    for lane in lanes {
        let (sender, receiver) = mpsc::channel(2);
        to.push((lane.shared_account(), sender));
        running.spawn(lane.run(receiver));
    }
    let mut is_stopped = false;
    loop {
        let messages = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop), if !is_stopped => {
                is_stopped = true;
                intake.close();
                continue;
            }
            messages = intake.next() => messages,
        };
        if messages.is_empty() {
            break;
        }
        let chunk = Arc::new(input.take(messages));
        if chunk.is_empty() {
            continue;
        }
        let bytes: usize = chunk.iter().map(|record| record.data.len()).sum();
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
    let mut is_faulty = !is_stopped && !input.has_ended();
    while let Some(ended) = running.join_next().await {
        is_faulty |= ended.is_err();
    }
    let mut account = input.account();
    account.is_faulty |= is_faulty;
    account.ended = Some(Instant::now());
}

/// What is told of the input, to the account and to people.
struct Input<'a> {
    account: &'a Mutex<InputAccount>,
    progress: &'a Progress,
}

impl Input<'_> {
    /// The records of what was read; the rest is counted, and the first of it said.
    fn take(&mut self, messages: Vec<Message>) -> Vec<Arc<StreamRecord>> {
        let mut account = self.account();
        let mut records = Vec::with_capacity(messages.len());
        for message in messages {
            match message {
                Message::Taken(taken) => {
                    account.last_read = taken.position;
                    records.extend(taken.records);
                    if let Some(reason) = taken.refused {
                        account.refused += 1;
                        self.say(account.refused, &reason);
                    }
                }
                Message::Failed(error) => {
                    let error = error.to_string();
                    self.progress.say(&error);
                    account.error = Some(error);
                }
                Message::End => account.read_to_end = true,
            }
        }
        records
    }

    fn say(&self, refused: u64, reason: &str) {
        const ONE_MORE: u64 = REFUSALS_SAID + 1;
        match refused {
            ..=REFUSALS_SAID => self.progress.say(reason),
            ONE_MORE => self.progress.say("more of the input is refused, and only counted"),
            _ => {}
        }
    }

    /// Whether the reading ended as it should, at the end or by an error.
    fn has_ended(&self) -> bool {
        let account = self.account();
        account.read_to_end || account.error.is_some()
    }

    fn account(&self) -> MutexGuard<'_, InputAccount> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
