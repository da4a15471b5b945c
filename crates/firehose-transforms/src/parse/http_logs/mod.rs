//! Logs of web servers.

pub(crate) mod apache;
mod log_time;
pub(crate) mod nginx;
pub(crate) mod nginx_error;
mod request_line;
