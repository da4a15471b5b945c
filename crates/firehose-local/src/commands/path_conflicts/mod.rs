//! The check of all paths that a command writes.
//!
//! A command must not read its own output, must not replace a file that it reads, must not write
//! two outputs to one file, and must not overwrite a file that `firehose-local` did not write.

mod command_paths;
mod resolved_location;

pub(super) use command_paths::CommandPaths;
