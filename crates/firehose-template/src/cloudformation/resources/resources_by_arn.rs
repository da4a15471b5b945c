use std::collections::BTreeMap;

use super::function_placeholders::FunctionPlaceholders;
use crate::cloudformation::evaluator::{Resource, Template};

/// The resources that delivery streams can refer to, by ARN.
#[derive(Debug, Default)]
pub(crate) struct ResourcesByArn<'a> {
    pub kinesis_streams: BTreeMap<String, Resource<'a>>,
    pub functions: BTreeMap<String, Resource<'a>>,
    pub roles: BTreeMap<String, Resource<'a>>,
    /// The policies that are separate resources. Each policy lists the roles that have it.
    pub policies: Vec<Resource<'a>>,
    pub placeholders: FunctionPlaceholders,
}

impl<'a> ResourcesByArn<'a> {
    /// Finds the deployed Kinesis streams, functions, roles and policies.
    ///
    /// If only a deployed stack has the name of a resource, its ARN here contains its logical id. Skips a
    /// resource whose condition or name has another fault. A reference to such a resource is an error.
    ///
    /// `others` are further stacks. If two resources have one ARN, the resource of the template takes
    /// precedence over that of another stack.
    pub(crate) fn find(others: &'a [Template<'a>], template: &'a Template<'a>) -> Self {
        let mut found = Self::default();
        for resource in others.iter().chain([template]).flat_map(Template::resources) {
            let by_arn = match resource.kind() {
                "AWS::Kinesis::Stream" => &mut found.kinesis_streams,
                "AWS::Lambda::Function" | "AWS::Serverless::Function" => &mut found.functions,
                "AWS::IAM::Role" => &mut found.roles,
                "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
                    if resource.is_deployed() == Ok(true) {
                        found.policies.push(resource);
                    }
                    continue;
                }
                _ => continue,
            };
            if let (Ok(true), Ok(arn)) = (resource.is_deployed(), resource.local_arn()) {
                by_arn.insert(arn, resource);
            }
        }
        found
    }
}
