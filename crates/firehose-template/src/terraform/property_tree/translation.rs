use std::collections::BTreeMap;

use super::{
    known_arns::KnownArns,
    names::{Target, buffering_defaults, camel_case, target},
};
use crate::{
    cloudformation::evaluator::{Addresses, Node},
    terraform::language::{Fault, Value},
};

/// The properties of a mapping.
pub(super) type Properties = Vec<(String, Node)>;

/// The translation of one configuration.
#[derive(Debug)]
pub(super) struct Translation<'a> {
    pub addresses: Addresses,
    pub known_arns: &'a KnownArns,
}

impl Translation<'_> {
    /// Translates the arguments and the nested blocks of a block. `path` is the path of the block.
    pub(super) fn block(
        &mut self,
        block: &str,
        values: &BTreeMap<String, Value>,
        path: &str,
    ) -> Properties {
        let mut properties = Properties::new();
        for (name, value) in with_defaults(block, values) {
            if is_unset(&value) {
                continue;
            }
            let argument = format!("{path}.{name}");
            let property =
                |named: Option<&str>| named.map_or_else(|| camel_case(&name), str::to_owned);
            match place(block, &name, &value) {
                Target::Ignored => {}
                Target::Property(named) => {
                    let property = property(named);
                    self.addresses.add(path, &property, argument.clone());
                    properties.push((property, self.argument(&name, &value, &argument)));
                }
                Target::Nested(mapping, of, property) => {
                    let mapping_path = format!("{path}.{of}");
                    self.addresses.add(path, mapping, mapping_path.clone());
                    self.addresses.add(&mapping_path, property, argument.clone());
                    let node = self.argument(&name, &value, &argument);
                    let nested = properties.iter_mut().find(|(key, _)| key == mapping);
                    match nested {
                        Some((_, Node::Map(entries))) => entries.push((property.to_owned(), node)),
                        _ => {
                            let entries = vec![(property.to_owned(), node)];
                            properties.push((mapping.to_owned(), Node::Map(entries)));
                        }
                    }
                }
                Target::Block(named) => {
                    let property = property(named);
                    let block_path = format!("{argument}[0]");
                    self.addresses.add(path, &property, block_path.clone());
                    let node = match one(&value) {
                        Ok(Some(values)) => Node::Map(self.block(&name, values, &block_path)),
                        Ok(None) => node(&value),
                        Err(fault) => node(&Value::rejected(fault)),
                    };
                    properties.push((property, node));
                }
                Target::Blocks(named) => {
                    let property = property(named);
                    self.addresses.add(path, &property, argument.clone());
                    let nodes = match &value {
                        Value::List(items) => Node::List(self.blocks(&name, items, &argument)),
                        Value::Map(_) => {
                            Node::List(self.blocks(&name, std::slice::from_ref(&value), &argument))
                        }
                        other => node(other),
                    };
                    properties.push((property, nodes));
                }
            }
        }
        properties
    }

    fn blocks(&mut self, name: &str, items: &[Value], path: &str) -> Vec<Node> {
        let translate = |(index, item): (usize, &Value)| match item {
            Value::Map(values) => Node::Map(self.block(name, values, &format!("{path}[{index}]"))),
            other => node(other),
        };
        items.iter().enumerate().map(translate).collect()
    }

    /// Translates an argument. Its inner values keep their keys.
    fn argument(&mut self, name: &str, value: &Value, path: &str) -> Node {
        if let Value::Map(entries) = value {
            for key in entries.keys() {
                self.addresses.add(path, key, format!("{path}.{key}"));
            }
        }
        match value {
            Value::Text(text) if name.ends_with("_arn") || name == "parameter_value" => {
                Node::Scalar(self.known_arns.localized(text))
            }
            other => node(other),
        }
    }
}

/// Returns the place of an argument or a nested block. A block that the table does not have is a nested
/// block that occurs once, or several times, as the value shows.
fn place(block: &str, name: &str, value: &Value) -> Target {
    let is_block = |item: &Value| matches!(item, Value::Map(_));
    match (target(block, name), value) {
        (Target::Property(None), Value::List(items)) if items.iter().all(is_block) => {
            if items.len() == 1 { Target::Block(None) } else { Target::Blocks(None) }
        }
        (target, _) => target,
    }
}

/// Returns the arguments with the provider's defaults for arguments that CloudFormation requires: both
/// buffering hints if the block has one of them, and the type of Splunk's endpoint.
fn with_defaults(block: &str, values: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let mut values = values.clone();
    let (size, interval) = buffering_defaults(block);
    for prefix in ["buffering", "buffer"] {
        let names = [format!("{prefix}_size"), format!("{prefix}_interval")];
        let is_set = |name: &String| values.get(name).is_some_and(|value| !is_unset(value));
        if names.iter().any(is_set) {
            for (name, default) in names.into_iter().zip([size, interval]) {
                let value = values.entry(name).or_insert(Value::Null);
                if is_unset(value) {
                    *value = Value::Number(default.into());
                }
            }
        }
    }
    if block == "splunk_configuration" {
        let value = values.entry("hec_endpoint_type".to_owned()).or_insert(Value::Null);
        if is_unset(value) {
            *value = Value::Text("Raw".into());
        }
    }
    values
}

/// Returns `true` for a value that Terraform does not send: `null`, an empty text, or an empty list.
pub(super) fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(_) | Value::Bool(_) | Value::Number(_) | Value::Unknown(_) => false,
    }
}

/// Returns the arguments of a block that occurs at most once. Returns `None` for a value that is not
/// a block, and a fault for several blocks.
pub(super) fn one(value: &Value) -> Result<Option<&BTreeMap<String, Value>>, Fault> {
    match value {
        Value::Map(values) => Ok(Some(values)),
        Value::List(items) => match items.as_slice() {
            [Value::Map(values)] => Ok(Some(values)),
            [_, _, ..] => Err(Fault::new("the block occurs several times; remove one of them")),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Translates a value that is not a block.
pub(super) fn node(value: &Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
            Node::Scalar(value.to_text().unwrap_or_default())
        }
        Value::List(items) => Node::List(items.iter().map(node).collect()),
        Value::Map(entries) => {
            Node::Map(entries.iter().map(|(key, value)| (key.clone(), node(value))).collect())
        }
        Value::Unknown(unknown) => Node::Unresolved(unknown.clone()),
    }
}
