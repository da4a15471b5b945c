use firehose_delivery::aws_names::{
    ACCOUNT_ID, REGION, arn, delivery_stream_arn, function_arn, kinesis_stream_arn,
};

use crate::{
    cloudformation::evaluator::Unresolved,
    terraform::language::{Fault, Value},
};

/// Returns the argument that holds the name of a resource of this type. If the name is missing or
/// unknown, callers use the name of the block.
pub(crate) fn name_attribute(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "aws_s3_bucket" => "bucket",
        "aws_lambda_function" => "function_name",
        "aws_elasticsearch_domain" | "aws_opensearch_domain" => "domain_name",
        "aws_cloudwatch_log_group"
        | "aws_cloudwatch_log_stream"
        | "aws_dynamodb_table"
        | "aws_glue_catalog_database"
        | "aws_glue_catalog_table"
        | "aws_iam_policy"
        | "aws_iam_role"
        | "aws_kinesis_firehose_delivery_stream"
        | "aws_kinesis_stream"
        | "aws_secretsmanager_secret"
        | "aws_sns_topic"
        | "aws_sqs_queue"
        | "aws_ssm_parameter" => "name",
        _ => return None,
    })
}

/// Returns an attribute that AWS computes from the arguments of a resource, such as its ARN.
///
/// `of_name` returns another attribute of the resource by its name.
pub(crate) fn computed_attribute(
    kind: &str,
    attribute: &str,
    of_name: &dyn Fn(&str) -> Result<Value, Fault>,
) -> Result<Option<Value>, Fault> {
    let named = |form: &dyn Fn(&str) -> String| match name_attribute(kind) {
        Some(name) => Ok(Some(map_text(of_name(name)?, form))),
        None => Ok(None),
    };
    match (kind, attribute) {
        ("aws_kinesis_stream", "arn" | "id") => named(&kinesis_stream_arn),
        ("aws_kinesis_firehose_delivery_stream", "arn" | "id") => named(&delivery_stream_arn),
        ("aws_s3_bucket", "arn") => named(&|name| format!("arn:aws:s3:::{name}")),
        ("aws_s3_bucket", "bucket_domain_name") => {
            named(&|name| format!("{name}.s3.amazonaws.com"))
        }
        ("aws_s3_bucket", "bucket_regional_domain_name") => {
            named(&|name| format!("{name}.s3.{REGION}.amazonaws.com"))
        }
        ("aws_lambda_function", "arn") => named(&function_arn),
        // A new function has one version.
        ("aws_lambda_function", "qualified_arn") => {
            named(&|name| function_arn(&format!("{name}:1")))
        }
        ("aws_lambda_function", "version") => Ok(Some(Value::from("1"))),
        ("aws_lambda_alias", "arn" | "id") => {
            let function = of_name("function_name")?;
            let alias = of_name("name")?;
            Ok(Some(alias_arn(function, &alias)))
        }
        ("aws_iam_role", "arn") => named(&|name| format!("arn:aws:iam::{ACCOUNT_ID}:role/{name}")),
        ("aws_iam_policy", "arn" | "id") => {
            named(&|name| format!("arn:aws:iam::{ACCOUNT_ID}:policy/{name}"))
        }
        ("aws_sns_topic", "arn" | "id") => named(&|name| arn("sns", name)),
        ("aws_sqs_queue", "arn") => named(&|name| arn("sqs", name)),
        ("aws_sqs_queue", "id" | "url") => {
            named(&|name| format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name}"))
        }
        ("aws_cloudwatch_log_group", "arn") => {
            named(&|name| arn("logs", &format!("log-group:{name}")))
        }
        ("aws_dynamodb_table", "arn") => named(&|name| arn("dynamodb", &format!("table/{name}"))),
        ("aws_secretsmanager_secret", "arn" | "id") => {
            named(&|name| arn("secretsmanager", &format!("secret:{name}")))
        }
        ("aws_ssm_parameter", "arn") => {
            named(&|name| arn("ssm", &format!("parameter/{}", name.trim_start_matches('/'))))
        }
        ("aws_elasticsearch_domain" | "aws_opensearch_domain", "arn" | "id") => {
            named(&|name| arn("es", &format!("domain/{name}")))
        }
        ("aws_glue_catalog_database", "id") => named(&|name| format!("{ACCOUNT_ID}:{name}")),
        (kind, "id") if kind.starts_with("aws_s3_bucket_") => of_name("bucket").map(Some),
        (
            "aws_s3_bucket"
            | "aws_lambda_function"
            | "aws_iam_role"
            | "aws_cloudwatch_log_group"
            | "aws_cloudwatch_log_stream"
            | "aws_dynamodb_table"
            | "aws_ssm_parameter",
            "id",
        ) => named(&str::to_owned),
        _ => Ok(None),
    }
}

/// Returns the ARN of an alias. The function of an alias is a name or an ARN.
fn alias_arn(function: Value, alias: &Value) -> Value {
    let Some(alias) = alias.to_text() else { return alias.clone() };
    map_text(function, &|function| {
        let unqualified: Vec<&str> = function.split(':').take(7).collect();
        match function.starts_with("arn:") {
            true => format!("{}:{alias}", unqualified.join(":")),
            false => function_arn(&format!("{function}:{alias}")),
        }
    })
}

/// Changes a text. The placeholder of an unknown text is changed too.
fn map_text(value: Value, form: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Text(text) => Value::Text(form(&text)),
        Value::Unknown(unknown) => {
            let placeholder = unknown.placeholder.as_deref().map(form);
            Value::Unknown(Box::new(Unresolved { placeholder, ..*unknown }))
        }
        other => other,
    }
}
