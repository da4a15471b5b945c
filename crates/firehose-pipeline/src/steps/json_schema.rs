use firehose_core::{BoxError, Record};
use firehose_transforms::filter::{self, OnReject};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::step_options::StepOptions;
use crate::items::{
    item::Item,
    item_kind::ItemKind,
    step::{ItemStep, Next},
};

/// A JSON Schema that items must satisfy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JsonSchemaOptions {
    /// The schema.
    schema: Map<String, Value>,
    /// The treatment of an item that does not satisfy the schema. Default: `drop`.
    #[serde(default)]
    on_reject: OnReject,
}

impl StepOptions for JsonSchemaOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let schema = filter::JsonSchema::new(&Value::from(self.schema).to_string())?;
        Ok(Box::new(JsonSchemaStep { schema, on_reject: self.on_reject }))
    }
}

#[derive(Debug)]
struct JsonSchemaStep {
    schema: filter::JsonSchema,
    on_reject: OnReject,
}

impl ItemStep for JsonSchemaStep {
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str> {
        if input == ItemKind::Json { Ok(input) } else { Err("reads JSON") }
    }

    fn apply(&self, _: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError> {
        if self.on_reject.passes(self.schema.check(&item.data))? { next(item) } else { Ok(()) }
    }
}
