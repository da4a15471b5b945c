//! The output of the file: its format and the options of each format.

mod columns;
mod csv_options;
mod elasticsearch_options;
mod loki_options;
pub(crate) mod output_options;
mod splunk_options;
mod value_map;
mod value_text;
