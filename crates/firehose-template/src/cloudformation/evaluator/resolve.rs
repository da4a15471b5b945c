use super::{
    template::Template,
    unresolved::{Cause, Unresolved},
};
use crate::error::TemplateError;

/// The text in place of an unknown value whose variables all have stand-ins: see `missing_values`.
const STAND_IN: &str = "1";

impl Template<'_> {
    /// Returns the text in place of an unknown value, or the error of the value.
    pub(super) fn resolve(&self, value: &Unresolved, path: &str) -> Result<String, TemplateError> {
        match (&value.cause, &value.placeholder) {
            (Cause::Deployed(_) | Cause::Variables(_), Some(text)) if self.local_names.get() => {
                Ok(text.clone())
            }
            (Cause::Deployed(name), _) => {
                Err(TemplateError::undeployed(path, name, value.reason.as_str()))
            }
            (Cause::Variables(names), placeholder) => {
                let is_given = |name: &&String| self.given.parameters.contains_key(*name);
                match names.iter().find(|name| !is_given(name)) {
                    Some(name) => {
                        let reason = value.reason.as_str();
                        Err(TemplateError::parameter_without_value(path, name, reason, false))
                    }
                    None => Ok(placeholder.clone().unwrap_or_else(|| STAND_IN.to_owned())),
                }
            }
            (Cause::Rejected, _) => Err(TemplateError::wrong(path, value.reason.as_str())),
        }
    }
}
