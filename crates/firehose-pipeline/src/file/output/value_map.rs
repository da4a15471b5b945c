use firehose_transforms::encode::FieldValue;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::value_text::ValueText;
use crate::file::unique_names::UniqueNames;

/// The columns, labels or fields of an output: each name with its value, in the order of the
/// pipeline file.
#[derive(Debug, Default, JsonSchema)]
#[schemars(with = "UniqueNames<ValueText>")]
pub(super) struct ValueMap(pub(super) Vec<(String, FieldValue)>);

impl<'de> Deserialize<'de> for ValueMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let UniqueNames(values) = UniqueNames::<ValueText>::deserialize(deserializer)?;
        Ok(Self(values.into_iter().map(|(name, value)| (name, value.0)).collect()))
    }
}
