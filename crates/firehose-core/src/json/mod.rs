//! JSON payloads: as values, or as they are written.

mod error;
mod json_fn;
mod key;
mod members;
mod scanner;
mod string;
mod syntax_error;

pub use error::JsonError;
pub use json_fn::{IntoJsonOutcome, JsonFn, json_fn};
pub use key::JsonKey;
pub use members::{JsonMember, JsonMembers};
pub use scanner::JsonScanner;
pub use syntax_error::JsonSyntaxError;
