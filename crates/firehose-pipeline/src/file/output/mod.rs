//! The field `output` of the file: the output formats and their options.

mod columns;
mod csv_options;
mod elasticsearch_options;
mod loki_options;
pub(crate) mod output_options;
mod splunk_options;
mod value_map;
mod value_text;
