//! The command line as a user meets it: the real binary, real functions, exit codes.

mod check;
mod firehose_local;
mod function;
mod interrupt;
mod invoke;
mod samples;
mod template;
mod url;
