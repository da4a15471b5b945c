#![doc = include_str!("docs/overview.md")]

mod containers;
mod key;
mod located_error;
mod number;
mod one_line;
mod position;
mod scanner;
mod string;
mod syntax_error;

pub use key::JsonKey;
pub use located_error::LocatedSyntaxError;
pub use one_line::push_on_one_line;
pub use position::JsonPosition;
pub use scanner::JsonScanner;
pub use syntax_error::JsonSyntaxError;
