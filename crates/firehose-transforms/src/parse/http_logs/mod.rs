//! Logs of web servers.

pub(crate) mod apache;
mod log_time;
mod request_line;
