//! The part of the Lambda Runtime API that a function needs:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

mod error_report;
mod invocation_queue;
mod own_listener;
mod routes;
mod server;

pub use invocation_queue::{InitError, PendingResponse};
pub use server::RuntimeApi;
