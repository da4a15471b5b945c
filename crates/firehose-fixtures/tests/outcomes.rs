//! All outcomes of a transform, checked by the test kit on `fixtures/outcomes`.

use firehose_runtime::{
    BoxError, IcebergRouting, Outcome, Output, Record, Source, Timestamp, transform_fn,
};

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/outcomes", transform_fn(|record: Record| obey(&record)))
}

/// Returns the outcome that the first word of the record names.
fn obey(record: &Record) -> Result<Outcome, BoxError> {
    let text = record.text()?;
    let (verb, object) = text.split_once(' ').unwrap_or((text, ""));
    Ok(match verb {
        "deliver" | "json" => object.to_owned().into(),
        "line" => format!("{object}\n").into(),
        "lines" => object.replace("; ", "\n").into(),
        "stamp" => {
            let now = Timestamp::now();
            format!("{{\"event\":{object},\"processed_at\":\"{now}\"}}\n").into()
        }
        "binary" => vec![0xff, 0x00].into(),
        "drop" => Outcome::Dropped,
        "fail" => Outcome::failed(format!("told to fail {object}")),
        "panic" => panic!("told to panic {object}"),
        "key" => {
            let (name, value) = object.split_once('=').ok_or("expected `key name=value`")?;
            Output::new("keyed").with_partition_key(name, value).into()
        }
        "iceberg" => {
            let (database, table) = object.split_once('.').ok_or("expected `iceberg db.table`")?;
            Output::new("routed").with_iceberg_routing(IcebergRouting::new(database, table)?).into()
        }
        "source" => match record.source() {
            Source::Kinesis(_) => "Kinesis".into(),
            Source::Msk(metadata) => format!("MSK at {}", metadata.offset()).into(),
            _ => "Direct PUT".into(),
        },
        "partition" => match record.source() {
            Source::Kinesis(metadata) => metadata.partition_key().to_owned().into(),
            _ => return Err("not from Kinesis".into()),
        },
        "" => "nothing to do".into(),
        other => return Err(format!("unknown verb {other:?}").into()),
    })
}
