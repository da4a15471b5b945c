use firehose_core::Timestamp;

use super::{error::EncodeError, field_reader::FieldText, field_value::FieldValue};
use crate::{fields::TimeFormat, jq::JqFilterError};

/// The time of an event: a value, and the format in which the value is a time.
#[derive(Clone, Debug)]
pub struct EventTime {
    pub(super) value: FieldValue,
    format: Option<TimeFormat>,
}

impl EventTime {
    /// Creates a time from a value that is an RFC 3339 text, or a number of seconds since
    /// 1970-01-01T00:00:00Z.
    pub fn new(value: FieldValue) -> Self {
        Self { value, format: None }
    }

    /// Sets the format of the value. Default: RFC 3339 for texts, seconds since 1970 for numbers.
    #[must_use]
    pub fn with_format(mut self, format: TimeFormat) -> Self {
        self.format = Some(format);
        self
    }
}

/// Parses a [`FieldValue`], and creates a time with the default format.
impl std::str::FromStr for EventTime {
    type Err = JqFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::new)
    }
}

/// The reader of the time of an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeReader(Option<TimeFormat>);

impl TimeReader {
    pub(super) fn new(time: &EventTime) -> Self {
        Self(time.format)
    }

    /// Reads a time, or returns `None` for null.
    pub(super) fn read(self, field: &FieldText<'_>) -> Result<Option<Timestamp>, EncodeError> {
        let Some(json) = field.json() else { return Ok(None) };
        let format = self.0.unwrap_or(match json.starts_with('"') {
            true => TimeFormat::Rfc3339,
            false => TimeFormat::EpochSeconds,
        });
        if let Some(time) = format.read(&json) {
            return Ok(Some(time));
        }
        Err(field.error(match format {
            TimeFormat::Rfc3339 => "is not a time such as \"2026-01-31T12:30:00Z\"",
            TimeFormat::EpochSeconds if TimeFormat::EpochMillis.read(&json).is_some() => {
                "is not a time in seconds; if it is in milliseconds, set the format to \
                 `epoch_millis`"
            }
            TimeFormat::EpochSeconds => "is not a number of seconds since 1970",
            TimeFormat::EpochMillis => "is not a number of milliseconds since 1970",
        }))
    }
}
