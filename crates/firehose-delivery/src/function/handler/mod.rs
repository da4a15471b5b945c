//! Functions in Python and JavaScript: a folder with code, and the name of a handler.
//!
//! An installed interpreter runs the handler, on AWS's runtime client if this client is installed, and
//! otherwise on a bootstrap of this crate that encodes as AWS's client does.

mod code_archive;
mod code_folder;
mod handler_error;
mod handler_function;
mod handler_module;
mod handler_process;
mod interpreter;
mod language;
mod missing_package;
mod module_form;
mod temporary_folder;

pub use code_folder::CodeFolder;
pub use handler_error::HandlerError;
pub use handler_function::HandlerFunction;
pub use handler_process::HandlerProcess;
pub use language::Language;
pub(super) use temporary_folder::TEMPORARY_PREFIX;
