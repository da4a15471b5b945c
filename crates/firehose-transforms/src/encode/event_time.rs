use super::{
    error::{EncodeError, InvalidEncoder},
    field_reader::FieldText,
    field_value::{Choice, FieldValue},
};
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
    /// Returns the reader of a time.
    ///
    /// # Errors
    ///
    /// If the time is a constant that is not a time.
    pub(super) fn new(time: &EventTime) -> Result<Self, InvalidEncoder> {
        let reader = Self(time.format);
        if let Choice::Constant(text) = &time.value.0
            && let Err(problem) = reader.time(&serde_json::Value::from(text.as_str()).to_string())
        {
            return Err(InvalidEncoder::new(format!(
                "time: the constant `{text}` {problem}; write a jq filter of the item such as \
                 `.time`, a text such as \"2026-01-31T12:30:00Z\", or a number with the format \
                 `epoch_seconds` or `epoch_millis`"
            )));
        }
        Ok(reader)
    }

    /// Reads a time in nanoseconds since 1970, or returns `None` for null.
    pub(super) fn read(self, field: &FieldText<'_>) -> Result<Option<i128>, EncodeError> {
        let Some(json) = field.json() else { return Ok(None) };
        self.time(&json).map(Some).map_err(|problem| field.error(problem))
    }

    /// Reads a time from JSON. The error is a sentence without a subject.
    fn time(self, json: &str) -> Result<i128, &'static str> {
        let format = self.0.unwrap_or(match json.starts_with('"') {
            true => TimeFormat::Rfc3339,
            false => TimeFormat::EpochSeconds,
        });
        format.read(json).ok_or(match format {
            TimeFormat::Rfc3339 => "is not a time such as \"2026-01-31T12:30:00Z\"",
            TimeFormat::EpochSeconds if TimeFormat::EpochMillis.read(json).is_some() => {
                "is not a time in seconds; if it is in milliseconds, set the format to \
                 `epoch_millis`"
            }
            TimeFormat::EpochSeconds => "is not a number of seconds since 1970",
            TimeFormat::EpochMillis => "is not a number of milliseconds since 1970",
        })
    }
}
