//! Measures the lines per second of the most common formats, each on one sample line.
//!
//! ```text
//! cargo bench -p firehose-transforms --features parse_csv,parse_grok,parse_regex,parse_syslog --bench parse
//! ```

#![expect(clippy::print_stdout, reason = "a bench prints its results")]

use std::{hint::black_box, time::Instant};

use firehose_transforms::parse::{FormatOptions, LineFormat, Parsed};

const ROUNDS: usize = 21;
const LINES: usize = 20_000;

fn main() {
    println!("medians of {ROUNDS} rounds of {LINES} lines");
    for (name, options, line) in samples() {
        let format = LineFormat::with_options(name, &options).expect("the options are valid");
        let mut out = Vec::new();
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..LINES {
                    out.clear();
                    let parsed = format.parse_line(black_box(line), None, &mut out);
                    assert_eq!(parsed, Ok(Parsed::Object), "{name}");
                    black_box(&out);
                }
                start.elapsed().as_secs_f64()
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let seconds = times[ROUNDS / 2] / LINES as f64;
        println!(
            "{name:<16} {:4} bytes {:8.2} µs a line {:10.0} lines/s",
            line.len(),
            seconds * 1e6,
            1.0 / seconds
        );
    }
}

fn samples() -> Vec<(&'static str, FormatOptions, &'static str)> {
    const COMBINED: &str = r#"192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36""#;
    let options = FormatOptions::default;
    let regex = r#"^(?<host>\S+) (?<identity>\S+) (?<user>\S+) \[(?<timestamp>[^\]]+)\] "(?<request>[^"]*)" (?<status>\d+) (?<size>\S+) "(?<referrer>[^"]*)" "(?<agent>[^"]*)"$"#;
    vec![
        ("apache_combined", options(), COMBINED),
        ("nginx", options(), COMBINED),
        (
            "syslog",
            options(),
            "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
        ),
        (
            "syslog",
            options(),
            r#"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"] An application event log entry..."#,
        ),
        (
            "vpc_flow_log",
            options(),
            "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
        ),
        (
            "cloudfront",
            options(),
            "2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111111abcdef8.cloudfront.net\t/index.html\t200\t-\tMozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)\t-\t-\tHit\tSOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==\td111111abcdef8.cloudfront.net\thttps\t23\t0.001\t-\tTLSv1.2\tECDHE-RSA-AES128-GCM-SHA256\tHit\tHTTP/2.0\t-\t-\t11040\t0.001\tHit\ttext/html\t78\t-\t-",
        ),
        (
            "logfmt",
            options(),
            r#"at=info method=GET path="/chat/?room=1&x=%20" host=www.example.com request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="192.0.2.4" dyno=web.1 connect=0ms service=5ms status=200 bytes=7"#,
        ),
        (
            "csv",
            options().with_fields(["a", "b", "c", "d"]),
            r#"7,21.5,"Halle, Saale",2025-01-03T16:41:26Z"#,
        ),
        ("regex", options().with_pattern(regex), COMBINED),
        ("grok", options().with_pattern("%{COMBINEDAPACHELOG}"), COMBINED),
    ]
}
