//! The table of all formats.

use std::sync::Arc;

use crate::parse::{
    format_error::InvalidFormat, format_options::OptionReader, line_parser::LineParser,
};

/// A function that builds the parser of a format.
pub(crate) type BuildParser = fn(&mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat>;

/// An entry of the table of formats.
pub(crate) struct FormatEntry {
    pub(crate) name: &'static str,
    /// The function that builds the parser, or the name of the disabled feature that contains the format.
    pub(crate) build: Result<BuildParser, &'static str>,
}

const fn built_in(name: &'static str, build: BuildParser) -> FormatEntry {
    FormatEntry { name, build: Ok(build) }
}

/// All formats, including formats whose feature is disabled.
pub(crate) static FORMATS: &[FormatEntry] = &[
    built_in("apache_common", crate::parse::http_logs::apache::common),
    built_in("apache_combined", crate::parse::http_logs::apache::combined),
    built_in("nginx", crate::parse::http_logs::nginx::combined),
    built_in("nginx_main", crate::parse::http_logs::nginx::main),
    built_in("nginx_error", crate::parse::http_logs::nginx_error::build),
    FormatEntry { name: "syslog", build: SYSLOG },
    built_in("vpc_flow_log", crate::parse::aws::vpc_flow_log::build),
    built_in("cloudfront", crate::parse::aws::cloudfront::standard),
    built_in("cloudfront_real_time", crate::parse::aws::cloudfront::real_time),
    built_in("alb", crate::parse::aws::alb::build),
    built_in("s3_access", crate::parse::aws::s3_access::build),
    built_in("waf", crate::parse::aws::waf::build),
    built_in("logfmt", crate::parse::logfmt::build),
    FormatEntry { name: "csv", build: CSV },
    FormatEntry { name: "regex", build: REGEX },
    FormatEntry { name: "grok", build: GROK },
];

#[cfg(feature = "parse_syslog")]
const SYSLOG: Result<BuildParser, &str> = Ok(crate::parse::syslog::build);
#[cfg(not(feature = "parse_syslog"))]
const SYSLOG: Result<BuildParser, &str> = Err("parse_syslog");

#[cfg(feature = "parse_csv")]
const CSV: Result<BuildParser, &str> = Ok(crate::parse::csv::build);
#[cfg(not(feature = "parse_csv"))]
const CSV: Result<BuildParser, &str> = Err("parse_csv");

#[cfg(feature = "parse_regex")]
const REGEX: Result<BuildParser, &str> = Ok(crate::parse::pattern::regex::build);
#[cfg(not(feature = "parse_regex"))]
const REGEX: Result<BuildParser, &str> = Err("parse_regex");

#[cfg(feature = "parse_grok")]
const GROK: Result<BuildParser, &str> = Ok(crate::parse::pattern::grok::build);
#[cfg(not(feature = "parse_grok"))]
const GROK: Result<BuildParser, &str> = Err("parse_grok");
