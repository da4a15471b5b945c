//! CloudWatch Logs records whose output exceeds the size limit of a response. They are put back to
//! a stream in memory, and to moto.

mod fake;
mod log_records;
#[cfg(feature = "reingest")]
mod moto;
mod stream;
