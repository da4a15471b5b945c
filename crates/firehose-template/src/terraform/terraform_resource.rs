use std::collections::BTreeMap;

use super::language::Value;
use crate::cloudformation::evaluator::Unresolved;

/// One instance of a resource or a data source.
#[derive(Clone, Debug)]
pub(crate) struct TerraformResource {
    /// The address, such as `module.delivery["eu"].aws_kinesis_stream.source[0]`.
    pub address: String,
    pub is_data: bool,
    /// The type, such as `aws_kinesis_stream`.
    pub kind: String,
    /// The name of the block.
    pub name: String,
    pub attributes: Attributes,
}

/// The arguments and attributes of a resource. Nested blocks are lists of maps.
#[derive(Clone, Debug)]
pub(crate) enum Attributes {
    Known(BTreeMap<String, Value>),
    /// The path of `count` or `for_each`, and the reason why the instances are unknown.
    Unknown(String, Unresolved),
}

impl TerraformResource {
    /// Returns the attributes, if they are known.
    pub(crate) fn known(&self) -> Option<&BTreeMap<String, Value>> {
        match &self.attributes {
            Attributes::Known(values) => Some(values),
            Attributes::Unknown(..) => None,
        }
    }

    /// Returns the text of an attribute.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.known()?.get(name)?.to_text()
    }
}
