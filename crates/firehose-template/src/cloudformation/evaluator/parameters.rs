use std::collections::BTreeMap;

use super::node::{Node, entry};
use crate::error::TemplateError;

/// What a parameter stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<String>),
    /// It has no value, for this reason. That is an error only where it is used.
    Missing(String),
}

/// Reads the parameters, with values that take the place of their defaults.
pub(crate) fn read<'a>(
    declarations: &'a [(String, Node)],
    overrides: &BTreeMap<String, String>,
) -> Result<BTreeMap<&'a str, Value>, TemplateError> {
    if let Some(name) = overrides.keys().find(|name| entry(declarations, name).is_none()) {
        let known: Vec<&str> = declarations.iter().map(|(name, _)| name.as_str()).collect();
        let reason = match known.as_slice() {
            [] => format!("the template has no parameter {name}, and no other"),
            _ => format!("the template has no parameter {name}; it has {}", known.join(", ")),
        };
        return Err(TemplateError::wrong("Parameters", reason));
    }
    let mut values = BTreeMap::new();
    for (name, declaration) in declarations {
        let path = format!("Parameters.{name}");
        let fields = declaration
            .entries()
            .ok_or_else(|| TemplateError::wrong(path.as_str(), "is no mapping"))?;
        let value = value(name, &path, fields, overrides.get(name))?;
        values.insert(name.as_str(), value);
    }
    Ok(values)
}

fn value(
    name: &str,
    path: &str,
    fields: &[(String, Node)],
    given: Option<&String>,
) -> Result<Value, TemplateError> {
    let kind = scalar(fields, "Type").unwrap_or("String");
    let is_list = kind == "CommaDelimitedList" || kind.contains("List<");
    let text = match (given, scalar(fields, "Default")) {
        (Some(text), _) => {
            check(path, kind, fields, text)?;
            text.as_str()
        }
        (None, _) if kind.starts_with("AWS::SSM::Parameter::Value<") => {
            return Ok(Value::Missing(format!(
                "the value of the parameter {name} is in the parameter store of AWS; \
                 give it with --parameter {name}=VALUE"
            )));
        }
        (None, Some(default)) => default,
        (None, None) => {
            return Ok(Value::Missing(format!(
                "the parameter {name} has no default; give it a value with \
                 --parameter {name}=VALUE"
            )));
        }
    };
    Ok(if is_list {
        Value::List(text.split(',').map(|item| item.trim().to_owned()).collect())
    } else {
        Value::Text(text.to_owned())
    })
}

/// Whether AWS would take a value, as far as can be said without `AllowedPattern`.
fn check(
    path: &str,
    kind: &str,
    fields: &[(String, Node)],
    text: &str,
) -> Result<(), TemplateError> {
    let wrong = |reason: String| Err(TemplateError::wrong(path, reason));
    if let Some(Node::List(allowed)) = entry(fields, "AllowedValues") {
        let allowed: Vec<&str> = allowed.iter().filter_map(as_scalar).collect();
        if !allowed.contains(&text) {
            return wrong(format!("{text} is not one of its values: {}", allowed.join(", ")));
        }
    }
    let limit = |key: &str| scalar(fields, key).and_then(|limit| limit.parse::<f64>().ok());
    let (what, size, least, most) = if kind == "Number" {
        let Ok(number) = text.parse::<f64>() else {
            return wrong(format!("{text} is no number"));
        };
        ("", number, limit("MinValue"), limit("MaxValue"))
    } else {
        let characters = f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
        ("the length of ", characters, limit("MinLength"), limit("MaxLength"))
    };
    match (least, most) {
        (Some(least), _) if size < least => {
            wrong(format!("{what}{text} is under its minimum, {least}"))
        }
        (_, Some(most)) if size > most => {
            wrong(format!("{what}{text} is over its maximum, {most}"))
        }
        _ => Ok(()),
    }
}

fn scalar<'a>(fields: &'a [(String, Node)], key: &str) -> Option<&'a str> {
    entry(fields, key).and_then(as_scalar)
}

fn as_scalar(node: &Node) -> Option<&str> {
    if let Node::Scalar(text) = node { Some(text) } else { None }
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

    fn given(name: &str, value: &str) -> Result<Value, TemplateError> {
        let declarations = Node::parse(DECLARATIONS).unwrap();
        let overrides = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        read(declarations.entries().unwrap(), &overrides).map(|values| values[name].clone())
    }

    #[test]
    fn a_parameter_has_its_default_or_what_it_is_given() {
        let declarations = Node::parse(DECLARATIONS).unwrap();
        let values = read(declarations.entries().unwrap(), &BTreeMap::new()).unwrap();
        assert_eq!(values["Size"], Value::Text("5".to_owned()));
        assert_eq!(values["Zones"], Value::List(vec!["a".to_owned(), "b".to_owned()]));
        assert!(matches!(values["Code"], Value::Missing(_)));
        assert!(matches!(values["Image"], Value::Missing(_)));
        assert_eq!(given("Size", "9").unwrap(), Value::Text("9".to_owned()));
    }

    #[test]
    fn a_value_that_aws_would_refuse_is_an_error() {
        let errors = [
            given("Size", "10"),
            given("Size", "0"),
            given("Size", "many"),
            given("Stage", "prod"),
            given("Code", "x"),
            given("Cod", "xx"),
        ];
        let errors = errors.map(|error| error.unwrap_err().to_string()).join("\n");
        insta::assert_snapshot!(errors, @r"
        Parameters.Size: 10 is over its maximum, 9
        Parameters.Size: 0 is under its minimum, 1
        Parameters.Size: many is no number
        Parameters.Stage: prod is not one of its values: test, live
        Parameters.Code: the length of x is under its minimum, 2
        Parameters: the template has no parameter Cod; it has Size, Stage, Code, Zones, Image
        ");
    }
}
