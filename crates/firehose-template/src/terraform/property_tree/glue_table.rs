use std::collections::BTreeMap;

use super::translation::{Properties, Translation, is_unset, node, one};
use crate::{cloudformation::evaluator::Node, terraform::language::Value};

/// Translates an `aws_glue_catalog_table`: its names and its columns.
pub(super) fn translate(
    values: &BTreeMap<String, Value>,
    path: &str,
    translation: &mut Translation<'_>,
) -> Properties {
    let mut input = Properties::new();
    if let Some(name) = values.get("name") {
        input.push(("Name".to_owned(), node(name)));
    }
    if let Some(Ok(Some(storage))) = values.get("storage_descriptor").map(one) {
        let columns = storage.get("columns").map(columns).unwrap_or_default();
        let storage_path = format!("{path}.storage_descriptor[0]");
        translation.addresses.add(path, "StorageDescriptor", storage_path);
        let storage = vec![("Columns".to_owned(), Node::List(columns))];
        input.push(("StorageDescriptor".to_owned(), Node::Map(storage)));
    }
    if let Some(keys) = values.get("partition_keys") {
        input.push(("PartitionKeys".to_owned(), Node::List(columns(keys))));
    }
    translation.addresses.add(path, "TableInput", path.to_owned());
    let mut properties = Properties::new();
    if let Some(database) = values.get("database_name").filter(|value| !is_unset(value)) {
        properties.push(("DatabaseName".to_owned(), node(database)));
    }
    properties.push(("TableInput".to_owned(), Node::Map(input)));
    properties
}

/// Translates `columns` or `partition_keys` blocks.
fn columns(value: &Value) -> Vec<Node> {
    let Value::List(items) = value else { return vec![node(value)] };
    let column = |item: &Value| match item {
        Value::Map(values) => {
            let named = [("name", "Name"), ("type", "Type")];
            let known = named.iter().filter_map(|(argument, property)| {
                let value = values.get(*argument).filter(|value| !is_unset(value))?;
                Some(((*property).to_owned(), node(value)))
            });
            Node::Map(known.collect())
        }
        other => node(other),
    };
    items.iter().map(column).collect()
}
