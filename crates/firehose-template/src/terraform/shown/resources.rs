use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    planned_values::known_and_unknown,
    references::References,
    show_output::{InModule, ShowOutput, ShownModule, ShownResource},
};
use crate::{
    cloudformation::evaluator::Unresolved,
    error::TemplateError,
    terraform::{
        evaluation::name_attribute,
        language::{Value, functions::from_json},
        property_tree::is_read,
        terraform_resource::{Attributes, TerraformResource},
    },
};

/// Reads the resources of an output of `terraform show -json`.
///
/// An unknown ARN of a plan becomes the ARN of the resource to which the configuration refers.
///
/// # Errors
///
/// If the text is not such an output.
pub(crate) fn read_resources(text: &str) -> Result<Vec<TerraformResource>, TemplateError> {
    let output: ShowOutput = serde_json::from_str(text).map_err(|error| {
        TemplateError::wrong("", format!("not the output of `terraform show -json`: {error}"))
    })?;
    let mut shown = Vec::new();
    let planned = output.planned_values.as_ref().or(output.values.as_ref());
    let prior = output.prior_state.as_ref().and_then(|state| state.values.as_ref());
    if let Some(values) = planned {
        add_module(&values.root_module, &mut shown);
    }
    let planned_count = shown.len();
    if let Some(values) = prior {
        add_module(&values.root_module, &mut shown);
    }
    // Ignore the earlier state, except its data sources.
    let mut index = 0;
    shown.retain(|it| {
        index += 1;
        index <= planned_count || it.resource.mode == "data"
    });
    let unknown: BTreeMap<&str, &Json> = output
        .resource_changes
        .iter()
        .map(|change| (change.address.as_str(), &change.change.after_unknown))
        .collect();
    let references = References::new(&output.configuration.root_module, &shown);
    let is_read = |it: &&InModule<'_>| is_read(&it.resource.kind);
    Ok(shown
        .iter()
        .filter(is_read)
        .map(|it| terraform_resource(it, &unknown, &references))
        .collect())
}

fn add_module<'s>(module: &'s ShownModule, to: &mut Vec<InModule<'s>>) {
    let resources = module.resources.iter();
    to.extend(resources.map(|resource| InModule { module: &module.address, resource }));
    // The nesting is bounded, because the nesting of the JSON is bounded.
    module.child_modules.iter().for_each(|child| add_module(child, to));
}

fn terraform_resource(
    shown: &InModule<'_>,
    unknown: &BTreeMap<&str, &Json>,
    references: &References<'_>,
) -> TerraformResource {
    let ShownResource { address, mode, kind, name, values, .. } = shown.resource;
    let unknown = unknown.get(address.as_str()).copied().unwrap_or(&Json::Null);
    let expressions = references.expressions(shown);
    let resolve = |names: &[&str]| references.resolve(shown, names);
    let merged = known_and_unknown(values, unknown, expressions, address, &resolve);
    let mut attributes = match merged {
        Value::Map(entries) => entries,
        _ => match from_json(values.clone()) {
            Value::Map(entries) => entries,
            _ => BTreeMap::new(),
        },
    };
    if let Some(attribute) = name_attribute(kind) {
        let named = match attributes.remove(attribute) {
            None | Some(Value::Null) => Value::from(name.as_str()),
            Some(Value::Unknown(unknown)) => {
                let placeholder = Some(name.clone());
                Value::Unknown(Box::new(Unresolved { placeholder, ..*unknown }))
            }
            Some(known) => known,
        };
        attributes.insert(attribute.to_owned(), named);
    }
    TerraformResource {
        address: address.clone(),
        is_data: mode == "data",
        kind: kind.clone(),
        name: name.clone(),
        attributes: Attributes::Known(attributes),
    }
}
