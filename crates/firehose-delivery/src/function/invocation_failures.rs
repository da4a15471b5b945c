use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::failure_counts::FailureCounts;

/// The failures in the log of one process. Only the failures of answered invocations count: an
/// invocation without an answer is repeated, and logs the same failures again.
///
/// The log arrives on a thread of its own. Lines that arrive after the answer belong to the answered
/// invocation until the next one begins.
#[derive(Clone, Debug)]
pub(super) struct InvocationFailures {
    invocation: Arc<Mutex<Invocation>>,
    /// The failures of all answered invocations of all processes.
    answered: Arc<Mutex<FailureCounts>>,
}

/// The state of the last invocation of a process.
#[derive(Debug)]
enum Invocation {
    /// The invocation runs, and has logged these failures.
    Running(FailureCounts),
    Answered,
    /// The invocation has failed, or the process has had no invocation.
    Unanswered,
}

impl InvocationFailures {
    /// Returns the failures of a process without an invocation. Adds failures to `answered`.
    pub(super) fn new(answered: Arc<Mutex<FailureCounts>>) -> Self {
        Self { invocation: Arc::new(Mutex::new(Invocation::Unanswered)), answered }
    }

    /// Begins an invocation.
    pub(super) fn begin(&self) {
        *self.lock() = Invocation::Running(FailureCounts::default());
    }

    /// Counts the failure in a log line, if the line contains one.
    pub(super) fn inspect(&self, line: &[u8]) {
        match &mut *self.lock() {
            Invocation::Running(failures) => failures.inspect(line),
            Invocation::Answered => self.lock_answered().inspect(line),
            Invocation::Unanswered => {}
        }
    }

    /// Ends the invocation. Adds its failures if it has an answer, else forgets them.
    pub(super) fn end(&self, is_answered: bool) {
        let ended = if is_answered { Invocation::Answered } else { Invocation::Unanswered };
        let last = std::mem::replace(&mut *self.lock(), ended);
        if let (true, Invocation::Running(failures)) = (is_answered, last) {
            self.lock_answered().merge(failures);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Invocation> {
        self.invocation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_answered(&self) -> MutexGuard<'_, FailureCounts> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failures_of_answered_invocations_count() {
        let answered = Arc::<Mutex<FailureCounts>>::default();
        let process = InvocationFailures::new(Arc::clone(&answered));
        let fail = |cause: &str| {
            process.inspect(format!(r#"{{"record_id":"7","cause":"{cause}"}}"#).as_bytes());
        };
        fail("before the first invocation");
        process.begin();
        fail("without an answer");
        process.end(false);
        fail("after an invocation without an answer");
        process.begin();
        fail("no unit");
        process.end(true);
        fail("late");
        process.begin();
        fail("running");
        let answered = answered.lock().unwrap();
        assert_eq!(answered.records.by_frequency(), [("late", 1), ("no unit", 1)]);
    }
}
