//! `run` rejects invalid arguments, and arguments without an effect, before it reads or builds
//! anything.

use std::fs;

use crate::firehose_local::{Run, run};

/// Asserts that `run` rejects the arguments and creates no folder.
fn reject(arguments: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("to");
    let mut all = vec!["run", "--to", to.to_str().unwrap()];
    all.extend(arguments.split(' '));
    let run = run(&all);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments}");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments}: {run:#?}");
    run
}

#[test]
fn options_are_checked_like_a_template() {
    let cases = [
        "--delivery-stream a/../b",
        "--delivery-stream d --kinesis-stream ..",
        "--delivery-stream d --prefix !{timestamp:yyyy}/",
        "--delivery-stream d --prefix !{time:yyyy}/",
        "--delivery-stream d --error-output-prefix !{timestamp:yyyy}/",
        "--delivery-stream d --prefix !{partitionKeyFromLambda:a}/ --error-output-prefix e/ \
         --buffer-size 64",
        "--delivery-stream d --prefix !{partitionKeyFromLambda:a}/ --error-output-prefix e/ \
         --binary b",
        "--delivery-stream d --prefix !{partitionKeyFromQuery:a}/ --error-output-prefix e/",
    ];
    let errors = cases.map(|arguments| reject(arguments).stderr);
    insta::assert_snapshot!(errors.concat(), @r"
    firehose-local: --delivery-stream: the name `a/../b` must have 1 to 64 of the characters a-z, A-Z, 0-9, `-`, `_` and `.`, and not only dots
    firehose-local: --kinesis-stream: the name `..` must have 1 to 128 of the characters a-z, A-Z, 0-9, `-`, `_` and `.`, and not only dots
    firehose-local: --prefix: a prefix with expressions needs an --error-output-prefix too
    firehose-local: --prefix: the expression `!{time:yyyy}` at character 1 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
    firehose-local: --error-output-prefix: an ErrorOutputPrefix with expressions needs `!{firehose:error-output-type}`
    firehose-local: --prefix: !{partitionKeyFromLambda:...} needs a function (--package, --binary, --handler, --pipeline or --url), which is missing
    firehose-local: --buffer-size: dynamic partitioning needs a --buffer-size of 64 to 128
    firehose-local: --prefix: !{partitionKeyFromQuery:...} needs a MetadataExtraction processor (in a template), which is missing
    ");
}

/// Checks the first lines of clap's errors, without the usage.
#[test]
fn arguments_without_an_effect_on_other_arguments_are_rejected() {
    let url = "--url http://127.0.0.1:1/invocations";
    let cases = [
        &format!("--function f=b {url}"),
        "--function f=b --package p",
        "--function f=b --binary b",
        "--release --binary b",
        &format!("--release {url}"),
        "--delivery-stream d --retries 1",
        "--delivery-stream d --lambda-buffer-size 1",
        "--delivery-stream d --lambda-buffer-interval 1",
        "--delivery-stream d --value A=b",
        "--delivery-stream d --import c=d",
        &format!("--delivery-stream d --log l {url}"),
    ];
    let first = |text: String| text.split("\n\n").next().unwrap_or_default().to_owned();
    let errors = cases.map(|arguments| first(reject(arguments).stderr));
    insta::assert_snapshot!(errors.join("\n"), @r"
    error: the argument '--function <NAME=PATH>' cannot be used with '--url <URL>'
    error: the argument '--function <NAME=PATH>' cannot be used with '--package <NAME>'
    error: the argument '--function <NAME=PATH>' cannot be used with '--binary <PATH>'
    error: the argument '--release' cannot be used with '--binary <PATH>'
    error: the argument '--release' cannot be used with '--url <URL>'
    error: the following required arguments were not provided:
      <--package <NAME>|--binary <PATH>|--handler <MODULE.FUNCTION>|--pipeline <FILE>|--url <URL>|--function <NAME=PATH>>
    error: the following required arguments were not provided:
      <--package <NAME>|--binary <PATH>|--handler <MODULE.FUNCTION>|--pipeline <FILE>|--url <URL>|--function <NAME=PATH>>
    error: the following required arguments were not provided:
      <--package <NAME>|--binary <PATH>|--handler <MODULE.FUNCTION>|--pipeline <FILE>|--url <URL>|--function <NAME=PATH>>
    error: the argument '--delivery-stream <NAME>' cannot be used with '--value <PATH=VALUE>'
    error: the argument '--delivery-stream <NAME>' cannot be used with '--import <NAME=VALUE>'
    error: the argument '--log <FILE>' cannot be used with '--url <URL>'
    ");
}

const TEMPLATE: &str = "
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Function: {Type: AWS::Serverless::Function}
  Raw:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      S3DestinationConfiguration: {BucketARN: !GetAtt Bucket.Arn}
  Processed:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Bucket.Arn
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters: [{ParameterName: LambdaArn, ParameterValue: !GetAtt Function.Arn}]
";

#[test]
fn arguments_without_an_effect_on_the_delivery_streams_are_rejected() {
    let template = tempfile::NamedTempFile::new().unwrap();
    fs::write(template.path(), TEMPLATE).unwrap();
    let raw = format!("--template {} --only Raw", template.path().display());
    let processed = format!("--template {} --only Processed", template.path().display());
    let cases = [
        "--delivery-stream d --timeout 1".to_owned(),
        "--delivery-stream d --log l".to_owned(),
        "--delivery-stream d --release".to_owned(),
        "--delivery-stream d --shards 2".to_owned(),
        format!("{raw} --package p"),
        format!("{raw} --timeout 1"),
        format!("{processed} --shards 2"),
        format!("{processed} --function Other=b"),
        format!("{processed} --function Function=b --release"),
    ];
    let errors = cases.map(|arguments| reject(&arguments).stderr);
    insta::assert_snapshot!(errors.concat(), @r"
    firehose-local: --timeout has no effect: no delivery stream of the run invokes a function
    firehose-local: --log has no effect: no delivery stream of the run invokes a function
    firehose-local: --release has no effect: no delivery stream of the run invokes a function
    firehose-local: --shards has no effect: the records are put into a delivery stream, and only a Kinesis stream has shards
    firehose-local: --package has no effect: no delivery stream of the run invokes a function
    firehose-local: --timeout has no effect: no delivery stream of the run invokes a function
    firehose-local: --shards has no effect: the records are put into a delivery stream, and only a Kinesis stream has shards
    firehose-local: --function Other: no delivery stream invokes this function; the delivery streams of the run invoke: Function
    firehose-local: --release has no effect: --function names every executable
    ");
}

#[test]
fn a_parameter_without_a_value_is_named_with_its_argument() {
    let template = tempfile::NamedTempFile::new().unwrap();
    let parameters = "Parameters: {Name: {Type: String}}";
    let text = TEMPLATE.replace("{BucketARN: !GetAtt Bucket.Arn}", "{BucketARN: !Ref Name}");
    fs::write(template.path(), [parameters, &text].concat()).unwrap();
    let path = template.path().display().to_string();
    let errors = reject(&format!("--template {path} --only Raw")).stderr;
    insta::assert_snapshot!(errors.replace(&path, "template.yaml"), @"firehose-local: Raw cannot be run: Resources.Raw.Properties.S3DestinationConfiguration.BucketARN: the parameter Name has no default and no value; add --parameter Name=VALUE");
}
