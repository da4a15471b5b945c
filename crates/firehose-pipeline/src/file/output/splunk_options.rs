use firehose_transforms::{
    encode::{Encode, SplunkHec},
    fields::TimeFormat,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    value_map::ValueMap,
    value_text::{TimeText, ValueText, set, with_time_format},
};

/// Options of `splunk_hec`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplunkOptions {
    /// The time of the event. Default: none, so Splunk uses the time at which it receives the event.
    time: Option<TimeText>,
    /// The format of `time`. Default: RFC 3339 for strings, seconds for numbers.
    time_format: Option<TimeFormat>,
    /// The host.
    host: Option<ValueText>,
    /// The source.
    source: Option<ValueText>,
    /// The source type.
    sourcetype: Option<ValueText>,
    /// The index. The token of the collector must allow it.
    index: Option<ValueText>,
    /// The event. Default: the whole item.
    event: Option<ValueText>,
    /// Indexed fields: the name and the value of each field.
    #[serde(default)]
    fields: ValueMap,
}

impl SplunkOptions {
    pub(super) fn encoder(self) -> Result<Box<dyn Encode>, String> {
        let mut splunk = SplunkHec::new();
        if let Some(time) = with_time_format(self.time, self.time_format)? {
            splunk = splunk.with_time(time).map_err(|error| error.to_string())?;
        }
        splunk = set(splunk, self.host, SplunkHec::with_host);
        splunk = set(splunk, self.source, SplunkHec::with_source);
        splunk = set(splunk, self.sourcetype, SplunkHec::with_sourcetype);
        splunk = set(splunk, self.index, SplunkHec::with_index);
        splunk = set(splunk, self.event, SplunkHec::with_event);
        for (name, value) in self.fields.0 {
            splunk = splunk.with_field(name, value).map_err(|it| format!("fields: {it}"))?;
        }
        Ok(Box::new(splunk))
    }
}
