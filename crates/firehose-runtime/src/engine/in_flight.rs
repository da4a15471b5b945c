use std::{
    collections::VecDeque,
    future::poll_fn,
    mem,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use futures_util::{StreamExt, stream::FuturesUnordered};

use super::{
    Answers, Batch, Deadline, Verdict,
    isolate::{Fenced, Running, Started, State},
};
use crate::failure::Cause;

/// Records that have been started and not answered: some wait for something, others are
/// finished and wait for those before them.
#[derive(Default)]
pub(super) struct Waiting<'a> {
    /// In the order of the event, the first being record number `answered`.
    slots: VecDeque<Slot>,
    answered: usize,
    running: FuturesUnordered<Numbered<'a>>,
    /// Bytes of the outputs that wait for their turn.
    held: usize,
}

/// So many bytes of outputs may wait for their turn: about as many as a response takes.
const MAX_HELD: usize = 6 * 1024 * 1024;

struct Slot {
    bytes_in: usize,
    finished: Option<Fenced>,
}

impl<'a> Waiting<'a> {
    /// How many wait for something.
    pub(super) fn running(&self) -> usize {
        self.running.len()
    }

    /// Whether one more may be started. One that takes long does not hold up those behind it,
    /// as long as there is room for their outputs.
    pub(super) fn has_room(&self, concurrency: usize) -> bool {
        self.running.len() < concurrency && self.held < MAX_HELD
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Takes the next record. One that is finished, and has none before it, is answered.
    pub(super) fn push<B: Batch, F>(
        &mut self,
        started: Started<'a>,
        answers: &mut Answers<'_, B, F>,
    ) where
        F: FnMut(usize, &Verdict) -> Result<(), Cause>,
    {
        let Started { bytes_in, state } = started;
        let finished = match state {
            State::Finished(fenced) if self.slots.is_empty() => {
                self.answered += 1;
                return answers.take(bytes_in, fenced);
            }
            State::Finished(fenced) => {
                self.held += fenced.bytes();
                Some(fenced)
            }
            State::Waiting(running) => {
                let number = self.answered + self.slots.len();
                self.running.push(Numbered { number, running });
                None
            }
        };
        self.slots.push_back(Slot { bytes_in, finished });
    }

    /// Waits until one more record is finished, or all are given up because it is time to
    /// stop, and answers those that can be.
    pub(super) async fn one_more<B: Batch, F>(
        &mut self,
        deadline: Deadline,
        answers: &mut Answers<'_, B, F>,
    ) where
        F: FnMut(usize, &Verdict) -> Result<(), Cause>,
    {
        let mut stop = pin!(deadline.wait());
        // What is finished comes first, also if it is time to stop.
        let finished = poll_fn(|context| match self.running.poll_next_unpin(context) {
            Poll::Ready(finished) => Poll::Ready(finished),
            // The timer says nothing to a task that has been busy for long, and the clock does.
            Poll::Pending if deadline.is_past() => Poll::Ready(None),
            Poll::Pending => stop.as_mut().poll(context).map(|()| None),
        });
        match finished.await {
            Some((number, fenced)) => self.finish(number, fenced),
            None => self.give_up(),
        }
        self.answer(answers);
    }

    /// Lets the rest of the process have its turn, and then those that wait, and answers those
    /// that can be.
    pub(super) async fn take_turn<B: Batch, F>(&mut self, answers: &mut Answers<'_, B, F>)
    where
        F: FnMut(usize, &Verdict) -> Result<(), Cause>,
    {
        let mut is_next = false;
        poll_fn(|context| {
            if !mem::replace(&mut is_next, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            while let Poll::Ready(Some((number, fenced))) = self.running.poll_next_unpin(context) {
                self.finish(number, fenced);
            }
            Poll::Ready(())
        })
        .await;
        self.answer(answers);
    }

    fn finish(&mut self, number: usize, fenced: Fenced) {
        self.held += fenced.bytes();
        self.slots[number - self.answered].finished = Some(fenced);
    }

    /// Answers those that are finished, up to the first that is not.
    fn answer<B: Batch, F>(&mut self, answers: &mut Answers<'_, B, F>)
    where
        F: FnMut(usize, &Verdict) -> Result<(), Cause>,
    {
        while let Some(Slot { bytes_in, finished }) = self.slots.front_mut() {
            let Some(fenced) = finished.take() else { break };
            self.held = self.held.saturating_sub(fenced.bytes());
            answers.take(*bytes_in, fenced);
            self.slots.pop_front();
            self.answered += 1;
        }
    }

    /// All that still wait have failed.
    fn give_up(&mut self) {
        drop(mem::take(&mut self.running));
        for slot in &mut self.slots {
            slot.finished.get_or_insert_with(|| Fenced::Failed(Deadline::given_up()));
        }
    }
}

struct Numbered<'a> {
    number: usize,
    running: Running<'a>,
}

impl Future for Numbered<'_> {
    type Output = (usize, Fenced);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let number = self.number;
        Pin::new(&mut self.running).poll(context).map(|fenced| (number, fenced))
    }
}
