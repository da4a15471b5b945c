#![doc = include_str!("docs.md")]

mod csv_encoder;
mod elasticsearch_bulk;
mod encoder;
mod error;
mod event_time;
mod field_reader;
mod field_value;
mod for_each_encoded;
mod index_name;
mod json_members;
mod loki;
mod splunk_hec;

pub use csv_encoder::CsvEncoder;
pub use elasticsearch_bulk::{BulkAction, ElasticsearchBulk};
pub use encoder::Encode;
pub use error::{EncodeError, InvalidEncoder};
pub use event_time::EventTime;
pub use field_value::FieldValue;
pub use for_each_encoded::{ForEachEncoded, for_each_encoded};
pub use loki::Loki;
pub use splunk_hec::SplunkHec;
