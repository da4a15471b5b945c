//! The trait [`Function`]: event bytes in, response bytes out. One file per implementation.
//!
//! [`ProcessPool`] runs any executable that uses the Lambda Runtime API, and runs a [`HandlerFunction`]
//! in Python or JavaScript on an interpreter. [`UrlFunction`] invokes a
//! function that listens at a URL. [`InProcessFunction`] runs a handler in this process.

mod cause_counts;
mod cause_kind;
mod causes;
mod dropping_writer;
mod error;
mod event_handler;
mod exception_causes;
mod failure_counts;
mod failure_place;
mod function_trait;
mod handler;
mod in_process;
mod invocation_failures;
mod log;
mod log_destination;
mod log_file;
mod log_tail;
mod logged_exception;
mod logged_failure;
mod orphan_guard;
mod process;
mod process_pool;
mod process_settings;
mod report_log;
mod url_function;

pub use cause_counts::CauseCounts;
pub use causes::Causes;
pub use dropping_writer::DroppingWriter;
pub use error::{FunctionError, InvokeError, StartError};
pub use event_handler::EventHandler;
pub(crate) use exception_causes::with_causes;
pub use failure_counts::FailureCounts;
pub(crate) use failure_place::failure_place;
pub use function_trait::Function;
pub use handler::{CodeFolder, HandlerError, HandlerFunction, HandlerProcess, Language};
pub use in_process::InProcessFunction;
pub use log_destination::LogDestination;
pub(crate) use log_tail::LogTail;
pub use process::{FunctionProcess, invoke_once};
pub use process_pool::ProcessPool;
pub use process_settings::ProcessSettings;
pub use url_function::UrlFunction;
