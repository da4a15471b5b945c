use std::collections::BTreeMap;

use hcl_edit::structure::{Block, Body, Structure};

use super::{evaluator::Evaluator, module_scope::ModuleScope};
use crate::terraform::language::{Bindings, Value, evaluate};

impl<'a> Evaluator<'a> {
    /// Returns the arguments of a body, and its nested blocks as lists of maps. Expands `dynamic` blocks.
    /// An argument that Terraform rejects becomes an unknown value.
    pub(super) fn body_values(
        &self,
        body: &Body,
        scope: &ModuleScope<'_, 'a>,
        bindings: &Bindings,
    ) -> BTreeMap<String, Value> {
        let mut values = BTreeMap::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let value = evaluate(&attribute.value, scope, bindings);
                    let value = value.unwrap_or_else(Value::rejected);
                    values.insert(attribute.key.as_str().to_owned(), value);
                }
                Structure::Block(block) if block.has_ident("dynamic") => {
                    self.expand_dynamic(block, scope, bindings, &mut values);
                }
                // The nesting of blocks is bounded, because the nesting of a file is bounded.
                Structure::Block(block) => {
                    let inner = Value::Map(self.body_values(&block.body, scope, bindings));
                    add_block(&mut values, block.ident.as_str(), inner);
                }
            }
        }
        values
    }

    /// Adds the blocks of `dynamic "name" { for_each, iterator, content }`.
    fn expand_dynamic(
        &self,
        block: &Block,
        scope: &ModuleScope<'_, 'a>,
        bindings: &Bindings,
        values: &mut BTreeMap<String, Value>,
    ) {
        let (Some(name), Some(content), Some(for_each)) = (
            block.labels.first().map(|label| label.as_str()),
            block.body.get_blocks("content").next(),
            block.body.get_attribute("for_each"),
        ) else {
            return;
        };
        let iterator = block.body.get_attribute("iterator").and_then(|it| it.value.as_variable());
        let iterator = iterator.map_or(name, |iterator| iterator.as_str());
        let collection = match evaluate(&for_each.value, scope, bindings) {
            Ok(collection) => collection,
            Err(fault) => Value::rejected(fault),
        };
        let items: Vec<(Value, Value)> = match collection {
            Value::Map(entries) => {
                entries.into_iter().map(|(key, value)| (Value::Text(key), value)).collect()
            }
            Value::List(items) => {
                let keys = (0_u32..).map(|index| Value::Number(f64::from(index)));
                keys.zip(items).collect()
            }
            unknown @ Value::Unknown(_) => {
                values.insert(name.to_owned(), unknown);
                return;
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => return,
        };
        for (key, value) in items {
            if self.budget.spend(value.size()).is_err() {
                return;
            }
            let entries = [("key".to_owned(), key), ("value".to_owned(), value)];
            let inner = bindings.with(iterator, Value::Map(entries.into()));
            let block = Value::Map(self.body_values(&content.body, scope, &inner));
            add_block(values, name, block);
        }
    }
}

fn add_block(values: &mut BTreeMap<String, Value>, name: &str, block: Value) {
    let blocks = values.entry(name.to_owned()).or_insert_with(|| Value::List(Vec::new()));
    if let Value::List(blocks) = blocks {
        blocks.push(block);
    }
}
