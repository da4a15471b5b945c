use firehose_transforms::jq::JqFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error};

/// A jq filter.
#[derive(Debug, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct FilterText(pub(crate) JqFilter);

impl<'de> Deserialize<'de> for FilterText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        JqFilter::new(&text).map(Self).map_err(D::Error::custom)
    }
}
