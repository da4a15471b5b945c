//! A command that aggregates and de-aggregates, with JSON as input and output:
//!
//! ```text
//! kpl deaggregate < event.json          user records of a Lambda Kinesis event
//! kpl aggregate MAX_SIZE < records.json
//! ```
//!
//! `records.json` is a list of `{"partition_key", "explicit_hash_key", "data"}`, with the data in
//! base64. `kpl aggregate` prints a list of the same form, one item per aggregate.

#![expect(clippy::print_stdout, reason = "a command prints its result")]

use std::{env, error::Error, io};

use base64::{Engine, engine::general_purpose::STANDARD};
use kpl_aggregation::{Aggregate, Aggregator, KinesisEvent, deaggregate_records};
use serde::Deserialize;
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let input = io::read_to_string(io::stdin())?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["deaggregate"] => deaggregate(&input),
        ["aggregate", max_size] => aggregate(&input, max_size.parse()?),
        _ => Err("usage: kpl deaggregate | kpl aggregate MAX_SIZE".into()),
    }
}

fn deaggregate(event: &str) -> Result<(), Box<dyn Error>> {
    let records = deaggregate_records(KinesisEvent::parse(event)?.records);
    if let Some(error) = records.errors.into_iter().next() {
        return Err(error.into());
    }
    println!("{}", serde_json::to_string(&records.user_records)?);
    Ok(())
}

#[derive(Deserialize)]
struct Input {
    partition_key: String,
    explicit_hash_key: Option<String>,
    data: String,
}

fn aggregate(records: &str, max_size: usize) -> Result<(), Box<dyn Error>> {
    let mut aggregator = Aggregator::with_max_size(max_size)?;
    let mut aggregates = Vec::new();
    for Input { partition_key, explicit_hash_key, data } in serde_json::from_str::<Vec<_>>(records)?
    {
        let data = STANDARD.decode(data)?;
        aggregates.extend(aggregator.add(&partition_key, explicit_hash_key.as_deref(), data)?);
    }
    aggregates.extend(aggregator.finish());
    let shown = |aggregate: &Aggregate| {
        json!({
            "partition_key": aggregate.partition_key(),
            "explicit_hash_key": aggregate.explicit_hash_key(),
            "data": STANDARD.encode(aggregate.data()),
        })
    };
    println!("{}", serde_json::to_string(&aggregates.iter().map(shown).collect::<Vec<_>>())?);
    Ok(())
}
