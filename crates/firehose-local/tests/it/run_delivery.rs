//! Tests of the input formats, the limits, and the contents and times of objects.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use kpl_aggregation::Aggregator;
use serde_json::{Value, json};

use crate::{
    delivery::{Delivery, numbered, wait_until},
    firehose_local::{run, square_values},
};

fn length_prefixed(records: &[&[u8]]) -> Vec<u8> {
    let prefixed = |record: &&[u8]| {
        let length = u32::try_from(record.len()).unwrap().to_be_bytes();
        [length.as_slice(), record].concat()
    };
    records.iter().flat_map(prefixed).collect()
}

/// Runs a delivery whose input does not consist of lines. Checks the summary, but not each record.
fn end(delivery: &mut Delivery, input: &[u8]) -> crate::delivery::Delivered {
    let mut running = delivery.start();
    running.stdin.take().unwrap().write_all(input).unwrap();
    delivery.end(running)
}

#[test]
fn failed_records_are_an_error_on_request() {
    let input = "fixtures/delivery/numbers.jsonl";
    for (option, code) in
        [(None, 0), (Some("--fail-on-failed"), 6), (Some("--fail-on-failed=99"), 0)]
    {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().to_str().unwrap();
        let mut arguments =
            vec!["run", "--delivery-stream", "d", "--binary", square_values(), "--to", to];
        arguments.extend(option);
        arguments.push(input);
        assert_eq!(run(&arguments).code, code, "{option:?}");
    }
}

#[test]
fn a_record_over_the_limit_is_refused_and_the_others_are_delivered() {
    let (limit, kinesis_limit) = (1000 * 1024, 1024 * 1024 - "key-000002".len());
    for (limit, source) in [(limit, &[][..]), (kinesis_limit, &["--kinesis-stream", "s"])] {
        for (length, code, delivered, refused) in [(limit, 0, 3, 0), (limit + 1, 2, 2, 1)] {
            let mut delivery = Delivery::new("none", source);
            let long = "x".repeat(length);
            let run = delivery.run(format!("first\n{long}\nlast\n").as_bytes());
            run.ends(code, delivered, &[]);
            assert_eq!(run.summary["refused"], refused);
            // The limit of a Kinesis stream includes the partition key.
            let most = if source.is_empty() { limit } else { 1024 * 1024 };
            let message = format!(
                "record 2 of the input is refused: its {} bytes exceed the limit of {most} bytes\n",
                most + 1
            );
            assert_eq!(run.run.stderr.contains(&message), code == 2, "{run:?}");
        }
    }
}

#[test]
fn unreadable_records_of_an_event_are_refused() {
    let record = |data: &str| json!({"recordId": data, "data": data});
    let event = json!({"records": [record("b25l"), record("?"), {"data": "eA=="}, record("dHdv")]});
    let mut delivery = Delivery::new("none", &["--format", "events"]);
    let delivered = end(&mut delivery, event.to_string().as_bytes());
    delivered.ends(2, 2, &[]);
    assert_eq!(delivered.summary["refused"], 2);
    assert_eq!(delivered.records(), [b"one", b"two"]);
}

#[test]
fn records_before_the_end_of_a_truncated_file_are_delivered() {
    let input = length_prefixed(&[b"one", b"two\nlines", b"broken"]);
    let mut delivery = Delivery::of(
        "none",
        &["--delivery-stream", "demo", "--prefix", "good/", "--format", "length-prefixed"],
    );
    let delivered = end(&mut delivery, &input[..input.len() - 1]);
    delivered.ends(2, 2, &[]);
    assert_eq!(delivered.objects.values().next().unwrap(), b"onetwo\nlines");
    assert!(delivered.run.stderr.contains("has a length of 6, but only 5 bytes follow"));
}

#[test]
fn each_user_record_of_an_aggregate_is_delivered() {
    let mut aggregator = Aggregator::default();
    for (key, data) in [("a", "one"), ("b", "two"), ("c", "drop three")] {
        aggregator.add(key, None, data).unwrap();
    }
    let aggregate = aggregator.finish().unwrap().into_data();
    let input = length_prefixed(&[b"plain", &aggregate, b"fail"]);
    let arguments = ["--kinesis-stream", "s", "--format", "length-prefixed"];
    let mut delivery = Delivery::new("by data", &arguments);
    let delivered = end(&mut delivery, &input);
    delivered.ends(0, 3, &[("Lambda.ProcessingFailedStatus", 1)]);
    assert_eq!((delivered.number("records"), delivered.number("dropped")), (5, 1));
    assert_eq!(delivered.records(), [&b"plain"[..], b"one", b"two"]);

    let events = delivery.events();
    assert_eq!(
        events[0]["sourceKinesisStreamArn"],
        "arn:aws:kinesis:us-east-1:123456789012:stream/s"
    );
    let records = events[0]["records"].as_array().unwrap();
    let metadata = |record: &Value, name: &str| record["kinesisRecordMetadata"][name].clone();
    let of = |name: &str| records.iter().map(|it| metadata(it, name)).collect::<Vec<_>>();
    assert_eq!(of("subsequenceNumber"), [0, 0, 1, 2, 0]);
    assert_eq!(of("partitionKey"), ["key-000001", "a", "b", "c", "key-000003"]);
    let numbers = of("sequenceNumber");
    assert!(numbers[1] == numbers[2] && numbers[2] == numbers[3] && numbers[0] != numbers[1]);
    for record in records {
        let number = metadata(record, "sequenceNumber");
        let after = metadata(record, "subsequenceNumber");
        let id = format!("{}{:06}", number.as_str().unwrap(), after.as_u64().unwrap());
        assert_eq!(record["recordId"], id);
    }
}

/// Firehose de-aggregates only the records of Kinesis streams.
#[test]
fn an_aggregate_of_direct_put_is_one_record() {
    let mut aggregator = Aggregator::default();
    aggregator.add("a", None, "one").unwrap();
    let aggregate = aggregator.finish().unwrap().into_data();
    let mut delivery = Delivery::new("none", &["--format", "length-prefixed"]);
    end(&mut delivery, &length_prefixed(&[&aggregate])).ends(0, 1, &[]);
    let events = delivery.events();
    assert_eq!(events[0]["records"][0]["data"], STANDARD.encode(&aggregate));
}

#[test]
fn records_are_delivered_unchanged_and_in_order() {
    let input = [&b"\x00\xff"[..], b"", b"a\n", b"\xe2\x82"];
    for (arguments, expected) in [
        (&[][..], &b"\x00\xffa\n\xe2\x82"[..]),
        // The delimiter is between the records, not after the last.
        (&["--append-delimiter"], b"\x00\xff\n\na\n\n\xe2\x82"),
        (&["--compression", "gzip", "--append-delimiter"], b"\x00\xff\n\na\n\n\xe2\x82"),
    ] {
        let arguments =
            [&["--delivery-stream", "demo", "--format", "length-prefixed"], arguments].concat();
        let mut delivery = Delivery::of("none", &arguments);
        let delivered = end(&mut delivery, &length_prefixed(&input));
        delivered.ends(0, 4, &[]);
        assert_eq!(delivered.objects.values().collect::<Vec<_>>(), [expected]);
        let is_packed = delivered.objects.keys().all(|key| key.ends_with(".gz"));
        assert_eq!(is_packed, arguments.contains(&"gzip"));
    }
}

#[test]
fn gzip_keeps_all_records_of_many_objects_and_error_lines() {
    let input: Vec<u8> = (0..3000)
        .flat_map(|number| {
            let action = ["keep", "drop", "fail", "keep"][number % 4];
            format!("{action} {number} {}\n", "x".repeat(number)).into_bytes()
        })
        .collect();
    let arguments = ["--compression", "gzip", "--buffer-size", "1", "--lambda-buffer-size", "0.5"];
    let mut delivery = Delivery::new("by data", &arguments);
    let delivered = delivery.run(&input);
    delivered.ends(0, 1500, &[("Lambda.ProcessingFailedStatus", 750)]);
    assert!(delivered.objects.len() > 3 && delivery.events().len() > 5);
}

fn partitioned() -> Delivery {
    let faulty = crate::firehose_local::faulty();
    let arguments = [
        &["--delivery-stream", "demo", "--binary", &faulty, "--append-delimiter"][..],
        &["--prefix", "good/key=!{partitionKeyFromLambda:key}/", "--buffer-size", "64"],
        &["--error-output-prefix", "bad/!{firehose:error-output-type}/"],
    ];
    Delivery::of("partition keys", &arguments.concat())
}

#[test]
fn each_partition_key_has_its_own_object() {
    let mut delivery = partitioned();
    let delivered = delivery.run(b"a:1\nb:2\nnone\na:3\n../up:4\n:empty\n");
    let code = "DynamicPartitioning.MetadataExtractionFailed";
    // The empty key breaks the contract.
    delivered.ends(1, 4, &[(code, 2)]);
    for (folder, line) in delivered.errors() {
        assert_eq!(folder, "dynamic-partitioning-failed");
        assert_eq!((line.error_code.as_deref(), line.attempts_made), (Some(code), Some(1)));
    }
    let good = delivered.objects.iter().filter(|(key, _)| key.starts_with("good/"));
    let good: BTreeMap<_, _> =
        good.map(|(key, content)| (key.rsplit_once('/').unwrap().0, content.as_slice())).collect();
    let expected =
        [("good/key=../up", &b"../up:4"[..]), ("good/key=a", b"a:1\na:3"), ("good/key=b", b"b:2")];
    assert_eq!(good, expected.into());
}

#[test]
fn records_beyond_five_hundred_partitions_fail() {
    let input: Vec<u8> =
        (0..1040).flat_map(|number| format!("{}:{number}\n", number % 520).into_bytes()).collect();
    let mut delivery = partitioned();
    let delivered = delivery.run(&input);
    delivered.ends(0, 1000, &[("DynamicPartitioning.ActivePartitionsLimitExceeded", 40)]);
    assert_eq!(delivered.number("objectCount"), 501);
    assert!(delivered.errors().iter().all(|(folder, _)| folder == "dynamic-partitioning-failed"));
}

#[test]
fn an_object_is_delivered_after_its_interval_while_the_input_stays_open() {
    let arguments = ["--buffer-interval", "1", "--lambda-buffer-interval", "1"];
    let mut delivery = Delivery::new("none", &arguments);
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    let start = Instant::now();
    stdin.write_all(&numbered(3)).unwrap();
    wait_until("an object", || !delivery.objects().is_empty());
    // A record waits for the Lambda buffer and then for the object buffer. A busy machine only adds
    // to this time.
    assert!(start.elapsed() >= Duration::from_millis(1900), "{:?}", start.elapsed());
    // A later record is in another object.
    stdin.write_all(b"later\n").unwrap();
    wait_until("another object", || delivery.objects().len() == 2);
    drop(stdin);
    delivery.end(running).ends(0, 4, &[]);
}

#[test]
fn an_object_is_delivered_when_it_reaches_its_size_hint() {
    let arguments =
        ["--buffer-size", "1", "--buffer-interval", "900", "--lambda-buffer-interval", "0"];
    let mut delivery = Delivery::new("none", &arguments);
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    let line = format!("{}\n", "x".repeat(400_000));
    for _ in 0..3 {
        stdin.write_all(line.as_bytes()).unwrap();
    }
    wait_until("an object", || !delivery.objects().is_empty());
    drop(stdin);
    let delivered = delivery.end(running);
    delivered.ends(0, 3, &[]);
    assert_eq!(delivered.objects.len(), 1);
}

#[test]
fn files_are_read_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("b", "3\n"), ("a", "1\n2")] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let mut delivery = Delivery::new("slow", &[folder.path().to_str().unwrap()]);
    let running = delivery.start();
    let delivered = delivery.end(running);
    delivered.ends(0, 3, &[]);
    assert_eq!(delivered.records(), [b"1", b"2", b"3"]);
}

#[test]
fn lines_that_look_like_events_cause_a_hint() {
    let event = fs::read("../../fixtures/square-values/integers/event.json").unwrap();
    let has_hint = |input: &[u8]| {
        let delivered = Delivery::new("none", &[]).run(input);
        delivered.run.stderr.contains("--format events")
    };
    assert!(has_hint(&event) && has_hint(b"{\"records\": []}\n"));
    assert!(!has_hint(b"{\n \"a\": 1}\n"));
}

#[test]
fn a_prefix_that_is_too_long_is_rejected_before_the_first_record() {
    let long = "p".repeat(300);
    for argument in ["--prefix", "--error-output-prefix"] {
        let mut delivery = Delivery::of("none", &["--delivery-stream", "d", argument, &long]);
        let running = delivery.start();
        let delivered = delivery.end(running);
        delivered.assert_not_begun();
        assert!(delivered.run.stderr.contains("too long"), "{delivered:#?}");
    }
}

#[test]
fn a_partition_key_that_is_too_long_fails_only_its_record() {
    // The key is a part of the folder name `key=...`, and a name in a store may have 253 bytes.
    let mut delivery = partitioned();
    let delivered = delivery.run(format!("a:1\n{}:2\nb:3\n", "k".repeat(254)).as_bytes());
    let code = "DynamicPartitioning.MetadataExtractionFailed";
    delivered.ends(0, 2, &[(code, 1)]);
}
