//! Applies all rules to the template, and defines the rules of storage and of shared prefixes.

use crate::{
    delivery_stream_rules::{buffering, destination, prefixes, processors, source},
    function_rules::function_problems,
    permission_rules::{permissions, wildcards},
    reader::Template,
};

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
