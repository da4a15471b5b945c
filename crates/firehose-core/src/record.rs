use std::{fmt, str};

use bytes::Bytes;
use jiff::Timestamp;
use json_scanner::JsonSyntaxError;
use serde::Deserialize;

use crate::{
    json::error::JsonError, json::members::JsonMembers, record_id::RecordId, source::Source,
};

/// One decoded record, as a [`Transform`](crate::Transform) gets it.
///
/// It owns its parts, so it may be kept. A clone copies no payload. The texts of its source are
/// parts of the event's text: whoever keeps a record keeps the whole event in memory. To keep the data alone, keep [`into_data`](Self::into_data).
///
/// `Debug` shows the length of the data and never the data, so that a record can be
/// logged without leaking payload.
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
    /// Behind a pointer, since a record changes hands more often than it is asked for these.
    about: Box<About>,
}

#[derive(Clone, PartialEq, Eq)]
struct About {
    id: RecordId,
    arrival_time: Option<Timestamp>,
    source: Source,
}

impl Record {
    /// A Direct PUT record of this id and these bytes, with no arrival time.
    pub fn new(id: impl AsRef<str>, data: impl Into<Bytes>) -> Self {
        let about = About { id: RecordId::EMPTY, arrival_time: None, source: Source::DirectPut };
        let mut about = Box::new(about);
        about.id.set(id.as_ref());
        Self { data: data.into(), about }
    }

    /// Sets when Firehose received the record.
    #[must_use]
    pub fn with_arrival_time(mut self, time: Timestamp) -> Self {
        self.about.arrival_time = Some(time);
        self
    }

    /// Sets where the record comes from.
    #[must_use]
    pub fn with_source(mut self, source: Source) -> Self {
        self.about.source = source;
        self
    }

    /// Firehose's id for the record: opaque, and for reading only. The runtime puts it on
    /// the answer.
    pub fn id(&self) -> &str {
        self.about.id.as_str()
    }

    /// The payload, decoded from base64. May be empty.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The payload by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// The payload as text.
    ///
    /// The text is the record's own. To answer with a part of it, make it a `String`
    /// (`text.trim().to_owned().into()`) or take a slice of [`data`](Self::data).
    ///
    /// # Errors
    ///
    /// If it is not UTF-8; the error names the position and shows no payload.
    pub fn text(&self) -> Result<&str, str::Utf8Error> {
        str::from_utf8(&self.data)
    }

    /// The payload as JSON, which may borrow from the record.
    ///
    /// # Errors
    ///
    /// If it is not JSON or does not fit `T`; the error names the position and shows no
    /// payload.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonError> {
        serde_json::from_slice(&self.data).map_err(|error| JsonError::reading(&error))
    }

    /// The members of a payload that is a JSON object, one after the other and as they are
    /// written: for a transform that changes some of it, and for which a tree of values would
    /// be too slow or would lose digits, order or repeated keys.
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
    /// To change one member and leave the others to the byte:
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
    /// If it is not UTF-8 or no object; and each member may be an error, the last one, where
    /// the payload is no JSON. The errors name the position and show no payload.
    pub fn json_members(&self) -> Result<JsonMembers<'_>, JsonError> {
        let not_utf8 = |error: str::Utf8Error| JsonSyntaxError::from(error).in_text(&self.data);
        JsonMembers::new(self.text().map_err(not_utf8)?)
    }

    /// When Firehose received the record, to the millisecond; `None` if the event does not
    /// say so in a form we can read.
    pub fn arrival_time(&self) -> Option<Timestamp> {
        self.about.arrival_time
    }

    /// Where Firehose got the record from.
    pub fn source(&self) -> &Source {
        &self.about.source
    }

    /// The same record with other data: what a combinator hands to the next transform.
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
            .field("arrival_time", &self.about.arrival_time)
            .field("source", &self.about.source)
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
