//! Measures whole functions as Lambda runs them: release binaries behind a Lambda Runtime API. The
//! bench compares this runtime with the same work written by hand, and with a function that does nothing.
//!
//! ```text
//! cargo bench -p firehose-local --bench functions
//! ```
//!
//! The bench first builds `examples/square-values` and the functions of `benches/measured-functions`. All
//! functions take the same event in turns, so that a busy machine slows all of them. The bench
//! reads `/proc`, and so runs on Linux only.

#![expect(clippy::print_stdout, reason = "the output of a bench")]
#![expect(clippy::print_stderr, reason = "the progress of a bench")]

mod answers;
mod binaries;
mod cpu;
mod event;
mod figures;
mod memory;

use std::{
    env,
    error::Error,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use bytes::Bytes;
use firehose_delivery::function::FunctionProcess;

use answers::Answers;
use binaries::Binary;
use figures::Figures;

/// A little less than the 6 MiB that Lambda accepts.
const EVENT_BYTES: usize = 6_100_000;

const STARTS: usize = 60;
const WARM_UP: usize = 10;
const ROUNDS: usize = 200;

const LIMIT: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --all-targets` runs benches as well, without this argument.
    if !env::args().any(|argument| argument == "--bench") {
        println!("a test run measures nothing; run cargo bench");
        return Ok(());
    }
    let binaries = binaries::build_all()?;
    let event = event::event(EVENT_BYTES);
    let mut figures = Vec::new();
    for binary in &binaries {
        figures.push(Figures::new(binary)?);
    }
    start(&binaries, &mut figures).await?;
    invoke(&binaries, &event, &mut figures).await?;
    println!("an event of {} bytes; {STARTS} starts, {ROUNDS} invocations, medians", event.len());
    figures::print(&figures);
    Ok(())
}

/// Starts each function over and over.
async fn start(binaries: &[Binary], figures: &mut [Figures]) -> Result<(), Box<dyn Error>> {
    // The first round only reads the files into memory.
    for round in 0..=STARTS {
        progress("starts", round, STARTS);
        for (binary, figures) in binaries.iter().zip(&mut *figures) {
            let function = FunctionProcess::start_quietly(&binary.path, LIMIT).await?;
            if round > 0 {
                figures.init.push(function.init_duration());
            }
        }
    }
    Ok(())
}

/// Sends the event to each function over and over.
async fn invoke(
    binaries: &[Binary],
    event: &str,
    figures: &mut [Figures],
) -> Result<(), Box<dyn Error>> {
    let mut answers = Answers::default();
    let event_bytes = Bytes::copy_from_slice(event.as_bytes());
    let mut functions = Vec::new();
    for binary in binaries {
        let mut function = FunctionProcess::start_quietly(&binary.path, LIMIT).await?;
        let response = function.invoke(event_bytes.clone(), LIMIT).await?;
        let compared = answers.compare(binary.work, event, &response);
        compared.map_err(|error| format!("{}: {error}", binary.name))?;
        functions.push(function);
    }
    for round in 0..WARM_UP + ROUNDS {
        progress("invocations", round + 1, WARM_UP + ROUNDS);
        for (function, figures) in functions.iter_mut().zip(&mut *figures) {
            let cpu = cpu::time(function)?;
            let start = Instant::now();
            function.invoke(event_bytes.clone(), LIMIT).await?;
            if round >= WARM_UP {
                figures.wall.push(start.elapsed());
                figures.cpu_readings.push(cpu);
            }
        }
    }
    // The work of a function after its response counts too.
    tokio::time::sleep(Duration::from_millis(100)).await;
    for (function, figures) in functions.iter().zip(figures) {
        figures.cpu_readings.push(cpu::time(function)?);
        figures.peak_kib = memory::kib(function, "VmHWM")?;
    }
    Ok(())
}

fn progress(name: &str, done: usize, of: usize) {
    if io::stderr().is_terminal() {
        let end = if done == of { "\n" } else { "" };
        eprint!("\r{name}: {done} of {of}{end}");
        // The bench goes on without progress if the terminal fails.
        let _ = io::stderr().flush();
    }
}
