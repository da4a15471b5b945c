use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

/// The parts of the output that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowOutput {
    /// The values of a state.
    pub values: Option<Values>,
    /// The values after the plan.
    pub planned_values: Option<Values>,
    /// The state before the plan, which has the data sources.
    pub prior_state: Option<PriorState>,
    pub resource_changes: Vec<ResourceChange>,
    pub configuration: ShownConfiguration,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PriorState {
    pub values: Option<Values>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Values {
    pub root_module: ShownModule,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShownModule {
    pub address: String,
    pub resources: Vec<ShownResource>,
    pub child_modules: Vec<Self>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShownResource {
    pub address: String,
    pub mode: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    pub index: Option<Json>,
    pub values: Json,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ResourceChange {
    pub address: String,
    pub change: Change,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    /// The marks of the unknown values: nested like the values, with `true` in place of each unknown value.
    pub after_unknown: Json,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShownConfiguration {
    pub root_module: ConfiguredModule,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfiguredModule {
    pub resources: Vec<ConfiguredResource>,
    pub module_calls: BTreeMap<String, ConfiguredCall>,
    pub outputs: BTreeMap<String, ConfiguredOutput>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfiguredResource {
    /// The address inside the module.
    pub address: String,
    pub expressions: Json,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfiguredCall {
    pub expressions: Json,
    pub module: ConfiguredModule,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfiguredOutput {
    pub expression: Json,
}

/// A resource of the output, and the address of its module.
pub(super) struct InModule<'s> {
    pub module: &'s str,
    pub resource: &'s ShownResource,
}
