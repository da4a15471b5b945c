use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The kind of a message that may occur many times.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Repeated {
    RecordRefused,
    LineRefused,
    ErrorObjectFailed,
    LogIncomplete,
    RecoveryFailed { is_of_key: bool },
    InvocationFailed { stream: String },
    RequestFailed { stream: String },
    UploadFailed { stream: String },
    FunctionLog { stream: String },
    ContractViolated { stream: String },
}

/// The decision about a message that may have occurred before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Showing {
    /// Show the message.
    Message,
    /// Show that more messages of this kind are only counted.
    OnlyCounted,
    /// Show nothing.
    Nothing,
}

/// The counts of messages by kind, to show only the first few messages of each kind.
#[derive(Debug, Default)]
pub(super) struct Repeats(Mutex<HashMap<Repeated, u64>>);

impl Repeats {
    /// Counts a message, and decides whether to show it. Shows the first `limit` of a kind.
    pub(super) fn count(&self, kind: Repeated, limit: u64) -> Showing {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(kind).or_default();
        *count += 1;
        if *count <= limit {
            Showing::Message
        } else if *count == limit + 1 {
            Showing::OnlyCounted
        } else {
            Showing::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_limited_by_itself() {
        let repeats = Repeats::default();
        let of = |stream: &str| Repeated::UploadFailed { stream: stream.to_owned() };
        let shown = || repeats.count(of("a"), 2);
        assert_eq!(shown(), Showing::Message);
        assert_eq!(shown(), Showing::Message);
        assert_eq!(shown(), Showing::OnlyCounted);
        assert_eq!(shown(), Showing::Nothing);
        assert_eq!(repeats.count(of("b"), 2), Showing::Message);
        assert_eq!(repeats.count(Repeated::LogIncomplete, 2), Showing::Message);
    }
}
