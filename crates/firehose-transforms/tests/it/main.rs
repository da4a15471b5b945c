//! Tests of the transforms.

#[cfg(all(
    feature = "parse_csv",
    feature = "parse_grok",
    feature = "parse_regex",
    feature = "parse_syslog"
))]
mod parse;
