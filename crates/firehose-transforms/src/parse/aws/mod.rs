//! Logs of AWS services.

pub(crate) mod vpc_flow_log;
