use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc},
};

use crate::{delivery_stream::StreamRecord, source::InputError};

/// What one record of the input gives.
#[derive(Debug)]
pub struct Taken {
    /// Which one it is, counted from 1.
    pub position: u64,
    /// The record, or the user records of an aggregate.
    pub records: Vec<Arc<StreamRecord>>,
    /// Why it could not be put, or not all of it.
    pub refused: Option<String>,
}

/// What the reading thread has to say.
#[derive(Debug)]
pub(super) enum Message {
    Taken(Taken),
    Failed(InputError),
    /// The input is at its end.
    End,
}

/// Records on their way from the thread that reads to where they are delivered.
#[derive(Debug)]
pub struct Intake {
    messages: mpsc::UnboundedReceiver<Message>,
    /// Whether nothing more is wanted. Held while a message is sent, so that what was sent
    /// before it is set is all that there will be.
    is_closed: Arc<Mutex<bool>>,
    /// Of bytes: no more are read ahead.
    room: Arc<Semaphore>,
}

/// How much may be read ahead, in bytes of records and of what they take besides.
const READ_AHEAD: u32 = 8 * 1024 * 1024;

impl Intake {
    /// Reads on a thread of its own, which nobody waits for: standard input may never end.
    pub fn start(input: impl Iterator<Item = Result<Taken, InputError>> + Send + 'static) -> Self {
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
                    Ok(taken) => Message::Taken(taken),
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

    /// What there is, at most so many messages; none if there will be no more.
    pub(super) async fn next(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        self.messages.recv_many(&mut messages, 512).await;
        self.room.add_permits(messages.iter().map(|it| it.size() as usize).sum());
        messages
    }

    /// Takes no more; what was sent before is still to come.
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
    /// Sends a message, and waits until there is room for another one; `false` if none is wanted
    /// any more.
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
    /// What it takes in memory, about, and no more than there may be of all.
    fn size(&self) -> u32 {
        let bytes = match self {
            Self::Taken(taken) => {
                let records = taken.records.iter().map(|record| record.data.len() + 256);
                records.sum::<usize>() + taken.refused.as_ref().map_or(0, String::len) + 64
            }
            Self::Failed(_) | Self::End => 64,
        };
        u32::try_from(bytes).unwrap_or(READ_AHEAD).min(READ_AHEAD)
    }
}
