//! The Lambda entry: the event loop, the tower service, the log and the metrics.

pub(crate) mod buffer_pool;
mod emf;
mod event_bytes;
pub(crate) mod event_text;
mod failure_lines;
pub(crate) mod init_error;
pub(crate) mod invalid_metrics;
pub(crate) mod invocation_span;
mod log;
mod metric_values;
pub(crate) mod metrics;
pub(crate) mod metrics_choice;
pub(crate) mod not_in_lambda;
mod report_log;
pub(crate) mod response_text;
pub(crate) mod run;
mod service;
