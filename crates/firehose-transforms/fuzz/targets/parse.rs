//! Parses any text as a line of a log format. The first byte of the input selects the format and its
//! options.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run parse --fuzz-dir crates/firehose-transforms/fuzz -- -max_total_time=60
//! ```

#![no_main]

use std::sync::LazyLock;

use firehose_transforms::parse::{FormatOptions, LineFormat, Parse, Parsed};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

static PARSERS: LazyLock<Vec<Parse>> = LazyLock::new(parsers);

fuzz_target!(|input: (u8, &str)| {
    let (selector, text) = input;
    let parser = &PARSERS[usize::from(selector) % PARSERS.len()];
    let mut out = b"kept".to_vec();
    let parsed = parser.parse_payload(text, None, &mut out);
    let json = out.strip_prefix(b"kept").expect("the bytes before the output changed");
    match parsed {
        Ok(Parsed::Object) => {
            // `RawValue`, because `Value` limits the depth.
            let value: &RawValue = serde_json::from_slice(json).expect("the output is not JSON");
            assert!(value.get().starts_with('{'), "the output is not an object");
        }
        Ok(Parsed::Header) => assert!(json.is_empty()),
        Err(error) => {
            assert!(json.is_empty());
            assert!(!error.to_string().is_empty());
        }
    }
});

fn parsers() -> Vec<Parse> {
    let options = FormatOptions::default;
    let with_options = [
        ("vpc_flow_log", options().with_fields(["${srcaddr} ${bytes}"])),
        ("cloudfront_real_time", options().with_fields(["timestamp", "cs-uri-stem"])),
        ("csv", options().with_fields(["a,b"])),
        ("csv", options().with_fields(["a"]).with_delimiter('\t')),
        ("syslog", options().with_time_zone("-09:30")),
        ("nginx_error", options().with_time_zone("+14:00")),
        ("regex", options().with_pattern("(?s)(?<a>[a-z]*)-(?<b>.*)")),
        ("grok", options().with_pattern("%{COMBINEDAPACHELOG}")),
        ("grok", options().with_pattern("%{SYSLOGBASE} %{GREEDYDATA:m}%{NUMBER:n:float}")),
    ];
    let mut formats: Vec<LineFormat> =
        LineFormat::names().filter_map(|name| LineFormat::from_name(name).ok()).collect();
    for (name, options) in with_options {
        formats.push(LineFormat::with_options(name, &options).unwrap());
    }
    let mut parsers: Vec<_> = formats.iter().cloned().map(Parse::new).collect();
    let from = |format: LineFormat| Parse::new(format).with_from(".m").unwrap();
    let logfmt = || LineFormat::from_name("logfmt").unwrap();
    parsers.push(from(logfmt()));
    parsers.push(from(logfmt()).with_into(".a.b").unwrap());
    parsers.push(Parse::new(logfmt()).with_into(".\"a\\n\"").unwrap());
    parsers
}
