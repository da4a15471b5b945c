use std::process;

/// How `firehose-local` ends. The codes are part of its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExitCode {
    /// The function answered and kept the contract.
    Ok = 0,
    /// The response breaks Firehose's contract.
    ContractViolated = 1,
    /// Arguments that make no sense, or a file that cannot be read or written. Also clap's
    /// own code.
    BadUsage = 2,
    /// The function failed, ended, or did not answer in time.
    FunctionError = 3,
    /// The function could not be built, started or reached.
    CouldNotStart = 4,
    /// The store could not be reached, or did not take an object.
    StoreFailed = 5,
    /// Of the records that were replayed, some fail again.
    StillFailing = 6,
    /// A fault of `firehose-local` itself: part of it has given up. Also Rust's own code.
    Faulty = 101,
    /// A signal that ends programs, counted as shells count Ctrl-C.
    Interrupted = 130,
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
