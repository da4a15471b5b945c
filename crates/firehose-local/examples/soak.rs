//! Sends one large event to a function over and over, and watches its memory.
//!
//! ```text
//! cargo run -p firehose-local --example soak -- target/lambda/square-values/bootstrap 200
//! ```
//!
//! Fails if more memory is resident between events in the last quarter of them than in the
//! first, by over a tenth. Linux only: it reads `/proc`.

#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

use std::{env, error::Error, fs, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_local::Function;
use firehose_runtime::{Event, contract};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [binary, count] = arguments.as_slice() else {
        return Err("usage: soak BINARY COUNT".into());
    };
    let count: usize = count.parse()?;
    if count < 8 {
        return Err("COUNT must be at least 8, so that a quarter of it says something".into());
    }
    let text = Bytes::from(event(6_000_000));
    let event = Event::parse(&text)?;
    let limit = Duration::from_secs(60);
    let mut function = Function::start(Path::new(binary), limit).await?;
    let mut sizes = Vec::new();
    for number in 1..=count {
        let response = function.invoke(text.clone(), limit).await?;
        if let Some(violation) = contract::check(&event, &response).first() {
            return Err(format!("event {number}: {violation}").into());
        }
        sizes.push(resident_kib(&function)?);
    }
    // What is resident between two events depends on what the allocator has given back, so
    // the highest of a quarter says more than any single reading.
    let highest = |sizes: &[u64]| sizes.iter().max().copied().unwrap_or_default();
    let (first, last) = (highest(&sizes[..count / 4]), highest(&sizes[count - count / 4..]));
    println!(
        "{count} events of {} bytes: at most {first} KiB resident in the first quarter, \
         {last} KiB in the last",
        text.len(),
    );
    if last > first + first / 10 { Err("memory grows".into()) } else { Ok(()) }
}

/// An event of about this many bytes: objects of numbers whose squares are no longer than
/// they are, so that the response fits too; some 500 bytes each.
fn event(bytes: usize) -> String {
    let object: Value = (0..40).map(|key| (format!("field-{key}"), Value::from(key % 4))).collect();
    let data = STANDARD.encode(object.to_string());
    let records: Vec<Value> = (0..bytes / (data.len() + 120))
        .map(|number| {
            json!({
                "recordId": format!("{number:062}"),
                "approximateArrivalTimestamp": 1_767_225_600_000_u64,
                "data": data,
            })
        })
        .collect();
    json!({"invocationId": "soak", "region": "us-east-1", "records": records}).to_string()
}

fn resident_kib(function: &Function) -> Result<u64, Box<dyn Error>> {
    let id = function.process_id().ok_or("the function has ended")?;
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
