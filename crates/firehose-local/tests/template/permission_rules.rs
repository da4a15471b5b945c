//! The rules of the permissions that Firehose needs, and of wildcards in roles.

use yaml_serde::Value;

use crate::{
    delivery_stream_rules::{destination, lambda_processors, parameter},
    reader::{Resource, Template, id_of, reference, substitution},
    roles::{allows, is_arn_of, list, statements, trusts},
};

/// Checks the permissions that Firehose needs:
/// <https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html>.
pub(crate) fn permissions(template: &Template, stream: Resource<'_>) -> Vec<String> {
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

pub(crate) fn wildcards(template: &Template) -> Vec<String> {
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
