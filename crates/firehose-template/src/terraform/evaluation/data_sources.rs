use firehose_delivery::aws_names::{ACCOUNT_ID, REGION};

use crate::terraform::{configuration::ResourceBlock, language::Value};

/// Returns an attribute of a data source about the account, the region or the partition. The attributes
/// have the values of CloudFormation's pseudo parameters.
pub(super) fn data_attribute(block: &ResourceBlock, attribute: &str) -> Option<Value> {
    if !block.is_data {
        return None;
    }
    let text = match (block.kind.as_str(), attribute) {
        ("aws_caller_identity", "account_id" | "id") => ACCOUNT_ID.to_owned(),
        ("aws_caller_identity", "arn") => format!("arn:aws:iam::{ACCOUNT_ID}:user/firehose-local"),
        ("aws_region", "name" | "id" | "region") => REGION.to_owned(),
        ("aws_partition", "partition" | "id") => "aws".to_owned(),
        ("aws_partition", "dns_suffix") => "amazonaws.com".to_owned(),
        _ => return None,
    };
    Some(Value::Text(text))
}
