use serde_json::Value as Json;

use super::show_output::{ConfiguredModule, InModule, ShownResource};
use crate::terraform::{
    evaluation::{computed_attribute, name_attribute},
    language::{Fault, Value},
};

/// The largest number of modules between a reference and its resource.
const MAX_DEPTH: u32 = 20;

/// The configuration of a plan, which has the references between resources.
pub(super) struct References<'s> {
    root: &'s ConfiguredModule,
    shown: &'s [InModule<'s>],
}

impl<'s> References<'s> {
    pub(super) fn new(root: &'s ConfiguredModule, shown: &'s [InModule<'s>]) -> Self {
        Self { root, shown }
    }

    /// Returns the expressions of a resource.
    pub(super) fn expressions(&self, shown: &InModule<'_>) -> &'s Json {
        let module = self.module(shown.module);
        let address = base_address(shown.resource);
        let resources = module.into_iter().flat_map(|module| &module.resources);
        let resource = resources.into_iter().find(|resource| resource.address == address);
        resource.map_or(&Json::Null, |resource| &resource.expressions)
    }

    /// Returns the ARN that one of the references names.
    pub(super) fn resolve(&self, shown: &InModule<'_>, references: &[&str]) -> Option<Value> {
        self.resolve_in(shown.module, shown.resource.index.as_ref(), references, 0)
    }

    fn resolve_in(
        &self,
        module: &str,
        index: Option<&Json>,
        references: &[&str],
        depth: u32,
    ) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        references.iter().find_map(|reference| {
            let parts: Vec<&str> = reference.split('.').collect();
            match parts.as_slice() {
                ["var", name, ..] => {
                    let (caller, call) = split_module(module)?;
                    let call = self.module(caller)?.module_calls.get(call)?;
                    self.resolve_in(caller, None, &names(&call.expressions[*name]), depth + 1)
                }
                ["module", call, output, ..] => {
                    let called = self.module(module)?.module_calls.get(without_index(call))?;
                    let output = &called.module.outputs.get(*output)?.expression;
                    let called = match module {
                        "" => format!("module.{call}"),
                        module => format!("{module}.module.{call}"),
                    };
                    self.resolve_in(&called, None, &names(output), depth + 1)
                }
                [kind, name, attribute] => self.arn(module, index, kind, name, attribute),
                _ => None,
            }
        })
    }

    /// Returns the ARN of a resource of a module. An index in the reference, or else the index of the
    /// referring resource, selects one of several instances.
    fn arn(
        &self,
        module: &str,
        index: Option<&Json>,
        kind: &str,
        name: &str,
        attribute: &str,
    ) -> Option<Value> {
        let wanted = name.split_once('[').map(|(_, index)| index.trim_end_matches(']'));
        let is_named = |it: &&InModule<'_>| {
            it.module == module
                && it.resource.kind == kind
                && it.resource.name == without_index(name)
        };
        let found: Vec<_> = self.shown.iter().filter(is_named).collect();
        let is_wanted = |it: &&&InModule<'_>| match (wanted, &it.resource.index) {
            (Some(wanted), Some(index)) => {
                serde_json::from_str(wanted).is_ok_and(|it: Json| it == *index)
            }
            (None, Some(own)) => Some(own) == index,
            (_, None) => false,
        };
        let resource = match found.as_slice() {
            [only] => only.resource,
            several => several.iter().find(is_wanted)?.resource,
        };
        self.attribute_arn(module, resource, attribute)
    }

    fn attribute_arn(
        &self,
        module: &str,
        resource: &'s ShownResource,
        attribute: &str,
    ) -> Option<Value> {
        let known = &resource.values[attribute];
        let value = match known.as_str() {
            Some(text) => Value::from(text),
            None => {
                let of_name = |name: &str| Ok::<_, Fault>(self.known(module, resource, name));
                computed_attribute(&resource.kind, attribute, &of_name).ok()??
            }
        };
        value.to_text().filter(|text| text.starts_with("arn:")).map(Value::Text)
    }

    /// Returns a known attribute, or the name of the block for an unknown name. For the unknown function of
    /// an alias, returns the ARN of the function.
    fn known(&self, module: &str, resource: &'s ShownResource, attribute: &str) -> Value {
        if let Some(text) = resource.values[attribute].as_str() {
            return Value::from(text);
        }
        if name_attribute(&resource.kind) == Some(attribute) {
            return Value::from(resource.name.as_str());
        }
        // The function of an alias is a reference to its name or its ARN.
        let shown = InModule { module, resource };
        let expression = &self.expressions(&shown)[attribute];
        let functions = names(expression);
        let function = functions.iter().find_map(|it| it.strip_prefix("aws_lambda_function."));
        let name = function.and_then(|it| it.split('.').next()).unwrap_or_default();
        let arn = self.arn(module, resource.index.as_ref(), "aws_lambda_function", name, "arn");
        arn.unwrap_or(Value::Null)
    }

    /// Returns the configuration of the module with this address.
    fn module(&self, address: &str) -> Option<&'s ConfiguredModule> {
        let mut module = self.root;
        for name in address.split("module.").skip(1) {
            let name = without_index(name.trim_end_matches('.'));
            module = &module.module_calls.get(name)?.module;
        }
        Some(module)
    }
}

/// Returns the names in the references of an expression.
fn names(expression: &Json) -> Vec<&str> {
    let references = expression["references"].as_array();
    references.into_iter().flatten().filter_map(Json::as_str).collect()
}

/// Returns the address of a resource inside its module, without its index.
fn base_address(resource: &ShownResource) -> String {
    let prefix = if resource.mode == "data" { "data." } else { "" };
    format!("{prefix}{}.{}", resource.kind, resource.name)
}

fn without_index(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// Splits the address of a module into the address of its caller and the name of the call.
fn split_module(address: &str) -> Option<(&str, &str)> {
    let (caller, call) = address.rsplit_once("module.")?;
    Some((caller.trim_end_matches('.'), without_index(call)))
}
