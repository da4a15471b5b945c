use std::collections::BTreeMap;

use bytes::Bytes;
use firehose_core::BoxError;
use firehose_transforms::jq::JqFilter;

use crate::items::item::Item;

/// The filters that compute the partition keys of an item.
#[derive(Debug)]
pub(crate) struct PartitionKeys(BTreeMap<String, JqFilter>);

impl PartitionKeys {
    pub(crate) fn new(filters: BTreeMap<String, JqFilter>) -> Self {
        Self(filters)
    }

    /// Computes the partition keys of an item.
    pub(super) fn of(&self, item: &Item) -> Result<BTreeMap<String, String>, BoxError> {
        let mut keys = BTreeMap::new();
        if self.0.is_empty() {
            return Ok(keys);
        }
        let json = item.as_json()?;
        for (name, filter) in &self.0 {
            let named = |error: BoxError| format!("partition key {name}: {error}");
            let outputs = filter.run(&json).map_err(|error| named(error.into()))?;
            let value = outputs.first().ok_or("the filter has no output");
            let value = value.map_err(|error| named(error.into()))?;
            keys.insert(name.clone(), key_text(value).map_err(|error| named(error.into()))?);
        }
        Ok(keys)
    }
}

/// Returns the value of a key: a string without its quotes, or a number or boolean as it is written.
fn key_text(json: &Bytes) -> Result<String, &'static str> {
    match json.first() {
        Some(b'"') => {
            let text = serde_json::from_slice::<String>(json);
            let text = text.map_err(|_| "the value has half of a surrogate pair")?;
            if text.is_empty() { Err("the value is empty") } else { Ok(text) }
        }
        Some(b'{') => Err("the value is an object; it must be a text, a number or a boolean"),
        Some(b'[') => Err("the value is an array; it must be a text, a number or a boolean"),
        Some(b'n') | None => Err("the value is null or missing"),
        Some(_) => Ok(String::from_utf8_lossy(json).into_owned()),
    }
}
