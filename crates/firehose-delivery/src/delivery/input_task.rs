use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc},
};

use super::put_result::PutResult;
use crate::source::InputError;

/// A message of the reading thread.
#[derive(Debug)]
pub(super) enum Message {
    /// The thread has read a record and put it into its source.
    Put(PutResult),
    /// The input cannot be read any further.
    Failed(InputError),
    /// The input has no more records.
    End,
}

/// The messages of a thread that reads the input.
#[derive(Debug)]
pub(crate) struct InputTask {
    messages: mpsc::UnboundedReceiver<Message>,
    /// `true` after [`close`](InputTask::close). The thread holds the lock while it sends, so no
    /// message is sent after the flag is set.
    is_closed: Arc<Mutex<bool>>,
    /// Byte permits that bound read-ahead.
    room: Arc<Semaphore>,
}

/// The limit of read-ahead, in bytes of memory for messages and their records.
const READ_AHEAD: u32 = 8 * 1024 * 1024;

impl InputTask {
    /// The largest number of messages that [`next`](Self::next) returns at a time.
    const MESSAGES: usize = 512;

    /// Starts a thread that reads the input. The thread is detached, because standard input may
    /// never end.
    pub(crate) fn start(
        input: impl Iterator<Item = Result<PutResult, InputError>> + Send + 'static,
    ) -> Self {
        let (to, messages) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(READ_AHEAD as usize));
        let is_closed = Arc::new(Mutex::new(false));
        let sender = Sender {
            to,
            is_closed: Arc::clone(&is_closed),
            room: Arc::clone(&room),
            runtime: Handle::current(),
        };
        thread::spawn(move || {
            for item in input {
                let message = match item {
                    Ok(result) => Message::Put(result),
                    Err(error) => {
                        sender.send(Message::Failed(error));
                        return;
                    }
                };
                if !sender.send(message) {
                    return;
                }
            }
            sender.send(Message::End);
        });
        Self { messages, is_closed, room }
    }

    /// Waits for the next messages. Returns an empty list if no more messages follow.
    pub(super) async fn next(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        self.messages.recv_many(&mut messages, Self::MESSAGES).await;
        self.room.add_permits(messages.iter().map(|it| it.size() as usize).sum());
        messages
    }

    /// Stops the reading. [`next`](Self::next) still returns the messages that were sent before.
    pub(super) fn close(&mut self) {
        *self.is_closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.messages.close();
        self.room.close();
    }
}

struct Sender {
    to: mpsc::UnboundedSender<Message>,
    is_closed: Arc<Mutex<bool>>,
    room: Arc<Semaphore>,
    runtime: Handle,
}

impl Sender {
    /// Sends a message, then waits until the read-ahead limit has room for its bytes. Returns
    /// `false` once the input is closed, even if this message was sent.
    fn send(&self, message: Message) -> bool {
        let size = message.size();
        {
            let is_closed = self.is_closed.lock().unwrap_or_else(PoisonError::into_inner);
            if *is_closed || self.to.send(message).is_err() {
                return false;
            }
        }
        let permit = match self.room.try_acquire_many(size) {
            Ok(permit) => permit,
            Err(_) => match self.runtime.block_on(self.room.acquire_many(size)) {
                Ok(permit) => permit,
                Err(_) => return false,
            },
        };
        permit.forget();
        true
    }
}

impl Message {
    /// Returns the approximate memory of a message, in bytes, at most [`READ_AHEAD`].
    fn size(&self) -> u32 {
        let bytes = match self {
            Self::Put(result) => {
                let records = result.records.iter().map(|record| record.data.len() + 256);
                records.sum::<usize>() + result.refused.as_ref().map_or(0, String::len) + 64
            }
            Self::Failed(_) | Self::End => 64,
        };
        u32::try_from(bytes).unwrap_or(READ_AHEAD).min(READ_AHEAD)
    }
}
