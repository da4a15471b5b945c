use firehose_transforms::{
    encode::{EventTime, FieldValue},
    fields::TimeFormat,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error};

/// A value of an output. If it begins with `.`, it is a jq filter of the item, else a constant.
#[derive(Debug, JsonSchema)]
#[schemars(with = "String")]
pub(super) struct ValueText(pub(super) FieldValue);

impl<'de> Deserialize<'de> for ValueText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let value =
            text.parse().map_err(|error| D::Error::custom(format_args!("`{text}`: {error}")));
        value.map(Self)
    }
}

/// A time of an output: a jq filter of the item, or a constant. Without `time_format`, the value must
/// be an RFC 3339 string or a number of seconds since 1970.
#[derive(Debug, JsonSchema)]
#[schemars(with = "String")]
pub(super) struct TimeText(pub(super) EventTime);

impl<'de> Deserialize<'de> for TimeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ValueText(value) = ValueText::deserialize(deserializer)?;
        Ok(Self(EventTime::new(value)))
    }
}

/// Returns the time with its format. A format without a time is an error.
pub(super) fn with_time_format(
    time: Option<TimeText>,
    format: Option<TimeFormat>,
) -> Result<Option<EventTime>, &'static str> {
    match (time, format) {
        (Some(TimeText(time)), Some(format)) => Ok(Some(time.with_format(format))),
        (Some(TimeText(time)), None) => Ok(Some(time)),
        (None, Some(_)) => Err("`time_format` needs `time`"),
        (None, None) => Ok(None),
    }
}

/// Sets an option of an encoder by `with` if the file has a value for it.
pub(super) fn set<E>(
    encoder: E,
    value: Option<ValueText>,
    with: impl FnOnce(E, FieldValue) -> E,
) -> E {
    match value {
        Some(ValueText(value)) => with(encoder, value),
        None => encoder,
    }
}
