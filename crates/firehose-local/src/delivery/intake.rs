use std::{sync::Arc, thread};

use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc, watch},
};

use crate::{InputError, StreamRecord, progress::Progress};

/// What an input gives.
#[derive(Debug)]
pub(crate) enum Item {
    /// A record that was put, and the shard that it went to.
    Record(u32, Arc<StreamRecord>),
    /// What could not be put as a record, and why.
    Refused(String),
}

/// Items on their way from the thread that reads to where they are delivered.
#[derive(Debug)]
pub(crate) struct Intake {
    items: mpsc::UnboundedReceiver<Result<Item, InputError>>,
    /// Of bytes: no more are read ahead.
    room: Arc<Semaphore>,
}

/// How much may be read ahead, in bytes of records and of what they take besides.
const READ_AHEAD: u32 = 8 * 1024 * 1024;

impl Intake {
    /// Reads on a thread of its own, which nobody waits for: standard input may never end.
    pub(crate) fn start(
        items: impl Iterator<Item = Result<Item, InputError>> + Send + 'static,
        stop: watch::Receiver<bool>,
        progress: Progress,
    ) -> Self {
        let (to, from) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(READ_AHEAD as usize));
        let permits = Arc::clone(&room);
        let handle = Handle::current();
        thread::spawn(move || {
            for item in items {
                let size = size(&item);
                // It is closed when nothing more is wanted.
                let permit = match permits.try_acquire_many(size) {
                    Ok(permit) => permit,
                    Err(_) => match handle.block_on(permits.acquire_many(size)) {
                        Ok(permit) => permit,
                        Err(_) => return,
                    },
                };
                permit.forget();
                progress.count_record();
                let is_error = item.is_err();
                if *stop.borrow() || to.send(item).is_err() || is_error {
                    return;
                }
            }
        });
        Self { items: from, room }
    }

    /// What is there, at most so many items; none at the end.
    pub(crate) async fn next(&mut self) -> Vec<Result<Item, InputError>> {
        let mut items = Vec::new();
        self.items.recv_many(&mut items, 512).await;
        let size = items.iter().map(|item| size(item) as usize).sum();
        self.room.add_permits(size);
        items
    }

    /// Reads no more; what was read before is still to come.
    pub(crate) fn close(&mut self) {
        self.items.close();
        self.room.close();
    }
}

fn size(item: &Result<Item, InputError>) -> u32 {
    let data = match item {
        Ok(Item::Record(_, record)) => record.data.len(),
        Ok(Item::Refused(reason)) => reason.len(),
        Err(_) => 0,
    };
    u32::try_from(data + 256).unwrap_or(READ_AHEAD).min(READ_AHEAD)
}
