use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{failure_counts::FailureCounts, logged_exception::ExceptionReader};

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
    /// The invocation has an answer. The reader goes on in an exception whose last lines are late.
    Answered(ExceptionReader),
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
            Invocation::Answered(reader) => self.lock_answered().inspect_with(reader, line),
            Invocation::Unanswered => {}
        }
    }

    /// Ends the invocation. Adds its failures if it has an answer, else forgets them.
    pub(super) fn end(&self, is_answered: bool) {
        let mut invocation = self.lock();
        let last = std::mem::replace(&mut *invocation, Invocation::Unanswered);
        if is_answered {
            let mut reader = ExceptionReader::default();
            if let Invocation::Running(mut failures) = last {
                reader = std::mem::take(&mut failures.reader);
                self.lock_answered().merge(failures);
            }
            *invocation = Invocation::Answered(reader);
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

    /// Two processes log at the same time, and their invocations end inside of an exception.
    #[test]
    fn an_exception_counts_wherever_the_invocation_ends() {
        let log =
            ["Traceback (most recent call last):", "  File \"app.py\"", "KeyError: 'a'", "after"];
        for end in 0..=log.len() {
            let answered = Arc::<Mutex<FailureCounts>>::default();
            let processes = [(); 2].map(|()| InvocationFailures::new(Arc::clone(&answered)));
            processes.iter().for_each(InvocationFailures::begin);
            for (number, line) in log.iter().enumerate() {
                for process in &processes {
                    if number == end {
                        process.end(true);
                    }
                    process.inspect(line.as_bytes());
                }
            }
            processes.iter().for_each(|process| process.end(true));
            let answered = answered.lock().unwrap();
            assert_eq!(answered.exceptions.by_frequency(), [("KeyError: 'a'", 2)], "{end}");
        }
    }
}
