//! The rules of functions.

use yaml_serde::Value;

use crate::{
    reader::{Resource, Template, id_of, reference, substitution},
    roles::{allows, is_arn_of, list, trusts},
};

pub(crate) fn function_problems(template: &Template, function: Resource<'_>) -> Vec<String> {
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
            problems.push(format!(
                "VersionDescription must contain the parameter of {name}; otherwise a change of \
                 {name} publishes no new version"
            ));
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
    let code = template.text(function.property("CodeUri")).unwrap_or_default();
    for (name, value, right) in [
        ("Runtime", function.property("Runtime"), "provided.al2023"),
        ("BuildMethod", function.metadata("BuildMethod"), "rust-cargolambda"),
    ] {
        // `sam build` does not build a zip.
        if name == "BuildMethod" && code.ends_with(".zip") {
            continue;
        }
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
                "without BisectBatchOnFunctionError, Lambda discards a bad record and all later records of its batch"
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
