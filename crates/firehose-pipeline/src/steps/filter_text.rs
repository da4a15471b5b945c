use std::fmt;

use firehose_transforms::jq::JqFilter;
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// A jq filter.
#[derive(Debug, JsonSchema)]
#[schemars(with = "String")]
pub(crate) struct FilterText(pub(crate) JqFilter);

impl<'de> Deserialize<'de> for FilterText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FilterVisitor)
    }
}

struct FilterVisitor;

impl Visitor<'_> for FilterVisitor {
    type Value = FilterText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // YAML reads a filter that begins with a brace or a bracket as an object or a list.
        f.write_str("a jq filter; put the filter in quotes, such as `'{time: .timestamp}'`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<FilterText, E> {
        JqFilter::new(text).map(FilterText).map_err(E::custom)
    }
}
