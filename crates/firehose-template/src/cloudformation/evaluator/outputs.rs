use std::collections::BTreeMap;

use super::{
    node::{Node, entry},
    resource::Resource,
    template::Template,
};

/// The known outputs of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outputs {
    /// The outputs by name.
    pub values: BTreeMap<String, String>,
    /// The exports for other stacks, by name.
    pub exports: BTreeMap<String, String>,
}

impl<'a> Template<'a> {
    /// Returns the outputs of `document`, which is the document of this template. Skips outputs that
    /// cannot be evaluated.
    pub(crate) fn outputs(&'a self, document: &'a Node) -> Outputs {
        let mut outputs = Outputs::default();
        let section = document.entries().and_then(|top| entry(top, "Outputs")?.entries());
        for (name, output) in section.unwrap_or_default() {
            let path = format!("Outputs.{name}");
            let Some(output) = output.entries() else { continue };
            let Some(value) = entry(output, "Value") else { continue };
            let Ok(value) = self.text(value, &path) else { continue };
            let export = entry(output, "Export").and_then(|it| entry(it.entries()?, "Name"));
            if let Some(Ok(export)) = export.map(|export| self.text(export, &path)) {
                outputs.exports.insert(export, value.clone());
            }
            outputs.values.insert(name.clone(), value);
        }
        outputs
    }
}

impl Resource<'_> {
    /// Returns the parameters of a nested stack whose values are known.
    pub(crate) fn stack_parameters(&self) -> BTreeMap<String, String> {
        let mut known = BTreeMap::new();
        let Ok(parameters) = self.properties().and_then(|it| it.mapping("Parameters")) else {
            return known;
        };
        for name in parameters.keys().unwrap_or_default() {
            if let Ok(Some(value)) = parameters.text(name) {
                known.insert(name.to_owned(), value);
            }
        }
        known
    }
}

impl Node {
    /// Replaces each `Fn::GetAtt` of a known output of a nested stack with the value of the output.
    pub(crate) fn set_stack_outputs(&mut self, stack: &str, values: &BTreeMap<String, String>) {
        let known = self.intrinsic().filter(|call| call.name == "GetAtt").and_then(|call| {
            let attribute = match call.argument {
                Self::List(parts) => match parts.as_slice() {
                    [id, attribute] if id.as_scalar() == Some(stack) => attribute.as_scalar()?,
                    _ => return None,
                },
                Self::Scalar(text) => text.strip_prefix(stack)?.strip_prefix('.')?,
                _ => return None,
            };
            values.get(attribute.strip_prefix("Outputs.")?)
        });
        if let Some(value) = known {
            *self = Self::Scalar(value.clone());
            return;
        }
        match self {
            Self::List(items) => {
                items.iter_mut().for_each(|item| item.set_stack_outputs(stack, values));
            }
            Self::Map(entries) => {
                entries.iter_mut().for_each(|(_, value)| value.set_stack_outputs(stack, values));
            }
            Self::Tagged(_, argument) => argument.set_stack_outputs(stack, values),
            Self::Null | Self::Scalar(_) | Self::Unresolved(_) => {}
        }
    }
}
