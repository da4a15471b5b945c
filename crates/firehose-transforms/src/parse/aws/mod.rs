//! Logs of AWS services.

pub(crate) mod alb;
pub(crate) mod cloudfront;
pub(crate) mod s3_access;
pub(crate) mod vpc_flow_log;
pub(crate) mod waf;
