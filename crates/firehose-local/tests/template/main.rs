//! What `cfn-lint` and `sam validate` do not see in `template.yaml`: that Firehose will take
//! it, that the function is allowed to be invoked, that what is deployed is what is here.

mod reader;
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
fn the_template_has_no_problem() {
    assert_eq!(problems(&Template::parse(&text())), [""; 0]);
}

#[test]
fn each_function_is_an_example() {
    let examples: Vec<_> = fs::read_dir(workspace().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for function in Template::parse(&text()).binaries() {
        assert!(examples.contains(&function), "no example {function}");
    }
}

#[test]
fn the_prefixes_are_those_that_the_readme_names() {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    for prefix in ["raw/good/", "raw/bad/", "processed/good/", "processed/bad/"] {
        let prefix = format!("data/{prefix}");
        assert!(readme.contains(&prefix) && text().contains(&format!("refix: {prefix}!{{")));
    }
}

/// Every rule sees the fault that it is there for.
#[test]
fn a_fault_does_not_get_by() {
    let text = text();
    for (from, to, problem) in [
        (r#"Default: "1""#, r#"Default: "6""#, "BufferSizeInMBs is 6, must be 0.2 to 3"),
        (r#"Default: "1""#, "Default: small", "BufferSizeInMBs is small, must be 0.2 to 3"),
        (
            "!Ref LambdaBufferIntervalInSeconds",
            "901",
            "BufferIntervalInSeconds is 901, must be 0 to 900",
        ),
        (
            r#"ParameterValue: "3""#,
            r#"ParameterValue: "301""#,
            "NumberOfRetries is 301, must be 0 to 300",
        ),
        (
            "ParameterName: NumberOfRetries",
            "ParameterName: LambdaArn",
            "NumberOfRetries is missing",
        ),
        ("SizeInMBs: 64", "SizeInMBs: 129", "SizeInMBs is 129, must be 1 to 128"),
        (
            "IntervalInSeconds: 60\n        Comp",
            "IntervalInSeconds: 1000\n        Comp",
            "IntervalInSeconds is 1000, must be 0 to 900",
        ),
        (
            "        ErrorOutputPrefix: data/raw/bad/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/\n",
            "",
            "its Prefix has an expression, so it needs an ErrorOutputPrefix",
        ),
        (
            "bad/!{firehose:error-output-type}/!{timestamp",
            "bad/!{timestamp",
            "ErrorOutputPrefix has an expression, so it needs !{firehose:error-output-type}",
        ),
        (
            "good/!{timestamp",
            "good/!{partitionKeyFromLambda:a}/!{timestamp",
            "its Prefix has partition keys, so it needs dynamic partitioning",
        ),
        (
            "bad/!{firehose:error-output-type}/",
            "bad/!{firehose:error-output-type}/!{partitionKeyFromLambda:a}/",
            "ErrorOutputPrefix cannot have partition keys",
        ),
        (
            "Default: 60\n    MinValue: 60",
            "Default: 301\n    MinValue: 60",
            "its Timeout is 301 s, must be 60 to 300",
        ),
        (
            "MaxValue: 300",
            "MaxValue: 900",
            "parameter Timeout allows 900 s, Firehose waits for 300",
        ),
        (
            "ParameterValue: !Ref SquareValuesFunction.Alias",
            "ParameterValue: !GetAtt SquareValuesFunction.Arn",
            "LambdaArn must be an alias",
        ),
        ("      AutoPublishAlias: live\n", "", "it has no AutoPublishAlias"),
        (
            "                Resource: !Ref SquareValuesFunction.Alias",
            "                Resource: !GetAtt SquareValuesFunction.Arn",
            "ProcessedDeliveryRole may not do lambda:InvokeFunction on SquareValuesFunction.Alias",
        ),
        (
            "                  - lambda:GetFunctionConfiguration\n",
            "",
            "ProcessedDeliveryRole may not do lambda:GetFunctionConfiguration",
        ),
        (
            "                  - kinesis:GetRecords\n",
            "",
            "RawDeliveryRole may not do kinesis:GetRecords on SourceStream",
        ),
        (
            "                  - s3:PutObject\n",
            "",
            "RawDeliveryRole may not do s3:PutObject on ${Bucket.Arn}/data/raw/good/",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: \"*\"",
            "RawDeliveryRole has a wildcard resource",
        ),
        (
            "                  - s3:PutObject\n",
            "                  - s3:*\n",
            "RawDeliveryRole has a wildcard action s3:*",
        ),
        ("Architectures: [arm64]", "Architectures: [x86_64]", "its Architectures are not [arm64]"),
        (
            "Runtime: provided.al2023",
            "Runtime: provided.al2",
            "its Runtime is provided.al2, not provided.al2023",
        ),
        (
            "BuildMethod: rust-cargolambda",
            "BuildMethod: makefile",
            "its BuildMethod is makefile, not rust-cargolambda",
        ),
        (
            "KinesisStreamAsSource",
            "DirectPut",
            "is DirectPut and has a KinesisStreamSourceConfiguration",
        ),
        (
            "          Enabled: true\n          Processors",
            "          Enabled: false\n          Processors",
            "ProcessingConfiguration is not Enabled",
        ),
        (
            "Type: AppendDelimiterToRecord",
            "Type: Lambda",
            "it has 2 Lambda processors, Firehose takes 1",
        ),
        ("        BlockPublicPolicy: true\n", "", "Bucket does not set BlockPublicPolicy"),
        ("SSEAlgorithm: AES256", "Algorithm: AES256", "Bucket is not encrypted"),
        (
            "      RetentionInDays: !Ref LogRetentionInDays\n",
            "",
            "SquareValuesLogGroup has no RetentionInDays",
        ),
        (
            "      VersionDescription: !Sub \"${MemorySize} MB, ${Timeout} s\"\n",
            "",
            "no version is published for a new MemorySize",
        ),
        (
            "${MemorySize} MB, ${Timeout} s",
            "${MemorySize} MB",
            "no version is published for a new Timeout",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: !GetAtt Bucket.Arn",
            "RawDeliveryRole may not do s3:PutObject on ${Bucket.Arn}/data/raw/good/",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: !Sub \"${Bucket.Arn}/data/raw/good/*\"",
            "RawDeliveryRole may not do s3:PutObject on ${Bucket.Arn}/data/raw/bad/",
        ),
        (
            "Resource: !Sub \"${Bucket.Arn}/data/raw/*\"",
            "Resource: !Sub \"${Bucket.Arn}*\"",
            "RawDeliveryRole has a wildcard resource",
        ),
        (
            "Prefix: data/processed/good/",
            "Prefix: data/raw/good/",
            "two prefixes begin with data/raw/good/",
        ),
        (
            "              - Effect: Allow\n                Action:\n                  - kinesis",
            "              - Effect: Deny\n                Action:\n                  - kinesis",
            "RawDeliveryRole may not do kinesis:DescribeStream",
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
            "SquareValuesRole may not do logs:PutLogEvents on SquareValuesLogGroup",
        ),
        ("        LogGroup: !Ref SquareValuesLogGroup\n", "", "its LoggingConfig has no LogGroup"),
        (
            "                Action: logs:PutLogEvents\n                Resource: !GetAtt RawDeliveryLogGroup.Arn",
            "                Action: logs:PutLogEvents\n                Resource: !GetAtt ProcessedDeliveryLogGroup.Arn",
            "RawDeliveryRole may not do logs:PutLogEvents on RawDeliveryLogGroup",
        ),
        (
            "FunctionResponseTypes: [ReportBatchItemFailures]",
            "FunctionResponseTypes: []",
            "ignored without ReportBatchItemFailures",
        ),
        ("                Destination: !GetAtt Bucket.Arn\n", "", "what fails for good is lost"),
        (
            "            BisectBatchOnFunctionError: true\n",
            "",
            "a bad record is given up with all behind it",
        ),
        ("StartingPosition: TRIM_HORIZON", "StartingPosition: LATEST", "LATEST can miss records"),
        (
            "${Bucket.Arn}/aws/lambda/*",
            "${Bucket.Arn}/aws/*",
            "KplConsumerBulkRole may not write to",
        ),
        (
            "                  - kinesis:DescribeStreamSummary\n",
            "",
            "KplConsumerBulkRole may not do kinesis:DescribeStreamSummary",
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
