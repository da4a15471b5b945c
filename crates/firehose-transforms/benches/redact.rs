//! Measures the redaction of 5,951 records of about 500 bytes, and of the same records in Python. For
//! comparison, also measures a rename and a removal of one field.
//!
//! ```text
//! cargo bench -p firehose-transforms --features redact,fields --bench redact
//! cargo bench -p firehose-transforms --features redact,fields --bench redact -- python3
//! ```
//!
//! The optional argument is the Python program to compare with. The bench fails if the outputs of Python
//! differ. Prints medians of the CPU time, on which other processes have less influence than on the
//! elapsed time. The times depend on the machine, but their ratios depend mostly on the code.

use std::{
    hint::black_box,
    io::Write,
    process::{Command, Stdio},
    thread,
};

use firehose_core::Bytes;
use firehose_transforms::{
    fields::{Remove, Rename},
    redact::{Detector, Detectors, Redact},
};
use rustix::time::{ClockId, clock_gettime};

const RECORDS: usize = 5951;
const ROUNDS: usize = 21;

type Edit<'a> = dyn Fn(&Bytes) -> Bytes + 'a;

fn main() {
    let items = items();
    let bytes: usize = items.iter().map(Bytes::len).sum();
    let three = [Detector::EMAIL, Detector::IPV4, Detector::CREDIT_CARD];
    let all = Detector::NAMES.map(|name| Detector::from_name(name).unwrap());
    let detectors = |list: &[Detector]| Detectors::new(list.to_vec()).unwrap();
    let message = || ".message".parse().unwrap();
    let redact = Redact::in_all_strings(detectors(&three));
    let in_message = Redact::in_fields([message()], detectors(&three));
    let all = Redact::in_all_strings(detectors(&all));
    let rename = Rename::new().with_field(&message(), "text").unwrap();
    let remove = Remove::new([message()]);
    let candidates: [(&str, &Edit<'_>); 5] = [
        ("three detectors, all strings", &|item| redact.apply(item).unwrap()),
        ("three detectors, one field", &|item| in_message.apply(item).unwrap()),
        ("eight detectors, all strings", &|item| all.apply(item).unwrap()),
        ("rename a field", &|item| rename.apply(item).unwrap()),
        ("remove a field", &|item| remove.apply(item).unwrap()),
    ];
    let mut out = std::io::stdout().lock();
    for (name, edit) in candidates {
        let milliseconds = median(|| {
            for item in &items {
                black_box(edit(black_box(item)));
            }
        });
        let speed = bytes as f64 / 1e3 / milliseconds;
        writeln!(out, "{name:30} {milliseconds:7.2} ms {speed:6.0} MB/s").unwrap();
    }
    if let Some(python) = std::env::args().skip(1).find(|it| !it.starts_with('-')) {
        let outputs: Vec<_> = items.iter().map(|item| redact.apply(item).unwrap()).collect();
        let milliseconds = in_python(&python, &items, &outputs);
        writeln!(out, "{:30} {milliseconds:7.2} ms", "Python, all strings").unwrap();
    }
}

fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = cpu_milliseconds();
            work();
            cpu_milliseconds() - start
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn cpu_milliseconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Returns the CPU time of Python in milliseconds, and checks the outputs of Python.
fn in_python(python: &str, items: &[Bytes], outputs: &[Bytes]) -> f64 {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/redact.py");
    let mut command = Command::new(python);
    let command = command.arg(script).arg(ROUNDS.to_string());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = |items: &[Bytes]| items.join(&b'\n');
    let mut stdin = child.stdin.take().unwrap();
    let input = lines(items);
    let writer = thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{python} failed");
    let text = String::from_utf8(output.stdout).unwrap();
    let (milliseconds, found) = text.split_once('\n').unwrap();
    assert!(found.trim_end().as_bytes() == lines(outputs), "the outputs differ");
    milliseconds.parse().unwrap()
}

/// Returns log records. Every fifth record has no secret.
fn items() -> Vec<Bytes> {
    let item = |index: usize| {
        let (low, high) = (index % 250, index / 250);
        let message = match index % 5 {
            0 => format!("order {index} of ana{index}@example.com was paid"),
            1 => format!("login from 192.0.{high}.{low} was refused after {low} attempts"),
            2 => format!("card 4111 1111 1111 1111 was declined for order {index}"),
            3 => format!("mail from b{low}@mail.example.org via 198.51.100.{low} was delivered"),
            _ => format!("cache was refreshed in {low} milliseconds with {index} entries"),
        };
        let padding = "the worker took the next job from the queue and went on without delay; ";
        format!(
            concat!(
                r#"{{"time":"2026-01-31T12:30:{:02}.{:03}Z","level":"INFO","service":"checkout","#,
                r#""host":"worker-{:04}","request_id":"7f3c9a52-{:04x}-4716-a829-b4e7d1c05a{:02x}","#,
                r#""status":{},"duration_ms":{}.25,"retry":false,"path":"/orders/{}/items","#,
                r#""agent":"Mozilla/5.0 (X11; Linux x86_64)","message":"{}","detail":"{}"}}"#
            ),
            index % 60, index % 1000, low, index, low, 200 + low, index, index, message, padding.repeat(2),
        )
        .into()
    };
    (0..RECORDS).map(item).collect()
}
