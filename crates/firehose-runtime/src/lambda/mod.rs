//! The Lambda entry: the event loop, the tower service, log and metrics.

mod buffers;
mod emf;
mod event_bytes;
mod init_error;
mod log;
mod metrics;
mod report_log;
mod run;
mod service;

pub(crate) use buffers::Buffers;
pub use init_error::InitError;
pub(crate) use metrics::MetricsChoice;
pub use metrics::{InvalidMetrics, Metrics};
pub use run::{NotInLambda, init, run, run_async, run_async_with, run_with};
pub use service::{EventText, ResponseText};
