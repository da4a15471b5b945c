//! The Lambda entry: logging, the tower service, the event loop.

mod log;
mod run;
mod service;

pub use run::{NotInLambda, init, run, run_async};
pub use service::{EventText, ResponseText};
