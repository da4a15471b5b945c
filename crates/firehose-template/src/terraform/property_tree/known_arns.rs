use std::collections::BTreeSet;

use firehose_delivery::aws_names::{ACCOUNT_ID, REGION};

use crate::terraform::terraform_resource::TerraformResource;

/// The streams, functions and roles of the configuration, by the service and the last part of their
/// ARNs.
///
/// A configuration can contain the ARN of one of its streams as a text, with the region and the account
/// of the deployment. Here, all resources have the same fixed region and account.
#[derive(Debug, Default)]
pub(super) struct KnownArns(BTreeSet<String>);

impl KnownArns {
    /// Finds the resources with known names.
    pub(super) fn find(resources: &[TerraformResource]) -> Self {
        let resources = resources.iter().filter(|resource| !resource.is_data);
        let part = |resource: &TerraformResource| match resource.kind.as_str() {
            "aws_kinesis_stream" => Some(format!("kinesis:stream/{}", resource.text("name")?)),
            "aws_lambda_function" => {
                Some(format!("lambda:function:{}", resource.text("function_name")?))
            }
            "aws_iam_role" => Some(format!("iam:role/{}", resource.text("name")?)),
            _ => None,
        };
        Self(resources.filter_map(part).collect())
    }

    /// Returns the ARN with the region and the account of local resources, if the configuration has
    /// the resource. Returns any other text as it is.
    pub(super) fn localized(&self, text: &str) -> String {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _, service, region, _, resource] = parts[..] else { return text.to_owned() };
        // The version or the alias of a function follows its name.
        let unqualified = match (service, resource.splitn(3, ':').collect::<Vec<_>>().as_slice()) {
            ("lambda", [function, name, ..]) => format!("{function}:{name}"),
            _ => resource.to_owned(),
        };
        if !self.0.contains(&format!("{service}:{unqualified}")) {
            return text.to_owned();
        }
        let region = if region.is_empty() { "" } else { REGION };
        format!("arn:aws:{service}:{region}:{ACCOUNT_ID}:{resource}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_a_known_resource_is_local() {
        let known = KnownArns(["kinesis:stream/s", "lambda:function:f"].map(str::to_owned).into());
        for (text, expected) in [
            (
                "arn:aws:kinesis:eu-west-1:1:stream/s",
                "arn:aws:kinesis:us-east-1:123456789012:stream/s",
            ),
            (
                "arn:aws:lambda:eu-west-1:1:function:f:$LATEST",
                "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
            ),
            (
                "arn:aws:kinesis:eu-west-1:1:stream/other",
                "arn:aws:kinesis:eu-west-1:1:stream/other",
            ),
            ("text", "text"),
        ] {
            assert_eq!(known.localized(text), expected);
        }
    }
}
