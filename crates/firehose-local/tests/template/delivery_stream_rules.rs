//! The rules of delivery streams. The limits are those of Firehose:
//! <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>,
//! <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>.

use std::ops::RangeInclusive;

use yaml_serde::Value;

use crate::reader::{Resource, Template, reference};

pub(crate) fn source(stream: Resource<'_>) -> Vec<String> {
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

pub(crate) fn destination(stream: Resource<'_>) -> &Value {
    stream.property("ExtendedS3DestinationConfiguration")
}

fn is_partitioned(stream: Resource<'_>) -> bool {
    destination(stream)["DynamicPartitioningConfiguration"]["Enabled"] == true
}

pub(crate) fn buffering(template: &Template, stream: Resource<'_>) -> Vec<String> {
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

pub(crate) fn prefixes(template: &Template, stream: Resource<'_>) -> Vec<String> {
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
pub(crate) fn lambda_processors(stream: Resource<'_>) -> Vec<&Value> {
    let processors = destination(stream)["ProcessingConfiguration"]["Processors"].as_sequence();
    processors.into_iter().flatten().filter(|processor| processor["Type"] == "Lambda").collect()
}

pub(crate) fn parameter<'a>(processor: &'a Value, name: &str) -> &'a Value {
    let parameters = processor["Parameters"].as_sequence().into_iter().flatten();
    let mut named = parameters.filter(|parameter| parameter["ParameterName"] == name);
    named.next().map_or(&Value::Null, |parameter| &parameter["ParameterValue"])
}

pub(crate) fn processors(template: &Template, stream: Resource<'_>) -> Vec<String> {
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
