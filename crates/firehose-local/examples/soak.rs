//! Sends one large event to a function repeatedly, and measures its memory.
//!
//! ```text
//! cargo run -p firehose-local --example soak -- target/lambda/square-values/bootstrap 200
//! ```
//!
//! Fails if the resident memory in the last quarter of the events exceeds the resident memory in
//! the first quarter by over a tenth. Reads `/proc`, and so runs on Linux only.

#![expect(clippy::print_stdout, reason = "the program prints its measurements")]

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
        return Err("COUNT must be at least 8, so that a quarter has two events".into());
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
    // The resident memory between two events depends on the memory that the allocator has returned,
    // so the highest value of a quarter says more than a single reading.
    let highest = |sizes: &[u64]| sizes.iter().max().copied().unwrap_or_default();
    let (first, last) = (highest(&sizes[..count / 4]), highest(&sizes[count - count / 4..]));
    println!(
        "{count} events of {} bytes: at most {first} KiB resident in the first quarter, \
         {last} KiB in the last",
        text.len(),
    );
    if last > first + first / 10 { Err("memory grows".into()) } else { Ok(()) }
}
