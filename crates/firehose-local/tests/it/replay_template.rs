//! Replays with the delivery stream of a template: its processors, and the form of its objects.

use std::{collections::BTreeMap, fs};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    firehose_local::{Run, command, run, run_with, square_values},
    replay::{Folder, gzip},
};

const S3: &str = "S3Configuration: {BucketARN: 'arn:aws:s3:::b', RoleARN: r}";
const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
const UNPACK: &str = "{Type: Decompression}, {Type: CloudWatchLogProcessing, Parameters: \
     [{ParameterName: DataMessageExtraction, ParameterValue: true}]}, {Type: RecordDeAggregation, \
     Parameters: [{ParameterName: SubRecordType, ParameterValue: JSON}]}";

/// The settings of a delivery stream with a partition key from a query.
const PARTITIONED: &str = "BucketARN: 'arn:aws:s3:::b'
        Prefix: 'k-!{partitionKeyFromQuery:k}/'
        ErrorOutputPrefix: bad/
        BufferingHints: {SizeInMBs: 64, IntervalInSeconds: 60}
        DynamicPartitioningConfiguration: {Enabled: true}";

/// Returns the processor with this query.
fn extraction(query: &str) -> String {
    format!(
        "{{Type: MetadataExtraction, Parameters: [{{ParameterName: MetadataExtractionQuery, \
         ParameterValue: '{query}'}}, {{ParameterName: JsonParsingEngine, ParameterValue: JQ-1.6}}]}}"
    )
}

/// Writes a template with one delivery stream that has these processors and a function. Returns its
/// path.
fn template(folder: &Folder, kind: &str, properties: &str, processors: &str) -> String {
    let lambda = format!(
        "{{Type: Lambda, Parameters: [{{ParameterName: LambdaArn, ParameterValue: '{ARN}'}}]}}"
    );
    let processors = match processors {
        "" => lambda,
        processors => format!("{processors}, {lambda}"),
    };
    folder.write(
        "template.yaml",
        format!(
            "Resources:
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      {kind}DestinationConfiguration:
        {properties}
        ProcessingConfiguration: {{Enabled: true, Processors: [{processors}]}}
"
        ),
    )
}

fn line(data: &[u8], code: &str) -> String {
    format!("{{\"rawData\":\"{}\",\"errorCode\":\"{code}\"}}\n", STANDARD.encode(data))
}

/// Replays with `square-values` and a template.
fn replay(template: &str, arguments: &[&str]) -> Run {
    let function = ["replay", "--template", template, "--binary", square_values()];
    run(&[&function[..], arguments].concat())
}

/// Returns the contents of the objects below a folder. The keys are their folders without the time.
fn objects(folder: &Folder, name: &str) -> BTreeMap<String, String> {
    let root = folder.path(name);
    let mut objects = BTreeMap::new();
    for path in folder.files(name) {
        let key = path.strip_prefix(&root).unwrap().parent().unwrap();
        let parts = key.iter().map(|part| part.to_str().unwrap());
        let parts: Vec<_> =
            parts.filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit())).collect();
        objects.insert(parts.join("/"), fs::read_to_string(path).unwrap());
    }
    objects
}

#[test]
fn a_packed_record_is_unpacked_before_the_function() {
    let folder = Folder::new();
    let properties = "BucketARN: 'arn:aws:s3:::b'";
    let template = template(&folder, "ExtendedS3", properties, "{Type: Decompression}");
    let packed = gzip(r#"{"a":3}"#);
    let lines = [
        line(&packed, "Lambda.FunctionError"),
        line(&packed, "Decompression failed."),
        line(b"text", "Decompression failed."),
    ];
    let (errors, to, rest) =
        (folder.write("errors", lines.concat()), folder.path("to"), folder.path("rest"));
    let run = replay(&template, &["--to", &to, "--append-delimiter", "--rest", &rest, &errors]);
    run.ends(6, "Decompression failed for record 3: the record is not valid gzip");
    assert!(run.stdout.contains("fails with Decompression failed.: 1 record"), "{}", run.stdout);
    let delivered = objects(&folder, "to").into_values().collect::<String>();
    assert_eq!(delivered, "{\"a\":9}\n{\"a\":9}");
    assert_eq!(fs::read_to_string(rest).unwrap(), lines[2]);
}

/// Only the part that still fails remains, and another replay does not unpack it again.
#[test]
fn the_parts_of_a_record_have_their_own_outcomes() {
    let folder = Folder::new();
    let processors = format!("{UNPACK}, {}", extraction("{k: \"x\"}"));
    let template = template(&folder, "ExtendedS3", PARTITIONED, &processors);
    let logs = r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s",
        "subscriptionFilters":[],"logEvents":[{"id":"1","timestamp":1,"message":"{\"a\":1}"},
        {"id":"2","timestamp":1,"message":"{\"a\":\"x\"}"},
        {"id":"3","timestamp":1,"message":"{\"a\":2}"}]}"#;
    let errors = folder.write("errors", line(&gzip(logs), "Lambda.FunctionError"));
    let (to, rest) = (folder.path("to"), folder.path("rest"));
    let run = replay(&template, &["--to", &to, "--append-delimiter", "--rest", &rest, &errors]);
    run.ends(6, "");
    let counts = "1 line in + 2 records added by splitting = 2 recovered + 0 dropped + 1 still \
                  failing + 0 unreadable\n";
    assert!(run.stdout.starts_with(counts), "{}", run.stdout);
    let delivered = objects(&folder, "to").into_values().collect::<String>();
    assert_eq!(delivered, "{\"a\":1}\n{\"a\":4}");
    assert_eq!(fs::read_to_string(&rest).unwrap(), line(b"{\"a\":\"x\"}", "Lambda.FunctionError"));
    let again = replay(&template, &["--json", &rest]);
    again.ends(6, "");
    let summary = again.response();
    assert_eq!(summary["failingByCode"]["Lambda.ProcessingFailedStatus"], 1, "{summary:#}");
    assert_eq!(summary["addedRecords"], 0);
}

#[test]
fn the_objects_are_those_of_a_run() {
    let records = [r#"{"a":2}"#, r#"{"a":3}"#];
    let http = format!("EndpointConfiguration: {{Url: 'https://intake.example'}}\n        {S3}");
    let splunk = format!(
        "HECEndpoint: https://hec.example:8088\n        HECEndpointType: Raw\n        HECToken: t\n        {S3}"
    );
    let open_search = format!("IndexName: logs\n        {S3}");
    let table = "[{DestinationDatabaseName: sales, DestinationTableName: orders}]";
    let iceberg = format!("DestinationTableConfigurationList: {table}\n        {S3}");
    let s3 = "BucketARN: 'arn:aws:s3:::b'\n        Prefix: data/".to_owned();
    for (kind, properties, folder_name, content) in [
        ("ExtendedS3", &s3, "data", r#"{"a":4}{"a":9}"#),
        ("HttpEndpoint", &http, "http-endpoint", "{\"a\":4}\n{\"a\":9}"),
        ("Splunk", &splunk, "splunk", r#"{"a":4}{"a":9}"#),
        ("Amazonopensearchservice", &open_search, "opensearch", "{\"a\":4}\n{\"a\":9}"),
        ("Iceberg", &iceberg, "sales/orders/insert", "{\"a\":4}\n{\"a\":9}"),
    ] {
        let folder = Folder::new();
        let template = template(&folder, kind, properties, "");
        let function = format!("{ARN}={}", square_values());
        let to = folder.path("run");
        let run = ["run", "--template", &template, "--function", &function, "--to", &to, "-"];
        let run = run_with(command(&run), &records.join("\n"));
        assert_eq!(run.code, 0, "{run:#?}");
        let lines = records.map(|data| line(data.as_bytes(), "Lambda.FunctionError"));
        let errors = folder.write("errors", lines.concat());
        replay(&template, &["--to", &folder.path("replay"), &errors]).ends(0, "");
        let expected = BTreeMap::from([(folder_name.to_owned(), content.to_owned())]);
        assert_eq!(objects(&folder, "run"), expected, "{kind}");
        assert_eq!(objects(&folder, "replay"), expected, "{kind}");
    }
}

#[test]
fn an_output_whose_iceberg_table_is_unknown_remains() {
    let folder = Folder::new();
    let table = "[{DestinationDatabaseName: sales, DestinationTableName: orders}]";
    let properties = format!("DestinationTableConfigurationList: {table}\n        {S3}");
    let template = template(&folder, "Iceberg", &properties, "");
    let errors = folder.write("errors", line(b"{\"a\":4}", "Iceberg.NoSuchTable"));
    let (to, rest) = (folder.path("to"), folder.path("rest"));
    let run = replay(&template, &["--to", &to, "--rest", &rest, &errors]);
    run.ends(6, "an error line does not hold the table that the function named");
    assert!(run.stdout.contains("fails with Iceberg.InvalidTableName: 1 record"), "{}", run.stdout);
    assert_eq!(fs::read_to_string(rest).unwrap(), line(b"{\"a\":4}", "Iceberg.NoSuchTable"));
    let prefix = ["--to", &to, "--prefix", "data/", &errors];
    replay(&template, &prefix).ends(2, "is database/table/operation/; remove the option");
}

#[test]
fn the_query_of_the_delivery_stream_gives_partition_keys() {
    let folder = Folder::new();
    let template = template(&folder, "ExtendedS3", PARTITIONED, &extraction("{k: .a}"));
    let lines = [
        line(b"{\"a\":2}", "Lambda.FunctionError"),
        line(b"{\"a\":9}", "S3.AccessDenied"),
        line(b"{\"b\":9}", "Lambda.FunctionError"),
    ];
    let (errors, to) = (folder.write("errors", lines.concat()), folder.path("to"));
    let run = replay(&template, &["--to", &to, &errors]);
    run.ends(6, "the query gives no string, number or boolean for the key `k`");
    let expected = [("k-4", "{\"a\":4}"), ("k-9", "{\"a\":9}")];
    let expected = expected.map(|(key, text)| (key.to_owned(), text.to_owned())).into();
    assert_eq!(objects(&folder, "to"), expected);
    let other = ["--to", &to, "--prefix", "!{partitionKeyFromQuery:x}/", &errors];
    replay(&template, &other).ends(2, "no query that gives the partition key `x`");
}

#[test]
fn the_events_have_the_form_of_amazon_msk() {
    let folder = Folder::new();
    let template = folder.write(
        "template.yaml",
        format!(
            "Resources:
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamType: MSKAsSource
      MSKSourceConfiguration: {{MSKClusterARN: 'arn:aws:kafka:x:1:cluster/c', TopicName: t}}
      ExtendedS3DestinationConfiguration:
        BucketARN: 'arn:aws:s3:::b'
        ProcessingConfiguration: {{Enabled: true, Processors: [{{Type: Lambda, Parameters:
          [{{ParameterName: LambdaArn, ParameterValue: '{ARN}'}}]}}]}}
"
        ),
    );
    let lines = [line(b"{\"a\":2}", "Lambda.X"), line(b"text", "Lambda.X")];
    let (errors, to, rest) =
        (folder.write("errors", lines.concat()), folder.path("to"), folder.path("rest"));
    let arguments = ["--to", &to, "--rest", &rest, "--rest-as", "event", &errors];
    let run = replay(&template, &arguments);
    run.ends(6, "note: error lines do not hold the partition and the offset");
    assert_eq!(objects(&folder, "to").into_values().collect::<String>(), "{\"a\":4}");
    let event: serde_json::Value = serde_json::from_slice(&fs::read(rest).unwrap()).unwrap();
    assert_eq!(event["sourceMSKArn"], "arn:aws:kafka:x:1:cluster/c");
    assert_eq!(event["records"][0]["kafkaRecordValue"], STANDARD.encode("text"));
}
