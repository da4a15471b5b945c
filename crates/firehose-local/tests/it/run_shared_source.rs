//! Delivery streams that read the same Kinesis stream, when the function of one of them has a fault.

use std::{fs, io::Write, path::Path};

use serde_json::Value;

use crate::delivery::{Delivery, numbered, wait_until};

const TWO_STREAMS: &str = r#"
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Source: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}
  Function:
    Type: AWS::Serverless::Function
    Properties: {Handler: bootstrap, Runtime: provided.al2023, Timeout: 60}
  Raw:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn, RoleARN: r}
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Bucket.Arn
        RoleARN: r
        Prefix: raw/
        BufferingHints: {SizeInMBs: 1, IntervalInSeconds: 0}
        ProcessingConfiguration:
          Enabled: true
          Processors: [{Type: AppendDelimiterToRecord}]
  Processed:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn, RoleARN: r}
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Bucket.Arn
        RoleARN: r
        Prefix: processed/
        ErrorOutputPrefix: failed/
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters:
                - {ParameterName: LambdaArn, ParameterValue: !GetAtt Function.Arn}
                - {ParameterName: NumberOfRetries, ParameterValue: "1"}
                - {ParameterName: BufferSizeInMBs, ParameterValue: "1"}
                - {ParameterName: BufferIntervalInSeconds, ParameterValue: "0"}
"#;

fn two_streams(fault: &str, timeout: &str) -> (tempfile::TempDir, Delivery) {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    fs::write(&template, TWO_STREAMS).unwrap();
    let function = format!("Function={}", crate::firehose_local::faulty());
    let template = template.to_str().unwrap();
    let arguments = ["--template", template, "--function", &function, "--timeout", timeout];
    let delivery = Delivery::of(fault, &arguments);
    (folder, delivery)
}

#[test]
fn a_failing_function_does_not_affect_another_delivery_stream() {
    let (_template, mut delivery) = two_streams("error", "1");
    let mut running = delivery.start();
    running.stdin.take().unwrap().write_all(&numbered(20)).unwrap();
    let delivered = delivery.end(running);
    assert_eq!(delivered.run.code, 3, "{delivered:#?}");
    assert_eq!(delivered.stream("Raw")["delivered"], 20);
    assert_eq!(delivered.stream("Processed")["failedByCode"]["Lambda.FunctionError"], 20);
}

#[test]
fn a_slow_function_does_not_delay_another_delivery_stream() {
    let (_template, mut delivery) = two_streams("wait", "300");
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(&numbered(20)).unwrap();
    let raw = delivery.store().join("raw");
    // The function has not responded, and responds only after `go_on`.
    wait_until("the objects of Raw", || files(&raw) == 20);
    delivery.go_on();
    drop(stdin);
    let delivered = delivery.end(running);
    assert_eq!(delivered.run.code, 0, "{delivered:#?}");
    assert_eq!(delivered.stream("Raw")["delivered"], 20);
    assert_eq!(delivered.stream("Processed")["delivered"], 20);
}

#[test]
fn delivery_streams_that_share_a_function_have_separate_causes() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    let lambda = "{Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: !GetAtt Function.Arn}]}";
    fs::write(&template, TWO_STREAMS.replace("{Type: AppendDelimiterToRecord}", lambda)).unwrap();
    let to = folder.path().join("to");
    let [template, to] = [&template, &to].map(|path| path.to_str().unwrap());
    let function = format!("Function={}", crate::firehose_local::square_values());
    let input = "fixtures/delivery/numbers.jsonl";
    let arguments = ["run", "--json", "--template", template, "--function", &function, "--to", to];
    let run = crate::firehose_local::run(&[&arguments[..], &[input]].concat());
    run.ends(0, "");
    let summary: Value = serde_json::from_str(&run.stdout).unwrap();
    for stream in summary["deliveryStreams"].as_array().unwrap() {
        let causes = stream["causes"].as_array().unwrap().iter();
        let records: u64 = causes.map(|cause| cause["records"].as_u64().unwrap()).sum();
        assert_eq!((records, &stream["failed"]), (3, &3.into()), "{stream:#}");
    }
}

/// Counts the files below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}
