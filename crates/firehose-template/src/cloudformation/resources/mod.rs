//! The readers of delivery streams, and of the Kinesis streams, functions and roles that delivery
//! streams refer to.

mod backup;
mod backup_mode;
mod check;
mod delivery_stream;
mod destination;
mod destination_section;
mod format_conversion;
mod function_code;
mod function_placeholders;
mod http_endpoint;
mod iceberg;
mod kinesis_stream;
mod lambda_function;
mod lambda_processor;
mod not_simulated;
mod open_search;
mod processing;
mod processor_parameters;
mod reasons;
mod record_processors;
mod redshift;
mod resources_by_arn;
mod role_check;
mod snowflake;
mod source;
mod splunk;

pub(crate) use delivery_stream::read_delivery_stream;
pub(crate) use lambda_function::{read_settings, read_timeout};
pub(crate) use not_simulated::note_not_simulated;
pub(crate) use resources_by_arn::ResourcesByArn;
