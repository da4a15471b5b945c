//! Checks `template.yaml` and `examples/pipeline/template.yaml` against rules that `cfn-lint` and
//! `sam validate` do not have: Firehose accepts the settings, and the roles allow each action. Each
//! function of `template.yaml`, except `firehose-pipeline`, is an example.

mod delivery_stream_rules;
mod function_rules;
mod permission_rules;
mod reader;
mod roles;
mod rules;

use std::{fs, path::Path};

use crate::{reader::Template, rules::problems};

fn workspace() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text() -> String {
    fs::read_to_string(workspace().join("template.yaml")).unwrap()
}

#[test]
fn the_templates_break_no_rule() {
    assert_eq!(problems(&Template::parse(&text())), [""; 0]);
    let example = workspace().join("examples/pipeline/template.yaml");
    let example = Template::parse(&fs::read_to_string(example).unwrap());
    assert_eq!(example.resources("AWS::Serverless::Function").count(), 1);
    assert_eq!(problems(&example), [""; 0]);
}

#[test]
fn each_function_is_an_example() {
    let examples: Vec<_> = fs::read_dir(workspace().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for function in Template::parse(&text()).binaries() {
        // The pipeline of this function is in the template.
        if function == "firehose-pipeline" {
            continue;
        }
        assert!(examples.contains(&function), "no example {function}");
    }
}

#[test]
fn the_readme_names_the_prefixes() {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    for prefix in
        ["raw/good/", "raw/bad/", "processed/good/", "processed/bad/", "logs/good/", "logs/bad/"]
    {
        let prefix = format!("data/{prefix}");
        assert!(readme.contains(&prefix) && text().contains(&format!("refix: {prefix}!{{")));
    }
}

/// Makes one fault at a time in the template, and expects the problem that its rule reports.
#[test]
fn each_rule_finds_its_fault() {
    let text = text();
    for (from, to, problem) in [
        (r#"Default: "1""#, r#"Default: "6""#, "BufferSizeInMBs is 6, but must be 0.2 to 3"),
        (r#"Default: "1""#, "Default: small", "BufferSizeInMBs is small, but must be 0.2 to 3"),
        (
            "!Ref LambdaBufferIntervalInSeconds",
            "901",
            "BufferIntervalInSeconds is 901, but must be 0 to 900",
        ),
        (
            r#"ParameterValue: "3""#,
            r#"ParameterValue: "301""#,
            "NumberOfRetries is 301, but must be 0 to 300",
        ),
        (
            "ParameterName: NumberOfRetries",
            "ParameterName: LambdaArn",
            "NumberOfRetries is missing",
        ),
        ("SizeInMBs: 64", "SizeInMBs: 129", "SizeInMBs is 129, but must be 1 to 128"),
        (
            "IntervalInSeconds: 60\n        Comp",
            "IntervalInSeconds: 1000\n        Comp",
            "IntervalInSeconds is 1000, but must be 0 to 900",
        ),
        (
            "        ErrorOutputPrefix: data/raw/bad/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/\n",
            "",
            "Prefix has an expression and needs an ErrorOutputPrefix",
        ),
        (
            "bad/!{firehose:error-output-type}/!{timestamp",
            "bad/!{timestamp",
            "ErrorOutputPrefix has an expression and needs !{firehose:error-output-type}",
        ),
        (
            "good/!{timestamp",
            "good/!{partitionKeyFromLambda:a}/!{timestamp",
            "Prefix has partition keys and needs dynamic partitioning",
        ),
        (
            "bad/!{firehose:error-output-type}/",
            "bad/!{firehose:error-output-type}/!{partitionKeyFromLambda:a}/",
            "ErrorOutputPrefix cannot have partition keys",
        ),
        (
            "Default: 60\n    MinValue: 60",
            "Default: 301\n    MinValue: 60",
            "Timeout is 301 s, but must be 60 to 300",
        ),
        (
            "MaxValue: 300",
            "MaxValue: 900",
            "the parameter Timeout allows 900 s, but Firehose waits for at most 300",
        ),
        (
            "ParameterValue: !Ref SquareValuesFunction.Alias",
            "ParameterValue: !GetAtt SquareValuesFunction.Arn",
            "LambdaArn must be an alias",
        ),
        ("      AutoPublishAlias: live\n", "", "AutoPublishAlias is missing"),
        (
            "                Resource: !Ref SquareValuesFunction.Alias",
            "                Resource: !GetAtt SquareValuesFunction.Arn",
            "ProcessedDeliveryRole does not allow lambda:InvokeFunction on SquareValuesFunction.Alias",
        ),
        (
            "                  - lambda:GetFunctionConfiguration\n",
            "",
            "ProcessedDeliveryRole does not allow lambda:GetFunctionConfiguration",
        ),
        (
            "                  - kinesis:GetRecords\n",
            "",
            "RawDeliveryRole does not allow kinesis:GetRecords on SourceStream",
        ),
        (
            "                  - s3:PutObject\n",
            "",
            "RawDeliveryRole does not allow s3:PutObject on ${Bucket.Arn}/data/raw/good/",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: \"*\"",
            "RawDeliveryRole has a wildcard resource",
        ),
        (
            "                  - s3:PutObject\n",
            "                  - s3:*\n",
            "RawDeliveryRole has the wildcard action s3:*",
        ),
        ("Architectures: [arm64]", "Architectures: [x86_64]", "Architectures is not [arm64]"),
        (
            "Runtime: provided.al2023",
            "Runtime: provided.al2",
            "Runtime is provided.al2, but must be provided.al2023",
        ),
        (
            "BuildMethod: rust-cargolambda",
            "BuildMethod: makefile",
            "BuildMethod is makefile, but must be rust-cargolambda",
        ),
        (
            "KinesisStreamAsSource",
            "DirectPut",
            "DeliveryStreamType is DirectPut, but KinesisStreamSourceConfiguration is set",
        ),
        (
            "          Enabled: true\n          Processors",
            "          Enabled: false\n          Processors",
            "ProcessingConfiguration is not enabled",
        ),
        (
            "Type: AppendDelimiterToRecord",
            "Type: Lambda",
            "2 Lambda processors, but Firehose accepts at most 1",
        ),
        ("        BlockPublicPolicy: true\n", "", "Bucket: BlockPublicPolicy is not true"),
        ("SSEAlgorithm: AES256", "Algorithm: AES256", "Bucket: the encryption is missing"),
        (
            "      RetentionInDays: !Ref LogRetentionInDays\n",
            "",
            "SquareValuesLogGroup: RetentionInDays is missing",
        ),
        (
            "      VersionDescription: !Sub \"${MemorySize} MB, ${Timeout} s\"\n",
            "",
            "VersionDescription must contain the parameter of MemorySize; otherwise a change of MemorySize publishes no new version",
        ),
        (
            "${MemorySize} MB, ${Timeout} s",
            "${MemorySize} MB",
            "VersionDescription must contain the parameter of Timeout; otherwise a change of Timeout publishes no new version",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: !GetAtt Bucket.Arn",
            "RawDeliveryRole does not allow s3:PutObject on ${Bucket.Arn}/data/raw/good/",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: !Sub \"${Bucket.Arn}/data/raw/good/*\"",
            "RawDeliveryRole does not allow s3:PutObject on ${Bucket.Arn}/data/raw/bad/",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: !Sub \"${Bucket.Arn}*\"",
            "RawDeliveryRole has a wildcard resource",
        ),
        (
            "Prefix: data/processed/good/",
            "Prefix: data/raw/good/",
            "two prefixes start with data/raw/good/",
        ),
        (
            "              - Effect: Allow\n                Action:\n                  - kinesis",
            "              - Effect: Deny\n                Action:\n                  - kinesis",
            "RawDeliveryRole does not allow kinesis:DescribeStream",
        ),
        (
            "Service: firehose.amazonaws.com",
            "Service: s3.amazonaws.com",
            "RawDeliveryRole does not trust firehose.amazonaws.com",
        ),
        (
            "Service: lambda.amazonaws.com",
            "Service: s3.amazonaws.com",
            "SquareValuesRole does not trust lambda.amazonaws.com",
        ),
        (
            "                  - logs:PutLogEvents\n",
            "",
            "SquareValuesRole does not allow logs:PutLogEvents on SquareValuesLogGroup",
        ),
        ("        LogGroup: !Ref SquareValuesLogGroup\n", "", "LoggingConfig needs a LogGroup"),
        (
            "                Action: logs:PutLogEvents\n                Resource: !GetAtt RawDeliveryLogGroup.Arn",
            "                Action: logs:PutLogEvents\n                Resource: !GetAtt ProcessedDeliveryLogGroup.Arn",
            "RawDeliveryRole does not allow logs:PutLogEvents on RawDeliveryLogGroup",
        ),
        (
            "FunctionResponseTypes: [ReportBatchItemFailures]",
            "FunctionResponseTypes: []",
            "FunctionResponseTypes needs ReportBatchItemFailures",
        ),
        (
            "                Destination: !GetAtt Bucket.Arn\n",
            "",
            "without a bucket as OnFailure destination, failed records are lost",
        ),
        (
            "            BisectBatchOnFunctionError: true\n",
            "",
            "without BisectBatchOnFunctionError, Lambda discards a bad record and all later records of its batch",
        ),
        (
            "StartingPosition: TRIM_HORIZON",
            "StartingPosition: LATEST",
            "the StartingPosition LATEST can miss records",
        ),
        (
            "${Bucket.Arn}/aws/lambda/*",
            "${Bucket.Arn}/aws/*",
            "KplConsumerBulkRole does not allow writing to",
        ),
        (
            "                  - kinesis:DescribeStreamSummary\n",
            "",
            "KplConsumerBulkRole does not allow kinesis:DescribeStreamSummary",
        ),
    ] {
        let faulty = text.replacen(from, to, 1);
        assert_ne!(faulty, text, "the template has no {from:?}");
        let problems = problems(&Template::parse(&faulty));
        assert!(
            problems.iter().any(|found| found.contains(problem)),
            "{from:?} to {to:?}: expected {problem:?} among {problems:#?}"
        );
    }
}
