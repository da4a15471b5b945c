use std::{fmt, str};

use bytes::Bytes;
use jiff::Timestamp;
use json_scanner::JsonSyntaxError;
use serde::Deserialize;

use crate::{
    invocation::Invocation,
    json::{error::JsonError, members::JsonMembers},
    outcome::BoxError,
    record_id::RecordId,
    source::Source,
};

/// One decoded record, the input of a [`Transform`](crate::Transform).
///
/// A record owns its parts, so a transform may keep it. A clone copies no payload.
///
/// `Debug` shows the length of the data and never the data, so that logging a record leaks no
/// payload.
///
/// ```
/// use firehose_core::Record;
///
/// let record = Record::new("record-1", r#"{"celsius": 21.5}"#);
/// let reading: std::collections::BTreeMap<&str, f64> = record.json()?;
/// assert_eq!(reading["celsius"], 21.5);
/// # Ok::<_, firehose_core::JsonError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    data: Bytes,
    /// The metadata. Boxed, since code moves records more often than it reads their metadata.
    meta: Box<RecordMeta>,
}

#[derive(Clone, PartialEq, Eq)]
struct RecordMeta {
    id: RecordId,
    arrival_time: Option<Timestamp>,
    source: Source,
    invocation: Invocation,
}

impl Record {
    /// Creates a Direct PUT record without an arrival time.
    pub fn new(id: impl AsRef<str>, data: impl Into<Bytes>) -> Self {
        let mut meta = Box::new(RecordMeta {
            id: RecordId::EMPTY,
            arrival_time: None,
            source: Source::DirectPut,
            invocation: Invocation::default(),
        });
        meta.id.set(id.as_ref());
        Self { data: data.into(), meta }
    }

    /// Sets the time at which Firehose received the record.
    #[must_use]
    pub fn with_arrival_time(mut self, time: Timestamp) -> Self {
        self.meta.arrival_time = Some(time);
        self
    }

    /// Sets the source of the record.
    #[must_use]
    pub fn with_source(mut self, source: Source) -> Self {
        self.meta.source = source;
        self
    }

    /// Sets the invocation that the record came with.
    #[must_use]
    pub fn with_invocation(mut self, invocation: Invocation) -> Self {
        self.meta.invocation = invocation;
        self
    }

    /// Returns Firehose's id of the record: an opaque text. The runtime copies it to the answer.
    pub fn id(&self) -> &str {
        self.meta.id.as_str()
    }

    /// Returns the payload, decoded from base64. The payload may be empty.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Returns the payload by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// Returns the payload as text.
    ///
    /// The text borrows from the record. To return a part of the text as the output, make a
    /// `String` (`text.trim().to_owned().into()`) or a slice of [`data`](Self::data).
    ///
    /// # Errors
    ///
    /// If the payload is not UTF-8. The error names the position and shows no payload.
    pub fn text(&self) -> Result<&str, str::Utf8Error> {
        str::from_utf8(&self.data)
    }

    /// Reads the payload as JSON into a value, which may borrow from the record.
    ///
    /// # Errors
    ///
    /// If the payload is not valid JSON or does not fit `T`. The error names the position and shows
    /// no payload.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonError> {
        serde_json::from_slice(&self.data).map_err(|error| JsonError::reading(&error))
    }

    /// Returns an iterator over the members of a JSON object, as they are written.
    ///
    /// Use this method in a transform that changes only some members. A tree of values would be
    /// slower, and would lose digits, the order of members or repeated keys.
    ///
    /// ```
    /// use firehose_core::Record;
    ///
    /// let record = Record::new("record-1", r#"{"id": 12345678901234567890123, "at": 1.50}"#);
    /// let members = record.json_members()?.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!((members[0].key, members[0].value), (r#""id""#, "12345678901234567890123"));
    /// assert_eq!((members[1].key, members[1].value), (r#""at""#, "1.50"));
    /// # Ok::<_, firehose_core::BoxError>(())
    /// ```
    ///
    /// This example changes one member and keeps every byte of the others:
    ///
    /// ```
    /// use firehose_core::{BoxError, Record};
    ///
    /// fn in_fahrenheit(record: &Record) -> Result<String, BoxError> {
    ///     let mut json = String::from("{");
    ///     for member in record.json_members()? {
    ///         let member = member?;
    ///         if json.len() > 1 {
    ///             json.push(',');
    ///         }
    ///         if member.name().as_deref() == Some("celsius") {
    ///             let celsius: f64 = member.value.parse()?;
    ///             json.push_str(&format!(r#""fahrenheit":{}"#, celsius * 1.8 + 32.0));
    ///         } else {
    ///             json.push_str(&format!("{}:{}", member.key, member.value));
    ///         }
    ///     }
    ///     Ok(json + "}")
    /// }
    ///
    /// let record = Record::new("record-1", r#"{"id":12345678901234567890123,"celsius":100}"#);
    /// assert_eq!(in_fahrenheit(&record)?, r#"{"id":12345678901234567890123,"fahrenheit":212}"#);
    /// # Ok::<_, BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the payload is not UTF-8, or if its first character after white space is not `{`. If the
    /// rest of the payload is not valid JSON, the last item of the iterator is an error. The errors
    /// name the position and show no payload.
    pub fn json_members(&self) -> Result<JsonMembers<'_>, JsonError> {
        let not_utf8 = |error: str::Utf8Error| JsonSyntaxError::from(error).in_text(&self.data);
        JsonMembers::new(self.text().map_err(not_utf8)?)
    }

    /// Returns the time at which Firehose received the record, to the millisecond.
    ///
    /// Returns `None` if the event has no valid arrival time.
    pub fn arrival_time(&self) -> Option<Timestamp> {
        self.meta.arrival_time
    }

    /// Returns the source from which Firehose read the record.
    pub fn source(&self) -> &Source {
        &self.meta.source
    }

    /// Returns the invocation that the record came with: the id, the delivery stream and the
    /// region.
    pub fn invocation(&self) -> &Invocation {
        &self.meta.invocation
    }

    /// Reports an item of this record that failed without failing the record.
    ///
    /// `number` is the number of the item within the record, from 1. The runtime logs the causes of
    /// the first [`Invocation::MAX_FAILED_ITEMS`] items of an invocation, and counts all of them in
    /// the metric `ItemsFailed`. See also [`ItemErrors`](crate::ItemErrors). Does nothing for a
    /// record without an [`invocation`](Self::with_invocation).
    pub fn report_failed_item(&self, number: u64, cause: &BoxError) {
        self.meta.invocation.report_failed_item(self.id(), number, cause);
    }

    /// Replaces the data, for a combinator that passes the record to the next transform.
    #[must_use]
    pub fn with_data(self, data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), ..self }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("id", &self.id())
            .field("data", &format_args!("{} bytes", self.data.len()))
            .field("arrival_time", &self.meta.arrival_time)
            .field("source", &self.meta.source)
            .field("invocation", &self.meta.invocation)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_payload() {
        let record = Record::new("id", "s3cret");
        let shown = format!("{record:?}");
        assert!(shown.contains("6 bytes") && !shown.contains("s3cret"), "{shown}");
    }
}
