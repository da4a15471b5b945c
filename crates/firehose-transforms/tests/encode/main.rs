//! Tests of the encoders, which write items as CSV or for Splunk, Elasticsearch and Loki.

mod csv;
mod elasticsearch;
mod encoding;
mod loki;
mod options;
mod properties;
mod splunk;
