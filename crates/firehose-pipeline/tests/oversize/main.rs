//! CloudWatch Logs records whose outputs fit into no response: put back to a fake, and to moto.

mod fake;
mod log_records;
#[cfg(feature = "reingest")]
mod moto;
