use std::collections::BTreeMap;

use super::node::{Node, entry};
use crate::error::TemplateError;

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ParameterValue {
    Text(String),
    List(Vec<String>),
    /// A missing value, which is an error only where the value is used.
    Missing {
        reason: String,
        /// `true` if the value is in the Systems Manager Parameter Store.
        is_stored: bool,
    },
}

/// Reads the section `Parameters`. `given` values replace the defaults.
pub(super) fn read<'a>(
    declarations: &'a [(String, Node)],
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<&'a str, ParameterValue>, TemplateError> {
    if let Some(name) = given.keys().find(|name| entry(declarations, name).is_none()) {
        let known: Vec<&str> = declarations.iter().map(|(name, _)| name.as_str()).collect();
        let reason = match known.as_slice() {
            [] => format!("the template has no parameters; remove the value of {name}"),
            _ => format!(
                "the template has no parameter {name}; its parameters are {}",
                known.join(", ")
            ),
        };
        return Err(TemplateError::wrong("Parameters", reason));
    }
    let mut values = BTreeMap::new();
    for (name, declaration) in declarations {
        let path = format!("Parameters.{name}");
        let properties = declaration
            .entries()
            .ok_or_else(|| TemplateError::wrong(path.as_str(), "must be a mapping"))?;
        values.insert(name.as_str(), value(name, &path, properties, given.get(name))?);
    }
    Ok(values)
}

fn value(
    name: &str,
    path: &str,
    properties: &[(String, Node)],
    given: Option<&String>,
) -> Result<ParameterValue, TemplateError> {
    let kind = scalar(properties, "Type").unwrap_or("String");
    let is_list = kind == "CommaDelimitedList" || kind.contains("List<");
    let text = match (given, scalar(properties, "Default")) {
        (Some(text), _) => {
            check(path, kind, properties, text)?;
            text.as_str()
        }
        (None, _) if kind.starts_with("AWS::SSM::Parameter::Value<") => {
            let reason = format!(
                "the value of the parameter {name} is in the Systems Manager Parameter Store; give \
                 the parameter a value"
            );
            return Ok(ParameterValue::Missing { reason, is_stored: true });
        }
        (None, Some(default)) => default,
        (None, None) => {
            let mut reason = format!("the parameter {name} has no default and no value");
            if let Some(allowed) = allowed_values(properties) {
                reason.push_str(&format!("; it allows {allowed}"));
            }
            return Ok(ParameterValue::Missing { reason, is_stored: false });
        }
    };
    Ok(if is_list {
        ParameterValue::List(text.split(',').map(|item| item.trim().to_owned()).collect())
    } else {
        ParameterValue::Text(text.to_owned())
    })
}

/// Checks a given value against all rules of its declaration except `AllowedPattern`.
fn check(
    path: &str,
    kind: &str,
    properties: &[(String, Node)],
    text: &str,
) -> Result<(), TemplateError> {
    let wrong = |reason: String| Err(TemplateError::wrong(path, reason));
    if let Some(Node::List(allowed)) = entry(properties, "AllowedValues") {
        let allowed: Vec<&str> = allowed.iter().filter_map(Node::as_scalar).collect();
        if !allowed.contains(&text) {
            return wrong(format!("`{text}` is not in AllowedValues: {}", allowed.join(", ")));
        }
    }
    let (subject, size, min, max) = if kind == "Number" {
        let Ok(number) = text.parse::<f64>() else {
            return wrong(format!("`{text}` is not a number"));
        };
        (text.to_owned(), number, "MinValue", "MaxValue")
    } else {
        let characters = f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
        (format!("the length of `{text}`"), characters, "MinLength", "MaxLength")
    };
    let limit = |key: &str| scalar(properties, key).and_then(|limit| limit.parse::<f64>().ok());
    match (limit(min), limit(max)) {
        (Some(least), _) if size < least => {
            wrong(format!("{subject} is less than the {min} of {least}"))
        }
        (_, Some(most)) if size > most => {
            wrong(format!("{subject} is greater than the {max} of {most}"))
        }
        _ => Ok(()),
    }
}

/// Returns the first values that a parameter allows, as a list for a message. Returns `None` if the
/// template allows any value.
pub(super) fn allowed_values(declaration: &[(String, Node)]) -> Option<String> {
    const SHOWN: usize = 10;
    let Some(Node::List(allowed)) = entry(declaration, "AllowedValues") else { return None };
    let allowed: Vec<&str> = allowed.iter().filter_map(Node::as_scalar).collect();
    let shown = allowed.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match allowed.len().saturating_sub(SHOWN) {
        0 if allowed.is_empty() => None,
        0 => Some(shown),
        more => Some(format!("{shown} and {more} more")),
    }
}

fn scalar<'a>(properties: &'a [(String, Node)], key: &str) -> Option<&'a str> {
    entry(properties, key).and_then(Node::as_scalar)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARATIONS: &str = "
Size: {Type: Number, Default: 5, MinValue: 1, MaxValue: 9}
Stage: {Type: String, Default: test, AllowedValues: [test, live]}
Code: {Type: String, MinLength: 2, MaxLength: 3}
Zones: {Type: CommaDelimitedList, Default: 'a, b'}
Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /image}
";

    fn give(name: &str, value: &str) -> Result<ParameterValue, TemplateError> {
        let (declarations, _) = Node::parse(DECLARATIONS).unwrap();
        let given = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        read(declarations.entries().unwrap(), &given).map(|values| values[name].clone())
    }

    #[test]
    fn a_given_value_replaces_the_default() {
        let (declarations, _) = Node::parse(DECLARATIONS).unwrap();
        let values = read(declarations.entries().unwrap(), &BTreeMap::new()).unwrap();
        assert_eq!(values["Size"], ParameterValue::Text("5".to_owned()));
        assert_eq!(values["Zones"], ParameterValue::List(vec!["a".to_owned(), "b".to_owned()]));
        assert!(matches!(values["Code"], ParameterValue::Missing { .. }));
        assert!(matches!(values["Image"], ParameterValue::Missing { .. }));
        assert_eq!(give("Size", "9").unwrap(), ParameterValue::Text("9".to_owned()));
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error() {
        let errors = [
            give("Size", "10"),
            give("Size", "0"),
            give("Size", "many"),
            give("Stage", "prod"),
            give("Code", "x"),
            give("Code", "four"),
            give("Cod", "xx"),
        ];
        let errors = errors.map(|error| error.unwrap_err().to_string()).join("\n");
        insta::assert_snapshot!(errors, @r"
        Parameters.Size: 10 is greater than the MaxValue of 9
        Parameters.Size: 0 is less than the MinValue of 1
        Parameters.Size: `many` is not a number
        Parameters.Stage: `prod` is not in AllowedValues: test, live
        Parameters.Code: the length of `x` is less than the MinLength of 2
        Parameters.Code: the length of `four` is greater than the MaxLength of 3
        Parameters: the template has no parameter Cod; its parameters are Size, Stage, Code, Zones, Image
        ");
    }
}
