use firehose_transforms::{
    encode::{Encode, SplunkHec},
    fields::TimeFormat,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    value_map::ValueMap,
    value_text::{TimeText, ValueText, with_time_format},
};

/// Options of `splunk_hec`. A value that begins with `.` is a jq filter of the item, and any other
/// value is a constant. A member whose value is null or empty is left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplunkOptions {
    /// The time of the event. Default: none, so that Splunk takes the time at which it receives the
    /// event.
    time: Option<TimeText>,
    /// The format of `time`. Default: RFC 3339 for texts, seconds for numbers.
    time_format: Option<TimeFormat>,
    /// The host.
    host: Option<ValueText>,
    /// The source.
    source: Option<ValueText>,
    /// The source type.
    sourcetype: Option<ValueText>,
    /// The index. The token must allow the index.
    index: Option<ValueText>,
    /// The event. Default: the whole item.
    event: Option<ValueText>,
    /// Indexed fields: a name and a value each.
    #[serde(default)]
    fields: ValueMap,
}

impl SplunkOptions {
    pub(super) fn encoder(self) -> Result<Box<dyn Encode>, String> {
        let mut splunk = SplunkHec::new();
        if let Some(time) = with_time_format(self.time, self.time_format)? {
            splunk = splunk.with_time(time);
        }
        let members: [(Option<ValueText>, fn(SplunkHec, _) -> SplunkHec); 5] = [
            (self.host, SplunkHec::with_host),
            (self.source, SplunkHec::with_source),
            (self.sourcetype, SplunkHec::with_sourcetype),
            (self.index, SplunkHec::with_index),
            (self.event, SplunkHec::with_event),
        ];
        for (value, with) in members {
            if let Some(ValueText(value)) = value {
                splunk = with(splunk, value);
            }
        }
        for (name, value) in self.fields.0 {
            splunk = splunk.with_field(name, value);
        }
        Ok(Box::new(splunk))
    }
}
