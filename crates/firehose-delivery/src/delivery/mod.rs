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
pub use lambda_buffer::LambdaBuffer;
pub use lambda_processor::LambdaProcessor;
pub use lane::Lane;
pub use retrying_invoker::{Processed, RetryingInvoker};

use self::intake::Message;
use crate::{
    delivery_stream::StreamRecord,
    observer::{DeliveryEvent, DeliveryObserver},
};

/// Records that were read together. All delivery streams that read one
/// Kinesis stream share them.
pub type Chunk = Arc<Vec<Arc<StreamRecord>>>;

/// Delivers what the intake reads, until its end or until it is stopped; what was read by then
/// is delivered in any case.
///
/// What is counted is shared, for the case that all of this is dropped in the middle.
pub async fn deliver(
    mut intake: Intake,
    lanes: Vec<Lane>,
    mut stop: watch::Receiver<bool>,
    observer: &dyn DeliveryObserver,
    account: &Mutex<InputAccount>,
) {
    let mut input = Input { account, observer, last_read: 0 };
    input.account().started = Some(Instant::now());
    let mut running = JoinSet::new();
    let mut to: Vec<(String, Arc<Mutex<Account>>, mpsc::Sender<Chunk>)> = Vec::new();
    for lane in lanes {
        let (sender, receiver) = mpsc::channel(2);
        to.push((lane.name().to_owned(), lane.shared_account(), sender));
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
        let records = chunk.len() as u64;
        let bytes = chunk.iter().map(|record| record.data.len() as u64).sum();
        for (stream, account, sender) in &to {
            {
                let mut account = account.lock().unwrap_or_else(PoisonError::into_inner);
                account.received += records;
                account.received_bytes += bytes;
            }
            observer.observe(&DeliveryEvent::RecordsReceived { stream, records, bytes });
            // A lane takes chunks until there are no more.
            let _ = sender.send(Arc::clone(&chunk)).await;
        }
    }
    drop(to);
    input.end();
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
    observer: &'a dyn DeliveryObserver,
    /// The position of the last record that was read.
    last_read: u64,
}

impl Input<'_> {
    /// Returns the records of these messages, and counts and reports everything else.
    fn take(&mut self, messages: Vec<Message>) -> Vec<Arc<StreamRecord>> {
        let mut records = Vec::with_capacity(messages.len());
        let mut read = 0;
        let mut bytes = 0;
        for message in messages {
            match message {
                Message::Taken(Taken { position, records: taken, refused }) => {
                    read += 1;
                    bytes += taken.iter().map(|record| record.data.len() as u64).sum::<u64>();
                    records.extend(taken);
                    self.last_read = position;
                    if let Some(reason) = &refused {
                        self.account().refused += 1;
                        self.observer.observe(&DeliveryEvent::RecordRefused { position, reason });
                    }
                }
                Message::Failed(error) => {
                    self.observer.observe(&DeliveryEvent::InputFailed { error: &error });
                    self.account().error = Some(error.to_string());
                }
                Message::End => self.account().read_to_end = true,
            }
        }
        self.account().last_read = self.last_read;
        if read > 0 {
            self.observer.observe(&DeliveryEvent::InputRead { records: read, bytes });
        }
        records
    }

    /// Reports that no more input follows.
    fn end(&self) {
        let (last_read, read_to_end) = {
            let account = self.account();
            (account.last_read, account.read_to_end)
        };
        self.observer.observe(&DeliveryEvent::InputEnded { last_read, read_to_end });
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
