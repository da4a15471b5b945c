//! One function a rule. The limits are Firehose's:
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
    problems.extend(places(template));
    problems.extend(storage(template));
    problems
}

fn source(stream: Resource<'_>) -> Vec<String> {
    let kind = stream.property("DeliveryStreamType").as_str().unwrap_or("DirectPut");
    let from_stream = !stream.property("KinesisStreamSourceConfiguration").is_null();
    match (kind, from_stream) {
        ("KinesisStreamAsSource", false) => {
            vec![format!("it is {kind} and has no KinesisStreamSourceConfiguration")]
        }
        ("KinesisStreamAsSource", true) | (_, false) => Vec::new(),
        (_, true) => vec![format!("it is {kind} and has a KinesisStreamSourceConfiguration")],
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
    (!within).then(|| format!("{name} is {text}, must be {start} to {end}"))
}

fn prefixes(template: &Template, stream: Resource<'_>) -> Vec<String> {
    let text = |name| template.text(&destination(stream)[name]);
    let prefix = text("Prefix").unwrap_or_default();
    let mut problems = Vec::new();
    match text("ErrorOutputPrefix") {
        None if prefix.contains("!{") => {
            problems.push("its Prefix has an expression, so it needs an ErrorOutputPrefix".into());
        }
        None => {}
        Some(error) => {
            if error.contains("!{") && !error.contains("!{firehose:error-output-type}") {
                problems.push(
                    "its ErrorOutputPrefix has an expression, so it needs \
                     !{firehose:error-output-type}"
                        .into(),
                );
            }
            if error.contains("!{partitionKey") {
                problems.push("its ErrorOutputPrefix cannot have partition keys".into());
            }
        }
    }
    if prefix.contains("!{partitionKey") && !is_partitioned(stream) {
        problems.push("its Prefix has partition keys, so it needs dynamic partitioning".into());
    }
    problems
}

/// The Lambda processors of a delivery stream.
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
        problems.push("its ProcessingConfiguration is not Enabled".into());
    }
    let processors = lambda_processors(stream);
    if processors.len() > 1 {
        problems.push(format!("it has {} Lambda processors, Firehose takes 1", processors.len()));
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
            problems.push("its LambdaArn must be an alias, !Ref <function>.Alias".into());
        }
    }
    problems
}

/// What the roles of a delivery stream must be allowed to do, for Firehose to work at all:
/// <https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html>.
fn permissions(template: &Template, stream: Resource<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut need = |role: &Value, action: &str, what: &str, covers: &dyn Fn(&Value) -> bool| {
        let role = template.resource(id_of(role).unwrap_or("(no role)"));
        if !allows(role, action, covers) {
            problems.push(format!("{} may not do {action} on {what}", role.id));
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

/// A value that may be one or several.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let (several, one) = match value.as_sequence() {
        Some(several) => (Some(several), None),
        None => (None, Some(value)),
    };
    several.into_iter().flatten().chain(one)
}

fn function_problems(template: &Template, function: Resource<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let timeout = function.property("Timeout");
    if let Some(seconds) = template.text(timeout)
        && !seconds.parse().is_ok_and(|seconds: u32| (60..=300).contains(&seconds))
    {
        problems.push(format!("its Timeout is {seconds} s, must be 60 to 300"));
    }
    if let Some(name) = reference(timeout)
        && let Some(most) = template.parameter(name)["MaxValue"].as_u64()
        && most > 300
    {
        problems.push(format!("parameter {name} allows {most} s, Firehose waits for 300"));
    }
    if function.property("AutoPublishAlias").is_null() {
        problems.push("it has no AutoPublishAlias".into());
    }
    let description = substitution(function.property("VersionDescription")).unwrap_or_default();
    for name in ["MemorySize", "Timeout"] {
        let of_parameter = reference(function.property(name));
        if of_parameter.is_some_and(|it| !description.contains(&format!("${{{it}}}"))) {
            problems.push(format!("no version is published for a new {name}"));
        }
    }
    let role = template.resource(id_of(function.property("Role")).unwrap_or("(no role)"));
    problems.extend(streams(function, role));
    if !trusts(role, "lambda.amazonaws.com") {
        problems.push(format!("{} does not trust lambda.amazonaws.com", role.id));
    }
    match id_of(&function.property("LoggingConfig")["LogGroup"]) {
        None => problems.push("its LoggingConfig has no LogGroup".into()),
        Some(group) => {
            for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
                if !allows(role, action, &is_arn_of(group)) {
                    problems.push(format!("{} may not do {action} on {group}", role.id));
                }
            }
        }
    }
    let architectures = function.property("Architectures");
    if !list(architectures).eq([&Value::from("arm64")]) {
        problems.push("its Architectures are not [arm64]".into());
    }
    for (name, value, right) in [
        ("Runtime", function.property("Runtime"), "provided.al2023"),
        ("BuildMethod", function.metadata("BuildMethod"), "rust-cargolambda"),
    ] {
        let value = value.as_str().unwrap_or("missing");
        if value != right {
            problems.push(format!("its {name} is {value}, not {right}"));
        }
    }
    problems
}

/// The Kinesis streams that a function consumes: what fails must be retried from where it
/// failed, and must not be lost in the end.
fn streams(function: Resource<'_>, role: Resource<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let events = function.property("Events").as_mapping().into_iter().flatten();
    for (_, event) in events.filter(|(_, event)| event["Type"] == "Kinesis") {
        let properties = &event["Properties"];
        let reports = list(&properties["FunctionResponseTypes"]);
        if !reports.into_iter().any(|it| it == "ReportBatchItemFailures") {
            problems
                .push("its batchItemFailures are ignored without ReportBatchItemFailures".into());
        }
        if properties["BisectBatchOnFunctionError"] != true {
            problems.push("a bad record is given up with all behind it without Bisect...".into());
        }
        if properties["StartingPosition"] == "LATEST" {
            problems.push("LATEST can miss records while the mapping is made".into());
        }
        // Only a bucket gets the records themselves; others get where they were.
        match id_of(&properties["DestinationConfig"]["OnFailure"]["Destination"]) {
            None => problems.push("what fails for good is lost without an OnFailure".into()),
            Some(bucket) => {
                let folder = format!("${{{bucket}.Arn}}/aws/lambda/*");
                let is_folder = |it: &Value| substitution(it) == Some(folder.as_str());
                if !allows(role, "s3:PutObject", &is_folder)
                    || !allows(role, "s3:ListBucket", &is_arn_of(bucket))
                {
                    problems.push(format!("{} may not write to {folder}", role.id));
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
                problems.push(format!("{} may not do {action} on {stream}", role.id));
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
                    problems.push(format!("{} has a wildcard action {action}", role.id));
                }
            }
            for resource in list(&statement["Resource"]) {
                // A folder of a bucket may end in one, and nothing else.
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

/// No two delivery streams write to the same place.
fn places(template: &Template) -> Vec<String> {
    let mut places = Vec::new();
    for stream in template.resources("AWS::KinesisFirehose::DeliveryStream") {
        for prefix in ["Prefix", "ErrorOutputPrefix"] {
            let prefix = template.text(&destination(stream)[prefix]).unwrap_or_default();
            places.push(prefix.split("!{").next().unwrap_or_default().to_owned());
        }
    }
    places.sort();
    let twice = places.windows(2).filter(|pair| pair[0] == pair[1]);
    twice.map(|pair| format!("two prefixes begin with {}", pair[0])).collect()
}

fn storage(template: &Template) -> Vec<String> {
    let mut problems = Vec::new();
    for bucket in template.resources("AWS::S3::Bucket") {
        let block = bucket.property("PublicAccessBlockConfiguration");
        for name in
            ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]
        {
            if block[name] != true {
                problems.push(format!("{} does not set {name}", bucket.id));
            }
        }
        let rules = &bucket.property("BucketEncryption")["ServerSideEncryptionConfiguration"];
        if rules[0]["ServerSideEncryptionByDefault"]["SSEAlgorithm"].is_null() {
            problems.push(format!("{} is not encrypted", bucket.id));
        }
    }
    for group in template.resources("AWS::Logs::LogGroup") {
        if group.property("RetentionInDays").is_null() {
            problems.push(format!("{} has no RetentionInDays", group.id));
        }
    }
    problems
}
