//! Encoders: items in the form of other targets.

mod csv;
mod elasticsearch;
mod encoding;
mod loki;
mod options;
mod properties;
mod splunk;
