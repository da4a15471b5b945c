#![doc = include_str!("docs.md")]

mod aws;
mod column;
#[cfg(feature = "parse_csv")]
mod csv;
mod fields;
mod format_error;
mod format_options;
mod http_logs;
mod json_depth;
mod json_object;
mod json_text;
mod line_format;
mod line_parser;
mod logfmt;
mod member_path;
mod object_writer;
mod parse_error;
mod parsed;
mod pattern;
mod registry;
#[cfg(feature = "parse_syslog")]
mod syslog;
mod time_zone;
mod transform;

pub use format_error::InvalidFormat;
pub use format_options::FormatOptions;
pub use line_format::LineFormat;
pub use member_path::InvalidMemberPath;
pub use parse_error::ParseError;
pub use parsed::Parsed;
pub use transform::Parse;
