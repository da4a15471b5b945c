//! One file a command.

mod answer_counts;
mod answer_table;
mod cannot_run;
mod cause_list;
mod check;
mod completions;
mod compression_format;
mod function_args;
mod input_format;
mod invocation_args;
mod invoke;
mod json_verdict;
mod path_conflicts;
mod replay;
mod run;
mod size;
mod store_args;
mod verdict;

use std::{
    fmt,
    io::{self, Write},
};

use crate::{exit_code::ExitCode, terminal::escaped};

pub(crate) use check::Check;
pub(crate) use completions::Completions;
pub(crate) use invoke::Invoke;
pub(crate) use replay::Replay;
pub(crate) use run::Run;
pub(crate) use size::Size;

/// Writes a line about what went wrong to standard error. What functions say of themselves is
/// part of it, so it is cut and escaped.
pub(crate) fn complain(what: impl fmt::Display) {
    let what = escaped(&what.to_string(), 4096);
    // Where standard error is closed, the exit code has to do.
    let _ = writeln!(io::stderr(), "firehose-local: {what}");
}

/// Writes to standard output. That nobody reads on (`| head`) is as well; that there is no
/// room for it is not.
fn print(parts: &[&[u8]]) -> Result<(), ExitCode> {
    let mut stdout = io::stdout().lock();
    let written = parts.iter().try_for_each(|part| stdout.write_all(part));
    match written.and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            complain(format_args!("cannot write to standard output: {error}"));
            Err(ExitCode::BadUsage)
        }
    }
}
