//! Tests of Firehose's own processors: the templates of users that have them, and the order, the
//! failures and the originals of all of them together.

use std::{collections::BTreeMap, fs, io::Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::{
    delivery::{Delivered, Delivery},
    firehose_local::{square_values, workspace},
};

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Returns a batch of CloudWatch Logs as Firehose receives it.
fn log_batch(messages: &[&str]) -> Vec<u8> {
    let events: Vec<_> = messages
        .iter()
        .map(|message| json!({"id": "1", "timestamp": 1_565_382_027_000_u64, "message": message}))
        .collect();
    gzip(
        &json!({
            "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "g",
            "logStream": "s", "subscriptionFilters": ["f"], "logEvents": events,
        })
        .to_string(),
    )
}

fn control_batch() -> Vec<u8> {
    gzip(
        r#"{"messageType":"CONTROL_MESSAGE","owner":"","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]}"#,
    )
}

fn length_prefixed(records: &[Vec<u8>]) -> Vec<u8> {
    let prefixed = |record: &Vec<u8>| {
        let length = u32::try_from(record.len()).unwrap().to_be_bytes();
        [length.as_slice(), record].concat()
    };
    records.iter().flat_map(prefixed).collect()
}

/// Runs a template with these records.
fn run(template: &str, arguments: &[&str], records: &[Vec<u8>]) -> Delivered {
    let mut all = vec!["--template", template, "--format", "length-prefixed"];
    all.extend(arguments);
    all.push("-");
    let mut delivery = Delivery::of("none", &all);
    let mut running = delivery.start();
    running.stdin.take().unwrap().write_all(&length_prefixed(records)).unwrap();
    delivery.end(running)
}

/// Runs a template of `fixtures/templates` with these records.
fn run_fixture(template: &str, arguments: &[&str], records: &[Vec<u8>]) -> Delivered {
    let path = workspace().join("fixtures/templates").join(template);
    run(path.to_str().unwrap(), arguments, records)
}

fn lines(records: &[&str]) -> Vec<Vec<u8>> {
    records.iter().map(|record| record.as_bytes().to_vec()).collect()
}

/// Returns the contents of the objects by their folders, without the times in the folders.
fn by_folder(delivered: &Delivered) -> BTreeMap<String, String> {
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    for (key, content) in &delivered.objects {
        let (folder, _) = key.rsplit_once('/').unwrap_or_default();
        let is_time = |part: &&str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        let parts: Vec<_> = folder.split('/').filter(|part| !is_time(part)).collect();
        let content = String::from_utf8(content.clone()).unwrap();
        folders.entry(parts.join("/")).or_default().push_str(&content);
    }
    folders
}

/// Returns the error lines of a folder: the original, and the fields that do not change.
fn errors(delivered: &Delivered, folder: &str) -> Vec<(Vec<u8>, Value)> {
    let content = by_folder(delivered).remove(folder).unwrap_or_default();
    let line = |line: &str| {
        let mut fields: Value = serde_json::from_str(line).unwrap();
        let original = STANDARD.decode(fields["rawData"].as_str().unwrap()).unwrap();
        for varying in ["rawData", "arrivalTimestamp", "attemptEndingTimestamp"] {
            fields.as_object_mut().unwrap().remove(varying).unwrap();
        }
        (original, fields)
    };
    content.lines().map(line).collect()
}

#[test]
fn a_template_with_jq_partitions_the_objects_of_each_record() {
    let records = lines(&[r#"{"a":"x"}{"a":1.50}"#, "{\"a\":\"x\",\"b\":1}\n", "text", "{}"]);
    let delivered = run_fixture("jq-partitioning/template.yaml", &[], &records);
    let code = "DynamicPartitioning.MetadataExtractionFailed";
    delivered.ends(0, 3, &[(code, 2)]);
    let folders = by_folder(&delivered);
    assert_eq!(folders["k=x"], r#"{"a":"x"}{"a":"x","b":1}"#);
    assert_eq!(folders["k=1.5"], r#"{"a":1.50}"#);
    let failed =
        |message: &str| json!({"errorCode": code, "errorMessage": message, "attemptsMade": 1});
    let found = errors(&delivered, "errors/metadata-extraction-failed");
    let expected = [
        (b"text".to_vec(), failed("Non JSON record provided")),
        (b"{}".to_vec(), failed("partitionKeys values must not be null or empty")),
    ];
    assert_eq!(found, expected);
    let stream = delivered.stream("Stream");
    assert_eq!(stream["processors"], json!(["RecordDeAggregation", "MetadataExtraction"]));
    assert_eq!((&stream["records"], &stream["addedRecords"]), (&json!(5), &json!(1)));
    let warning =
        "warning: Stream: MetadataExtraction failed for record 3: the item is not valid JSON";
    assert!(delivered.run.stderr.contains(warning), "{}", delivered.run.stderr);
}

#[test]
fn a_template_with_jq_parameters_and_a_delimiter_runs() {
    let records = lines(&[r#"{"customer_id":7}{"customer_id":7,"n":2}"#, r#"{"customer_id":8}"#]);
    let delivered = run_fixture("jq-parameters/template.yaml", &[], &records);
    delivered.ends(0, 3, &[]);
    let year = jiff_year(&delivered);
    let folders = by_folder(&delivered);
    let of = |customer: u8| &folders[&format!("json/customer={customer}/year={year}")];
    assert_eq!(of(7), "{\"customer_id\":7}\n{\"customer_id\":7,\"n\":2}");
    assert_eq!(of(8), r#"{"customer_id":8}"#);
}

/// Returns the year in the keys of a delivery.
fn jiff_year(delivered: &Delivered) -> String {
    let key = delivered.objects.keys().next().unwrap();
    key.split("year=").nth(1).unwrap()[..4].to_owned()
}

#[test]
fn a_template_with_deaggregation_and_keys_of_the_function_runs() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = folder.path().join("pipeline.yaml");
    fs::write(&pipeline, "partition_by: {k: .a}\nsteps:\n  - drop_if: '.a == \"drop\"'\n").unwrap();
    let pipeline = pipeline.to_str().unwrap();
    let records = lines(&[r#"{"a":"x"}{"a":"drop"}{"a":"y"}"#, r#"{"b":1}"#, r#"[{"a":"z"}]"#]);
    let delivered = run_fixture("deaggregation/template.yaml", &["--pipeline", pipeline], &records);
    let failed = delivered.number("failed");
    assert_eq!((delivered.number("delivered"), delivered.number("dropped"), failed), (2, 1, 2));
    let folders = by_folder(&delivered);
    assert_eq!(folders["k=x"].trim_end(), r#"{"a":"x"}"#);
    assert_eq!(folders["k=y"].trim_end(), r#"{"a":"y"}"#);
    // The array is not split, and goes to the function as it is.
    let originals: Vec<_> = errors(&delivered, "errors/processing-failed")
        .into_iter()
        .map(|(original, _)| String::from_utf8(original).unwrap())
        .collect();
    assert_eq!(originals, [r#"{"b":1}"#, r#"[{"a":"z"}]"#]);
}

#[test]
fn templates_with_decompression_deliver_the_messages() {
    let batches = [
        log_batch(&["one", "{\"a\":2}"]),
        control_batch(),
        b"not gzip".to_vec(),
        gzip("[]"),
        log_batch(&["three"]),
    ];
    for (template, arguments, error_folder) in [
        ("decompression-only/template.yaml", &[][..], "decompression-failed"),
        ("decompression/template.json", &[], "errors"),
    ] {
        let delivered = run_fixture(template, arguments, &batches);
        delivered.ends(0, 3, &[("Decompression failed.", 2)]);
        let folders = by_folder(&delivered);
        let delivered_folder = if error_folder == "errors" { "data" } else { "" };
        assert_eq!(folders[delivered_folder], "one\n{\"a\":2}\nthree\n", "{template}");
        let fields = json!({
            "errorCode": "Decompression failed.",
            "errorMessage":
                "Decompression failed because input data does not conform to cloudwatch log.",
            "attemptsMade": 1,
        });
        let expected = [(batches[2].clone(), fields.clone()), (batches[3].clone(), fields)];
        assert_eq!(errors(&delivered, error_folder), expected, "{template}");
    }
}

/// A template with all processors, declared in the wrong order.
const ALL: &str = r#"
Resources:
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::b
        RoleARN: arn:aws:iam::123456789012:role/r
        BufferingHints: {SizeInMBs: 64, IntervalInSeconds: 60}
        DynamicPartitioningConfiguration: {Enabled: true}
        Prefix: good/q=!{partitionKeyFromQuery:k}/l=!{partitionKeyFromLambda:k}/
        ErrorOutputPrefix: bad/!{firehose:error-output-type}/
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: MetadataExtraction
              Parameters:
                - {ParameterName: MetadataExtractionQuery, ParameterValue: '{k: .day}'}
                - {ParameterName: JsonParsingEngine, ParameterValue: JQ-1.6}
            - {Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: 'arn:aws:lambda:us-east-1:123456789012:function:f'}]}
            - {Type: RecordDeAggregation, Parameters: [{ParameterName: SubRecordType, ParameterValue: DELIMITED}, {ParameterName: Delimiter, ParameterValue: Cg==}]}
            - {Type: CloudWatchLogProcessing, Parameters: [{ParameterName: DataMessageExtraction, ParameterValue: 'true'}]}
            - {Type: Decompression}
"#;

#[test]
fn all_processors_run_in_firehoses_order_whatever_the_order_of_the_template() {
    let folder = tempfile::tempdir().unwrap();
    let (template, pipeline) = (folder.path().join("t.yaml"), folder.path().join("p.yaml"));
    fs::write(&template, ALL).unwrap();
    // The query reads the output of the function, which has another field than its input.
    let steps = "partition_by: {k: .tenant}\nsteps:\n  - jq: '{tenant, day: .time[0:10]}'\n";
    fs::write(&pipeline, steps).unwrap();
    let events = |tenant: &str| format!(r#"{{"tenant":"{tenant}","time":"2024-05-06T07:08:09Z"}}"#);
    let bad = "not JSON".to_owned();
    let batch = log_batch(&[&events("a"), &bad, &events("b"), r#"{"tenant":"c"}"#]);
    let arguments = ["--pipeline", pipeline.to_str().unwrap()];
    let delivered = run(template.to_str().unwrap(), &arguments, &[batch]);
    let code = "DynamicPartitioning.MetadataExtractionFailed";
    delivered.ends(0, 2, &[("Lambda.ProcessingFailedStatus", 1), (code, 1)]);
    let folders = by_folder(&delivered);
    for tenant in ["a", "b"] {
        let output = format!("{{\"tenant\":\"{tenant}\",\"day\":\"2024-05-06\"}}");
        assert_eq!(folders[&format!("good/q=2024-05-06/l={tenant}")].trim_end(), output);
    }
    let originals = |folder: &str| -> Vec<String> {
        let errors = errors(&delivered, folder).into_iter();
        errors.map(|(original, _)| String::from_utf8(original).unwrap()).collect()
    };
    assert_eq!(originals("bad/processing-failed"), ["not JSON"]);
    // The objects have the input of the function, and not its output.
    assert_eq!(originals("bad/metadata-extraction-failed"), [r#"{"tenant":"c"}"#]);
    let names = [
        "Decompression",
        "CloudWatchLogProcessing",
        "RecordDeAggregation",
        "Lambda",
        "MetadataExtraction",
    ];
    assert_eq!(delivered.stream("Stream")["processors"], json!(names));
}

#[test]
fn an_event_that_lambda_does_not_accept_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("t.yaml");
    fs::write(
        &template,
        r#"
Resources:
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::b
        RoleARN: arn:aws:iam::123456789012:role/r
        Prefix: good/
        ErrorOutputPrefix: bad/
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - {Type: Decompression}
            - {Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: 'arn:aws:lambda:us-east-1:123456789012:function:f'}]}
"#,
    )
    .unwrap();
    let large = gzip(&format!("{{\"a\":{}}}", "1".repeat(5_000_000)));
    let records = [gzip("{\"a\":2}"), large.clone(), gzip("{\"a\":3}")];
    let arguments = ["--binary", square_values()];
    let delivered = run(template.to_str().unwrap(), &arguments, &records);
    delivered.ends(0, 2, &[("Lambda.InvocationFailure", 1)]);
    let found = errors(&delivered, "bad");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, large, "the original is the compressed record");
    let stderr = &delivered.run.stderr;
    assert!(stderr.contains("warning: Stream: the event with record 2 has 66"), "{stderr}");
    assert!(stderr.contains("fails with Lambda.InvocationFailure"), "{stderr}");
    // The other two records are in events of their own.
    assert_eq!(delivered.number("functionErrors"), 0);
}
