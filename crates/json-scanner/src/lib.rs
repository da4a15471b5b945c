#![doc = include_str!("docs/overview.md")]

mod key;
mod located_error;
mod scanner;
mod string;
mod syntax_error;

pub use key::JsonKey;
pub use located_error::LocatedSyntaxError;
pub use scanner::JsonScanner;
pub use syntax_error::JsonSyntaxError;
