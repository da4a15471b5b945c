use std::collections::{BTreeMap, BTreeSet};

use super::{
    node::{Node, entry},
    parameters::{ParameterValue, allowed_values},
    template::Template,
};

/// The resource properties that may stay unknown. A parameter that only these properties use needs
/// no value.
const MAY_BE_UNKNOWN: &[&str] = &[
    "CloudWatchLoggingOptions",
    "Code",
    "CodeUri",
    "DeliveryStreamEncryptionConfigurationInput",
    "EncryptionConfiguration",
    "Events",
    "Layers",
    "Policies",
    "Role",
    "RoleARN",
    "RoleArn",
    "S3BackupConfiguration",
    "Tags",
    "VpcConfig",
];

/// The types of the resources whose properties decide which data Firehose delivers.
const READ_KINDS: &[&str] = &[
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::Serverless::Function",
];

impl<'a> Template<'a> {
    /// Returns all parameters without a value that a delivery stream needs, so that one message can
    /// name them. Includes the parameters of its Kinesis stream, its function and its bucket. Returns
    /// the parameters by name, with the values that each allows, if the template lists them.
    pub(crate) fn missing_parameters(
        &'a self,
        delivery_stream: &str,
    ) -> BTreeMap<String, Option<String>> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![delivery_stream.to_owned()];
        while let Some(id) = open.pop() {
            let Some(declaration) = self.declarations.get(id.as_str()) else { continue };
            if !seen.insert(id) {
                continue;
            }
            let mut names = BTreeSet::new();
            if let Some(properties) = entry(declaration.body, "Properties") {
                references(properties, &mut names);
            }
            for name in names {
                match self.parameters.get(name.as_str()) {
                    Some(ParameterValue::Missing { is_stored: false, .. }) => {
                        let declaration = self.parameter_declarations.get(name.as_str());
                        let allowed = declaration.and_then(|it| it.entries());
                        found.insert(name, allowed.and_then(allowed_values));
                    }
                    Some(_) => {}
                    None => {
                        let resource = self.declarations.get(name.as_str());
                        if resource.is_some_and(|it| READ_KINDS.contains(&it.kind)) {
                            open.push(name);
                        }
                    }
                }
            }
        }
        found
    }
}

/// Collects the names in `Ref`, `Fn::GetAtt` and `Fn::Sub`. The recursion is bounded, because the
/// nesting of a template is bounded.
pub(super) fn references(node: &Node, names: &mut BTreeSet<String>) {
    if let Some(call) = node.intrinsic() {
        match (call.name, call.argument) {
            ("Ref" | "GetAtt", Node::Scalar(text)) => {
                names.insert(text.split('.').next().unwrap_or_default().to_owned());
                return;
            }
            ("GetAtt", Node::List(parts)) => {
                if let Some(Node::Scalar(id)) = parts.first() {
                    names.insert(id.clone());
                }
                return;
            }
            ("Sub", Node::Scalar(text)) => return substituted(text, names),
            ("Sub", Node::List(parts)) => {
                if let Some(Node::Scalar(text)) = parts.first() {
                    substituted(text, names);
                }
            }
            _ => {}
        }
    }
    match node {
        Node::List(items) => items.iter().for_each(|item| references(item, names)),
        Node::Map(entries) => {
            let is_role =
                entry(entries, "ParameterName").and_then(Node::as_scalar) == Some("RoleArn");
            let is_needed = |key: &str| !is_role && !MAY_BE_UNKNOWN.contains(&key);
            let needed = entries.iter().filter(|(key, _)| is_needed(key));
            needed.for_each(|(_, value)| references(value, names));
        }
        Node::Tagged(_, argument) => references(argument, names),
        Node::Null | Node::Scalar(_) | Node::Unresolved(_) => {}
    }
}

/// Collects the names in `${...}`.
fn substituted(text: &str, names: &mut BTreeSet<String>) {
    for part in text.split("${").skip(1) {
        let name = part.split('}').next().unwrap_or_default().trim();
        if !name.starts_with('!') {
            names.insert(name.split('.').next().unwrap_or_default().to_owned());
        }
    }
}
