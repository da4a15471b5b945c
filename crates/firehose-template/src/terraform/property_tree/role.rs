use std::collections::BTreeMap;

use super::translation::{Properties, node};
use crate::{
    cloudformation::evaluator::Node,
    terraform::{
        language::{Value, functions::from_json},
        terraform_resource::TerraformResource,
    },
};

/// The types of resources that give a role further policies.
const ATTACHMENTS: &[&str] = &[
    "aws_iam_policy_attachment",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
];

/// Translates an `aws_iam_role` with its policies. A policy that cannot be read counts as a managed
/// policy, which may allow anything.
pub(super) fn translate(
    values: &BTreeMap<String, Value>,
    resources: &[TerraformResource],
) -> Properties {
    let name = values.get("name").map_or(Node::Null, node);
    let name_text = values.get("name").and_then(Value::to_text);
    let mut documents: Vec<Option<Node>> = Vec::new();
    if let Some(Value::List(policies)) = values.get("inline_policy") {
        for policy in policies {
            if let Value::Map(policy) = policy {
                documents.push(policy.get("policy").and_then(document));
            }
        }
    }
    for resource in resources.iter().filter(|resource| !resource.is_data) {
        let is_policy = resource.kind == "aws_iam_role_policy";
        if !is_policy && !ATTACHMENTS.contains(&resource.kind.as_str()) {
            continue;
        }
        let role = resource.text("role");
        // An unknown role may be this one.
        let may_be_of_role = role.is_none() || name_text.is_none() || role == name_text;
        if may_be_of_role {
            let policy = resource.known().and_then(|values| values.get("policy"));
            documents.push(policy.filter(|_| is_policy).and_then(document));
        }
    }
    let has_managed = values.get("managed_policy_arns").is_some_and(|it| *it != Value::Null)
        || documents.iter().any(Option::is_none);
    let policy = |document: Node| Node::Map(vec![("PolicyDocument".to_owned(), document)]);
    let policies = documents.into_iter().flatten().map(policy).collect();
    let mut properties =
        vec![("RoleName".to_owned(), name), ("Policies".to_owned(), Node::List(policies))];
    if has_managed {
        let unread = Node::List(vec![Node::Scalar("not read".to_owned())]);
        properties.push(("ManagedPolicyArns".to_owned(), unread));
    }
    properties
}

/// Parses the JSON of a policy.
fn document(policy: &Value) -> Option<Node> {
    let json = serde_json::from_str(&policy.to_text()?).ok()?;
    Some(node(&from_json(json)))
}
