//! The template of the project, read for a local run.

use std::{collections::BTreeMap, fs, time::Duration};

use firehose_delivery::delivery_stream::{BufferingHints, Compression, StreamSource};
use firehose_template::{Deployment, GivenValues, TemplateError, read_cloudformation};
use proptest::prelude::*;

const MEGABYTE: u64 = 1024 * 1024;

fn text() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    fs::read_to_string(path).unwrap()
}

fn read(parameters: &[(&str, &str)]) -> Result<Deployment, TemplateError> {
    let parameters: BTreeMap<String, String> =
        parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    read_cloudformation(&text(), &GivenValues::of_parameters(parameters))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Reads the template without a random part. An error is allowed, a panic is not.
    #[test]
    fn a_mutilated_template_causes_no_panic(from in 0_usize..30_000, length in 1_usize..400) {
        let text = text();
        let (start, end) = (text.len().min(from), text.len().min(from + length));
        if let (Some(head), Some(tail)) = (text.get(..start), text.get(end..)) {
            let _ = read_cloudformation(&format!("{head}{tail}"), &GivenValues::default());
        }
    }
}

#[test]
fn the_whole_template_is_read() {
    let deployment = read(&[]).unwrap();
    assert!(deployment.unsupported.is_empty(), "{:?}", deployment.unsupported);
    assert_eq!(deployment.kinesis_streams["SourceStream"].shards, 4);
    let names: Vec<&str> =
        deployment.delivery_streams.iter().map(|stream| stream.name.as_str()).collect();
    let expected = [
        "RawDeliveryStream",
        "ProcessedDeliveryStream",
        "UnpackedDeliveryStream",
        "LogsDeliveryStream",
    ];
    assert_eq!(names, expected);
    let binaries: Vec<(&str, &str)> = deployment
        .functions
        .iter()
        .map(|(id, function)| (id.as_str(), function.binary.as_deref().unwrap()))
        .collect();
    assert_eq!(
        binaries,
        [
            ("KplUnpackFunction", "kpl-unpack"),
            ("PipelineFunction", "firehose-pipeline"),
            ("SquareValuesFunction", "square-values"),
        ]
    );
    assert!(deployment.warnings.is_empty());
    let notes: Vec<String> = deployment.notes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(notes.join("\n"), @"Resources.KplConsumerIterFunction: the event source mapping that reads SourceStream does not run");
}

#[test]
fn a_delivery_stream_has_the_settings_of_the_template() {
    let deployment = read(&[]).unwrap();
    let stream = &deployment.delivery_streams[1];
    assert_eq!(stream.source, StreamSource::KinesisStream("SourceStream".to_owned()));
    assert!(stream.append_delimiter);
    let destination = stream.destination.s3();
    assert_eq!(destination.bucket, "Bucket");
    assert_eq!(destination.prefix, "data/processed/good/!{timestamp:yyyy/MM/dd/HH}/");
    assert_eq!(
        destination.error_output_prefix.as_deref(),
        Some("data/processed/bad/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/")
    );
    assert_eq!(
        destination.buffering,
        BufferingHints { size: 64 * MEGABYTE, interval: Duration::from_secs(60) }
    );
    assert_eq!(destination.compression, Compression::Uncompressed);
    let lambda = stream.lambda.as_ref().unwrap();
    assert_eq!(lambda.function, "SquareValuesFunction");
    assert_eq!(
        lambda.lambda_arn,
        "arn:aws:lambda:us-east-1:123456789012:function:SquareValuesFunction:live"
    );
    assert_eq!(lambda.buffering.size, MEGABYTE);
    let function = &deployment.functions["SquareValuesFunction"];
    assert_eq!((function.timeout, function.memory_size), (Duration::from_secs(60), 512));
}

#[test]
fn given_parameters_replace_the_defaults() {
    let given = [("LambdaBufferSizeInMBs", "2.5"), ("MemorySize", "1769"), ("KplConsumer", "none")];
    let deployment = read(&given).unwrap();
    let lambda = deployment.delivery_streams[1].lambda.as_ref().unwrap();
    assert_eq!(lambda.buffering.size, 5 * MEGABYTE / 2);
    assert_eq!(deployment.functions["SquareValuesFunction"].memory_size, 1769);
    assert!(deployment.notes.is_empty());
}

#[test]
fn invalid_parameters_are_errors() {
    let cases = [
        ("KplConsumer", "both"),
        ("Timeout", "301"),
        ("LambdaBufferSizeInMBs", "4"),
        ("Memory", "1"),
    ];
    let errors = cases.map(|parameter| read(&[parameter]).unwrap_err().to_string());
    insta::assert_snapshot!(errors.join("\n"), @r"
    Parameters.KplConsumer: `both` is not in AllowedValues: none, bulk, iter
    Parameters.Timeout: 301 is greater than the MaxValue of 300
    Resources.ProcessedDeliveryStream.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferSizeInMBs): `4` is not a number from 0.2 to 3
    Parameters: the template has no parameter Memory; its parameters are MemorySize, Timeout, LambdaBufferSizeInMBs, LambdaBufferIntervalInSeconds, LogRetentionInDays, KplConsumer
    ");
}
