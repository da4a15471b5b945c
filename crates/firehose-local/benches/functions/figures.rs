use std::{fs, io, time::Duration};

use crate::binaries::{
    AS_SHIPPED, Binary, ECHO, HAND_WRITTEN_IDENTITY, HAND_WRITTEN_SQUARE, IDENTITY, SQUARE_VALUES,
};

/// The measured figures of one function.
pub(crate) struct Figures {
    name: &'static str,
    binary_bytes: u64,
    /// The time of each start, from the start of the process to its first request for an event.
    pub(crate) init: Vec<Duration>,
    /// The time of each invocation, from the event to the response.
    pub(crate) wall: Vec<Duration>,
    /// The CPU time of the process before each invocation, and after the last one.
    pub(crate) cpu_readings: Vec<Duration>,
    /// The peak of resident memory.
    pub(crate) peak_kib: u64,
}

impl Figures {
    pub(crate) fn new(binary: &Binary) -> io::Result<Self> {
        let binary_bytes = fs::metadata(&binary.path)?.len();
        let (init, wall, cpu_readings) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { name: binary.name, binary_bytes, init, wall, cpu_readings, peak_kib: 0 })
    }

    fn cpu(&self) -> f64 {
        median(self.cpu_readings.windows(2).map(|pair| pair[1] - pair[0]))
    }

    fn init(&self) -> f64 {
        median(self.init.iter().copied())
    }

    fn wall(&self) -> f64 {
        median(self.wall.iter().copied())
    }
}

/// Returns the median in milliseconds.
fn median(times: impl Iterator<Item = Duration>) -> f64 {
    let mut times: Vec<_> = times.collect();
    times.sort();
    times.get(times.len() / 2).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// Prints a table, and the ratios for which the project has goals.
///
/// No ratio is asserted, because a busy machine is not an error.
pub(crate) fn print(all: &[Figures]) {
    println!(
        "{:<28}{:>10}{:>10}{:>10}{:>12}{:>14}",
        "function", "CPU ms", "wall ms", "init ms", "peak MiB", "binary bytes"
    );
    for figures in all {
        println!(
            "{:<28}{:>10.2}{:>10.2}{:>10.2}{:>12.1}{:>14}",
            figures.name,
            figures.cpu(),
            figures.wall(),
            figures.init(),
            figures.peak_kib as f64 / 1024.0,
            figures.binary_bytes,
        );
    }
    println!();
    for (what, over, under, of) in [
        ("CPU", IDENTITY, ECHO, Figures::cpu as fn(&Figures) -> f64),
        ("CPU", HAND_WRITTEN_IDENTITY, IDENTITY, Figures::cpu),
        ("CPU", HAND_WRITTEN_SQUARE, SQUARE_VALUES, Figures::cpu),
        ("init", IDENTITY, ECHO, Figures::init),
        ("init", SQUARE_VALUES, ECHO, Figures::init),
        ("init", AS_SHIPPED, ECHO, Figures::init),
    ] {
        let find = |name| all.iter().find(|figures| figures.name == name);
        if let (Some(over), Some(under)) = (find(over), find(under)) {
            println!(
                "{what:<5}{:>28} / {:<16}{:>6.2}",
                over.name,
                under.name,
                of(over) / of(under)
            );
        }
    }
}
