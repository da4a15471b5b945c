use firehose_delivery::aws_names::{ACCOUNT_ID, REGION, arn};

/// Returns the fixed value of a pseudo parameter:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>.
///
/// The account, the region and the stack of a deployment are unknown here.
pub(super) fn pseudo_parameter(name: &str) -> Option<String> {
    let text = match name {
        "AWS::Region" => REGION,
        "AWS::AccountId" => ACCOUNT_ID,
        "AWS::Partition" => "aws",
        "AWS::StackName" => "firehose-local",
        "AWS::URLSuffix" => "amazonaws.com",
        "AWS::StackId" => {
            let stack = "stack/firehose-local/00000000-0000-0000-0000-000000000000";
            return Some(arn("cloudformation", stack));
        }
        _ => return None,
    };
    Some(text.to_owned())
}
