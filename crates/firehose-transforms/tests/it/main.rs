//! Tests of the module `parse`, which need all of its features.

#[cfg(all(
    feature = "parse_csv",
    feature = "parse_grok",
    feature = "parse_regex",
    feature = "parse_syslog"
))]
mod parse;
