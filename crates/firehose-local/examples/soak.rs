//! Sends one large event to a function over and over, and watches its memory.
//!
//! ```text
//! cargo run -p firehose-local --example soak -- target/lambda/square-values/bootstrap 200
//! ```
//!
//! Fails if more memory is resident between events in the last quarter of them than in the
//! first, by over a tenth. Linux only: it reads `/proc`.

#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

#[path = "../benches/functions/event.rs"]
mod event;
#[path = "../benches/functions/memory.rs"]
mod memory;

use std::{env, error::Error, path::Path, time::Duration};

use bytes::Bytes;
use firehose_delivery::function::FunctionProcess;
use firehose_runtime::{Event, contract};

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
    let text = Bytes::from(event::event(6_000_000));
    let event = Event::parse(&text)?;
    let limit = Duration::from_secs(60);
    let mut function = FunctionProcess::start(Path::new(binary), limit).await?;
    let mut sizes = Vec::new();
    for number in 1..=count {
        let response = function.invoke(text.clone(), limit).await?;
        if let Some(violation) = contract::check(&event, &response).first() {
            return Err(format!("event {number}: {violation}").into());
        }
        sizes.push(memory::kib(&function, "VmRSS")?);
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
