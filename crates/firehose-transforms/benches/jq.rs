//! Measures jq filters on 5,951 records of 500 bytes: JSON objects of numbers, as in the engine bench
//! of `firehose-runtime`. Each record is parsed, filtered and written.
//!
//! ```text
//! cargo bench -p firehose-transforms --features jq --bench jq
//! cargo bench -p firehose-transforms --features jq --bench jq -- set del
//! ```
//!
//! Names select filters, and a number sets the rounds. The filters take turns on one thread. The shortest time of each is printed, since other work of the
//! machine only adds to a time.

use std::{hint::black_box, io::Write, time::Instant};

use bytes::Bytes;
use firehose_transforms::jq::Jq;

const ROUNDS: u32 = 41;
const RECORDS: usize = 5951;
const RECORD_BYTES: usize = 500;

const FILTERS: [(&str, &str); 8] = [
    ("identity", "."),
    ("is", ".key5 > 500000"),
    ("pick", "{key0, key20}"),
    ("select", "select(.key5 > 500000)"),
    ("set", ".meta.source = \"x\""),
    ("del", "del(.key7)"),
    ("fields", "del(.key0) | .renamed = .key1 | del(.key1) | .source = \"orders\""),
    ("square", "map_values(. * .)"),
];

fn main() {
    let mut random = Random(0x5eed);
    let records: Vec<Bytes> = (0..RECORDS).map(|_| record(&mut random).into()).collect();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let rounds = arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(ROUNDS);
    let names: Vec<&String> = arguments.iter().filter(|it| it.parse::<u32>().is_err()).collect();
    let is_selected = |name: &str| names.is_empty() || names.iter().any(|it| *it == name);
    let selected: Vec<_> = FILTERS.iter().filter(|(name, _)| is_selected(name)).collect();
    let filters: Vec<_> = selected.iter().map(|(_, filter)| Jq::new(filter).unwrap()).collect();
    let mut times = vec![f64::INFINITY; selected.len()];
    for _ in 0..rounds {
        for (time, filter) in times.iter_mut().zip(&filters) {
            let start = Instant::now();
            for record in &records {
                black_box(filter.apply(black_box(record)).unwrap());
            }
            *time = time.min(start.elapsed().as_secs_f64());
        }
    }
    let mut out = std::io::stdout().lock();
    for ((name, filter), time) in selected.iter().zip(times) {
        let per_record = time * 1e9 / RECORDS as f64;
        writeln!(out, "{name:9}{:7.1} ms  {per_record:7.0} ns  {filter}", time * 1e3).unwrap();
    }
}

/// Returns an object of about 30 numbers. About one in five is not an integer.
fn record(random: &mut Random) -> String {
    let mut json = String::from("{");
    for key in 0.. {
        let number = random.below(1_000_000);
        let member = match random.below(5) {
            0 => format!(r#""key{key}":{number}.5"#),
            _ => format!(r#""key{key}":{number}"#),
        };
        if json.len() + member.len() + 2 > RECORD_BYTES {
            break;
        }
        if key > 0 {
            json.push(',');
        }
        json.push_str(&member);
    }
    json.push('}');
    json
}

/// A generator of random numbers that are the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
