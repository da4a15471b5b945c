//! Runs the records of a batch, and hands on their results in the order of the event.
//!
//! A panic, an error or a slow future of one record does not affect other records. While a record
//! waits for something, others are started. Long computations are shared among threads.

pub(crate) mod batch;
pub(crate) mod batch_limits;
pub(crate) mod catch_panic;
mod coop_budget;
pub(crate) mod deadline;
mod in_flight;
pub(crate) mod isolate;
mod parallelism_policy;
pub(crate) mod record_result;
mod record_starter;
mod result_collector;
pub(crate) mod result_sink;
pub(crate) mod run_batch;
mod running_transform;
mod threads;
