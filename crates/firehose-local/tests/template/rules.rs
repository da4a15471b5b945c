//! The rules, one function each. The limits are those of Firehose:
//! <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>,
//! <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>.

use std::ops::RangeInclusive;

use yaml_serde::Value;

use crate::reader::{Resource, Template, id_of, reference, substitution};

pub(crate) fn problems(template: &Template) -> Vec<String> {
    let mut problems = Vec::new();
    for stream in template.resources("AWS::KinesisFirehose::DeliveryStream") {
        let stream_problems = [
            source(stream),
            buffering(template, stream),
            prefixes(template, stream),
            processors(template, stream),
            permissions(template, stream),
        ];
        let named = |problem| format!("{}: {problem}", stream.id);
        problems.extend(stream_problems.into_iter().flatten().map(named));
    }
    for function in template.resources("AWS::Serverless::Function") {
        let named = |problem| format!("{}: {problem}", function.id);
        problems.extend(function_problems(template, function).into_iter().map(named));
    }
    problems.extend(wildcards(template));
    problems.extend(shared_prefixes(template));
    problems.extend(storage(template));
    problems
}

fn source(stream: Resource<'_>) -> Vec<String> {
    let kind = stream.property("DeliveryStreamType").as_str().unwrap_or("DirectPut");
    let from_stream = !stream.property("KinesisStreamSourceConfiguration").is_null();
    match (kind, from_stream) {
        ("KinesisStreamAsSource", false) => {
            vec![format!(
                "DeliveryStreamType is {kind}, but KinesisStreamSourceConfiguration is missing"
            )]
        }
        ("KinesisStreamAsSource", true) | (_, false) => Vec::new(),
        (_, true) => vec![format!(
            "DeliveryStreamType is {kind}, but KinesisStreamSourceConfiguration is set"
        )],
    }
}

fn destination(stream: Resource<'_>) -> &Value {
    stream.property("ExtendedS3DestinationConfiguration")
}

fn is_partitioned(stream: Resource<'_>) -> bool {
    destination(stream)["DynamicPartitioningConfiguration"]["Enabled"] == true
}

fn buffering(template: &Template, stream: Resource<'_>) -> Vec<String> {
    let hints = &destination(stream)["BufferingHints"];
    let smallest = if is_partitioned(stream) { 64.0 } else { 1.0 };
    let mut problems = Vec::new();
    problems.extend(outside(template, "SizeInMBs", &hints["SizeInMBs"], smallest..=128.0));
    let interval = &hints["IntervalInSeconds"];
    problems.extend(outside(template, "IntervalInSeconds", interval, 0.0..=900.0));
    problems
}

fn outside(
    template: &Template,
    name: &str,
    value: &Value,
    range: RangeInclusive<f64>,
) -> Option<String> {
    let Some(text) = template.text(value) else {
        return Some(format!("{name} is missing"));
    };
    let within = text.parse().is_ok_and(|number: f64| range.contains(&number));
    let (start, end) = range.into_inner();
    (!within).then(|| format!("{name} is {text}, but must be {start} to {end}"))
}

fn prefixes(template: &Template, stream: Resource<'_>) -> Vec<String> {
    let text = |name| template.text(&destination(stream)[name]);
    let prefix = text("Prefix").unwrap_or_default();
    let mut problems = Vec::new();
    match text("ErrorOutputPrefix") {
        None if prefix.contains("!{") => {
            problems.push("Prefix has an expression and needs an ErrorOutputPrefix".into());
        }
        None => {}
        Some(error) => {
            if error.contains("!{") && !error.contains("!{firehose:error-output-type}") {
                problems.push(
                    "ErrorOutputPrefix has an expression and needs !{firehose:error-output-type}"
                        .into(),
                );
            }
            if error.contains("!{partitionKey") {
                problems.push("ErrorOutputPrefix cannot have partition keys".into());
            }
        }
    }
    if prefix.contains("!{partitionKey") && !is_partitioned(stream) {
        problems.push("Prefix has partition keys and needs dynamic partitioning".into());
    }
    problems
}

/// Returns the Lambda processors of a delivery stream.
fn lambda_processors(stream: Resource<'_>) -> Vec<&Value> {
    let processors = destination(stream)["ProcessingConfiguration"]["Processors"].as_sequence();
    processors.into_iter().flatten().filter(|processor| processor["Type"] == "Lambda").collect()
}

fn parameter<'a>(processor: &'a Value, name: &str) -> &'a Value {
    let parameters = processor["Parameters"].as_sequence().into_iter().flatten();
    let mut named = parameters.filter(|parameter| parameter["ParameterName"] == name);
    named.next().map_or(&Value::Null, |parameter| &parameter["ParameterValue"])
}

fn processors(template: &Template, stream: Resource<'_>) -> Vec<String> {
    let configuration = &destination(stream)["ProcessingConfiguration"];
    if configuration.is_null() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    if configuration["Enabled"] != true {
        problems.push("ProcessingConfiguration is not enabled".into());
    }
    let processors = lambda_processors(stream);
    if processors.len() > 1 {
        problems.push(format!(
            "{} Lambda processors, but Firehose accepts at most 1",
            processors.len()
        ));
    }
    for processor in processors {
        for (name, range) in [
            ("BufferSizeInMBs", 0.2..=3.0),
            ("BufferIntervalInSeconds", 0.0..=900.0),
            ("NumberOfRetries", 0.0..=300.0),
        ] {
            problems.extend(outside(template, name, parameter(processor, name), range));
        }
        let is_alias = |arn: &str| arn.ends_with(".Alias");
        if !reference(parameter(processor, "LambdaArn")).is_some_and(is_alias) {
            problems.push("LambdaArn must be an alias, !Ref <function>.Alias".into());
        }
    }
    problems
}

/// Checks the permissions that Firehose needs:
/// <https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html>.
fn permissions(template: &Template, stream: Resource<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut need = |role: &Value, action: &str, target: &str, covers: &dyn Fn(&Value) -> bool| {
        let role = template.resource(id_of(role).unwrap_or("(no role)"));
        if !allows(role, action, covers) {
            problems.push(format!("{} does not allow {action} on {target}", role.id));
        }
        if !trusts(role, "firehose.amazonaws.com") {
            problems.push(format!("{} does not trust firehose.amazonaws.com", role.id));
        }
    };
    let source = stream.property("KinesisStreamSourceConfiguration");
    if let Some(name) = id_of(&source["KinesisStreamARN"]) {
        for action in ["DescribeStream", "GetRecords", "GetShardIterator", "ListShards"] {
            need(&source["RoleARN"], &format!("kinesis:{action}"), name, &is_arn_of(name));
        }
    }
    let bucket = destination(stream);
    if let Some(name) = id_of(&bucket["BucketARN"]) {
        for action in ["GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"] {
            need(&bucket["RoleARN"], &format!("s3:{action}"), name, &is_arn_of(name));
        }
        for prefix in ["Prefix", "ErrorOutputPrefix"] {
            let prefix = template.text(&bucket[prefix]).unwrap_or_default();
            let object = format!("${{{name}.Arn}}/{prefix}");
            let covers = |it: &Value| {
                let pattern = substitution(it).and_then(|it| it.strip_suffix('*'));
                pattern.is_some_and(|pattern| object.starts_with(pattern))
            };
            for action in ["AbortMultipartUpload", "GetObject", "PutObject"] {
                need(&bucket["RoleARN"], &format!("s3:{action}"), &object, &covers);
            }
        }
    }
    if let Some(name) = id_of(&bucket["CloudWatchLoggingOptions"]["LogGroupName"]) {
        need(&bucket["RoleARN"], "logs:PutLogEvents", name, &is_arn_of(name));
    }
    for processor in lambda_processors(stream) {
        if let Some(name) = reference(parameter(processor, "LambdaArn")) {
            let is_alias = |it: &Value| reference(it) == Some(name);
            for action in ["InvokeFunction", "GetFunctionConfiguration"] {
                let role = parameter(processor, "RoleArn");
                need(role, &format!("lambda:{action}"), name, &is_alias);
            }
        }
    }
    problems
}

fn is_arn_of(name: &str) -> impl Fn(&Value) -> bool {
    move |it| reference(it).is_some_and(|it| it.strip_suffix(".Arn") == Some(name))
}

fn allows(role: Resource<'_>, action: &str, covers: &dyn Fn(&Value) -> bool) -> bool {
    statements(role).any(|statement| {
        statement["Effect"] == "Allow"
            && list(&statement["Action"]).any(|it| it == action)
            && list(&statement["Resource"]).any(covers)
    })
}

fn trusts(role: Resource<'_>, service: &str) -> bool {
    list(&role.property("AssumeRolePolicyDocument")["Statement"]).any(|statement| {
        statement["Effect"] == "Allow"
            && list(&statement["Action"]).any(|it| it == "sts:AssumeRole")
            && list(&statement["Principal"]["Service"]).any(|it| it == service)
    })
}

fn statements(role: Resource<'_>) -> impl Iterator<Item = &Value> {
    let policies = role.property("Policies").as_sequence().into_iter().flatten();
    policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]))
}

/// Returns the items of a list, or a value that is not a list.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let (items, one) = match value.as_sequence() {
        Some(items) => (Some(items), None),
        None => (None, Some(value)),
    };
    items.into_iter().flatten().chain(one)
}

fn function_problems(template: &Template, function: Resource<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let timeout = function.property("Timeout");
    if let Some(seconds) = template.text(timeout)
        && !seconds.parse().is_ok_and(|seconds: u32| (60..=300).contains(&seconds))
    {
        problems.push(format!("Timeout is {seconds} s, but must be 60 to 300"));
    }
    if let Some(name) = reference(timeout)
        && let Some(most) = template.parameter(name)["MaxValue"].as_u64()
        && most > 300
    {
        problems.push(format!(
            "the parameter {name} allows {most} s, but Firehose waits for at most 300"
        ));
    }
    if function.property("AutoPublishAlias").is_null() {
        problems.push("AutoPublishAlias is missing".into());
    }
    let description = substitution(function.property("VersionDescription")).unwrap_or_default();
    for name in ["MemorySize", "Timeout"] {
        let of_parameter = reference(function.property(name));
        if of_parameter.is_some_and(|it| !description.contains(&format!("${{{it}}}"))) {
            problems
                .push(format!("VersionDescription lacks {name}, so a change publishes no version"));
        }
    }
    let role = template.resource(id_of(function.property("Role")).unwrap_or("(no role)"));
    problems.extend(streams(function, role));
    if !trusts(role, "lambda.amazonaws.com") {
        problems.push(format!("{} does not trust lambda.amazonaws.com", role.id));
    }
    match id_of(&function.property("LoggingConfig")["LogGroup"]) {
        None => problems.push("LoggingConfig needs a LogGroup".into()),
        Some(group) => {
            for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
                if !allows(role, action, &is_arn_of(group)) {
                    problems.push(format!("{} does not allow {action} on {group}", role.id));
                }
            }
        }
    }
    let architectures = function.property("Architectures");
    if !list(architectures).eq([&Value::from("arm64")]) {
        problems.push("Architectures is not [arm64]".into());
    }
    for (name, value, right) in [
        ("Runtime", function.property("Runtime"), "provided.al2023"),
        ("BuildMethod", function.metadata("BuildMethod"), "rust-cargolambda"),
    ] {
        let value = value.as_str().unwrap_or("missing");
        if value != right {
            problems.push(format!("{name} is {value}, but must be {right}"));
        }
    }
    problems
}

/// Checks the Kinesis events of a function. Lambda must retry from the failed record, and must keep
/// the records that it gives up.
fn streams(function: Resource<'_>, role: Resource<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let events = function.property("Events").as_mapping().into_iter().flatten();
    for (_, event) in events.filter(|(_, event)| event["Type"] == "Kinesis") {
        let properties = &event["Properties"];
        let reports = list(&properties["FunctionResponseTypes"]);
        if !reports.into_iter().any(|it| it == "ReportBatchItemFailures") {
            problems.push("FunctionResponseTypes needs ReportBatchItemFailures".into());
        }
        if properties["BisectBatchOnFunctionError"] != true {
            problems.push(
                "without BisectBatchOnFunctionError, Lambda gives up all records behind a bad one"
                    .into(),
            );
        }
        if properties["StartingPosition"] == "LATEST" {
            problems.push("the StartingPosition LATEST can miss records".into());
        }
        // Only a bucket receives the records. Other destinations receive their positions.
        match id_of(&properties["DestinationConfig"]["OnFailure"]["Destination"]) {
            None => problems
                .push("without a bucket as OnFailure destination, failed records are lost".into()),
            Some(bucket) => {
                let folder = format!("${{{bucket}.Arn}}/aws/lambda/*");
                let is_folder = |it: &Value| substitution(it) == Some(folder.as_str());
                if !allows(role, "s3:PutObject", &is_folder)
                    || !allows(role, "s3:ListBucket", &is_arn_of(bucket))
                {
                    problems.push(format!("{} does not allow writing to {folder}", role.id));
                }
            }
        }
        let stream = id_of(&properties["Stream"]).unwrap_or("(no stream)");
        for action in [
            "DescribeStream",
            "DescribeStreamSummary",
            "GetRecords",
            "GetShardIterator",
            "ListShards",
        ] {
            let action = format!("kinesis:{action}");
            if !allows(role, &action, &is_arn_of(stream)) {
                problems.push(format!("{} does not allow {action} on {stream}", role.id));
            }
        }
    }
    problems
}

fn wildcards(template: &Template) -> Vec<String> {
    let mut problems = Vec::new();
    for role in template.resources("AWS::IAM::Role") {
        for statement in statements(role) {
            for action in list(&statement["Action"]).filter_map(Value::as_str) {
                if action.contains('*') {
                    problems.push(format!("{} has the wildcard action {action}", role.id));
                }
            }
            for resource in list(&statement["Resource"]) {
                // Only a folder of a bucket may end in a wildcard.
                let text = substitution(resource).or(match resource {
                    Value::String(text) => Some(text.as_str()),
                    _ => None,
                });
                let folder = text.and_then(|text| text.split_once(".Arn}/"));
                let is_folder = folder.is_some_and(|(_, folder)| {
                    folder.strip_suffix("/*").is_some_and(|folder| !folder.contains('*'))
                });
                if text.is_some_and(|text| text.contains('*')) && !is_folder {
                    problems.push(format!("{} has a wildcard resource", role.id));
                }
            }
        }
    }
    problems
}

/// Checks that delivery streams write to different prefixes.
fn shared_prefixes(template: &Template) -> Vec<String> {
    let mut prefixes = Vec::new();
    for stream in template.resources("AWS::KinesisFirehose::DeliveryStream") {
        for prefix in ["Prefix", "ErrorOutputPrefix"] {
            let prefix = template.text(&destination(stream)[prefix]).unwrap_or_default();
            prefixes.push(prefix.split("!{").next().unwrap_or_default().to_owned());
        }
    }
    prefixes.sort();
    let equal = prefixes.windows(2).filter(|pair| pair[0] == pair[1]);
    equal.map(|pair| format!("two prefixes start with {}", pair[0])).collect()
}

fn storage(template: &Template) -> Vec<String> {
    let mut problems = Vec::new();
    for bucket in template.resources("AWS::S3::Bucket") {
        let block = bucket.property("PublicAccessBlockConfiguration");
        for name in
            ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]
        {
            if block[name] != true {
                problems.push(format!("{}: {name} is not true", bucket.id));
            }
        }
        let rules = &bucket.property("BucketEncryption")["ServerSideEncryptionConfiguration"];
        if rules[0]["ServerSideEncryptionByDefault"]["SSEAlgorithm"].is_null() {
            problems.push(format!("{}: the encryption is missing", bucket.id));
        }
    }
    for group in template.resources("AWS::Logs::LogGroup") {
        if group.property("RetentionInDays").is_null() {
            problems.push(format!("{}: RetentionInDays is missing", group.id));
        }
    }
    problems
}
