//! The readers of delivery streams, and of the Kinesis streams, functions and roles that delivery
//! streams refer to.

mod check;
mod delivery_stream;
mod destination;
mod function_code;
mod function_placeholders;
mod kinesis_stream;
mod lambda_function;
mod lambda_processor;
mod not_simulated;
mod processing;
mod reasons;
mod resources_by_arn;
mod role_check;
mod source;

pub(crate) use delivery_stream::read_delivery_stream;
pub(crate) use lambda_function::{read_settings, read_timeout};
pub(crate) use not_simulated::note_not_simulated;
pub(crate) use resources_by_arn::ResourcesByArn;
