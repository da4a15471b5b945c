use std::collections::BTreeMap;

use crate::{
    cloudformation::evaluator::{Mapping, ResolvedValue},
    error::TemplateError,
};

/// A parameter of a processor.
#[derive(Debug)]
pub(super) struct Parameter<'a> {
    /// The mapping with the key `ParameterValue`.
    pub(super) mapping: Mapping<'a>,
    /// The value, or the error of a value that only a deployed stack has.
    pub(super) value: Result<ResolvedValue<'a>, TemplateError>,
}

/// Reads a list of `ParameterName` and `ParameterValue` pairs. `known` has the names of the
/// parameters of a processor of this kind.
pub(super) fn read_parameters<'a>(
    list: &ResolvedValue<'a>,
    kind: &str,
    known: &[&str],
) -> Result<BTreeMap<String, Parameter<'a>>, TemplateError> {
    let mut parameters = BTreeMap::new();
    for parameter in list.items()? {
        let parameter = parameter.mapping()?;
        let name = parameter.require("ParameterName")?;
        let value = match parameter.require("ParameterValue") {
            // A value that only a deployed stack has is an error only if code reads the value.
            Err(error) if error.undeployed_value().is_none() => return Err(error),
            value => value,
        };
        let text = name.text()?;
        if !known.contains(&text.as_str()) {
            let reason = format!("the parameter {text} of a {kind} processor is unknown");
            return Err(name.not_simulated(reason));
        }
        let value = value.map(|value| value.with_label(&text));
        let parameter = Parameter { mapping: parameter, value };
        if parameters.insert(text.clone(), parameter).is_some() {
            return Err(name.wrong(format!("the parameter {text} occurs twice; remove one")));
        }
    }
    Ok(parameters)
}
