use firehose_core::BoxError;
use firehose_transforms::fields::Rename;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{field_map::FieldMap, json_step::json_step, step_options::StepOptions};
use crate::items::step::ItemStep;

/// The path and the new name of each field, such as `.user.mail: email`. The field stays in its object, so
/// the new name has no dot at its start.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct RenameOptions(FieldMap<String>);

impl StepOptions for RenameOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0;
        let mut rename =
            Rename::new().with_on_missing(options.on_missing).with_on_conflict(options.on_conflict);
        for (path, name) in options.fields {
            // A path here would become a key with dots.
            if name.starts_with('.') {
                return Err(format!(
                    "{path}: the new name `{name}` begins with a dot; write only the new name, because \
                     the field stays in its object, or move the field with `jq`"
                )
                .into());
            }
            rename = rename.with_field(&path.parse()?, &name)?;
        }
        Ok(json_step(move |item, _| rename.apply(item)))
    }
}
