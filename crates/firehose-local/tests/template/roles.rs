//! The parts of a role that the rules compare.

use yaml_serde::Value;

use crate::reader::{Resource, reference};

/// Returns a test for a reference to the ARN of a resource.
pub(crate) fn is_arn_of(name: &str) -> impl Fn(&Value) -> bool {
    move |it| reference(it).is_some_and(|it| it.strip_suffix(".Arn") == Some(name))
}

pub(crate) fn allows(role: Resource<'_>, action: &str, covers: &dyn Fn(&Value) -> bool) -> bool {
    statements(role).any(|statement| {
        statement["Effect"] == "Allow"
            && list(&statement["Action"]).any(|it| it == action)
            && list(&statement["Resource"]).any(covers)
    })
}

pub(crate) fn trusts(role: Resource<'_>, service: &str) -> bool {
    list(&role.property("AssumeRolePolicyDocument")["Statement"]).any(|statement| {
        statement["Effect"] == "Allow"
            && list(&statement["Action"]).any(|it| it == "sts:AssumeRole")
            && list(&statement["Principal"]["Service"]).any(|it| it == service)
    })
}

pub(crate) fn statements(role: Resource<'_>) -> impl Iterator<Item = &Value> {
    let policies = role.property("Policies").as_sequence().into_iter().flatten();
    policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]))
}

/// Returns the items of a list. A value that is not a list counts as a list of one item.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let (items, one) = match value.as_sequence() {
        Some(items) => (Some(items), None),
        None => (None, Some(value)),
    };
    items.into_iter().flatten().chain(one)
}
