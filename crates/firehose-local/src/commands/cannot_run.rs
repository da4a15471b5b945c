use crate::{ExitCode, store::StoreError};

/// Why a command could not begin at all.
#[derive(Debug)]
pub(crate) struct CannotRun {
    pub(crate) reason: String,
    pub(crate) code: ExitCode,
}

impl CannotRun {
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code: ExitCode::BadUsage }
    }

    /// A store that is not there, or takes nothing.
    pub(crate) fn unavailable(error: &StoreError) -> Self {
        Self { reason: error.to_string(), code: ExitCode::StoreFailed }
    }
}
