use firehose_transforms::{
    encode::{Encode, Loki},
    fields::TimeFormat,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    value_map::ValueMap,
    value_text::{TimeText, ValueText, set, with_time_format},
};

/// Options of `loki`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LokiOptions {
    /// The labels of the stream: the name and the value of each label. A label whose value is null or
    /// empty is left out. An item without any label fails. Required.
    #[serde(default)]
    labels: ValueMap,
    /// The time of the entry. Default, also if the value is null: the time at which Firehose received
    /// the record.
    time: Option<TimeText>,
    /// The format of `time`. Default: RFC 3339 for strings, seconds for numbers.
    time_format: Option<TimeFormat>,
    /// The log line. If the value is null, the item fails. Default: the whole item.
    line: Option<ValueText>,
    /// Structured metadata of the entry: the name and the value of each member. A member whose value is
    /// null or empty is left out.
    #[serde(default)]
    structured_metadata: ValueMap,
}

impl LokiOptions {
    pub(super) fn encoder(self) -> Result<Box<dyn Encode>, String> {
        if self.labels.0.is_empty() {
            return Err("`loki` needs a label; write an object such as `{format: loki, labels: \
                        {app: .app}}`"
                .to_owned());
        }
        let mut loki = Loki::new(self.labels.0).map_err(|error| format!("labels: {error}"))?;
        if let Some(time) = with_time_format(self.time, self.time_format)? {
            loki = loki.with_time(time).map_err(|error| error.to_string())?;
        }
        loki = set(loki, self.line, Loki::with_line);
        for (name, value) in self.structured_metadata.0 {
            loki = loki
                .with_metadata(name, value)
                .map_err(|error| format!("structured_metadata: {error}"))?;
        }
        Ok(Box::new(loki))
    }
}
