use bytes::Bytes;
use firehose_core::Timestamp;
use json_scanner::push_on_one_line;

use super::{
    encoder::{Encode, transform_encoded},
    error::{EncodeError, InvalidEncoder},
    event_time::{EventTime, TimeReader},
    field_reader::FieldReader,
    field_value::FieldValue,
    json_members::{JsonMembers, write_text},
};
use crate::paths::json_string::exact_text;

/// An encoder of items for the push API of Grafana Loki.
///
/// The items of a record become one push request, a JSON object on a line of its own. See
/// [`for_each_encoded`](super::for_each_encoded) for an example. Each item becomes an entry in the
/// stream that its labels select.
///
/// The time of an entry is the value of [`with_time`](Self::with_time), or otherwise the time at
/// which Firehose received the record. An item with neither of these times fails, as does an item whose
/// time is not in the years 1678 to 2261: Loki counts nanoseconds in 64 bits.
#[derive(Clone, Debug)]
pub struct Loki {
    fields: FieldReader,
    /// The purpose of each value of `fields`, in order.
    purposes: Vec<Purpose>,
}

#[derive(Clone, Debug)]
enum Purpose {
    Label(String),
    Metadata(String),
    Time(TimeReader),
    Line,
}

impl Loki {
    /// Creates an encoder with these labels, each with a name and a value.
    ///
    /// Use labels with few different values, because Loki stores each combination of values as a
    /// stream of its own. Use structured metadata for other values. The encoder omits a label whose
    /// value is null or an empty text. An item without any label fails, because Loki would reject the
    /// request.
    ///
    /// # Errors
    ///
    /// If there are no labels, or a name has other characters than ASCII letters, digits and `_`, or
    /// begins with a digit, or two names are equal.
    pub fn new<N: Into<String>>(
        labels: impl IntoIterator<Item = (N, FieldValue)>,
    ) -> Result<Self, InvalidEncoder> {
        let mut loki = Self { fields: FieldReader::default(), purposes: Vec::new() };
        for (name, value) in labels {
            let name = name.into();
            check_name(&name)?;
            if loki.set(Purpose::Label(name.clone()), format!("labels, {name}"), value) {
                return Err(InvalidEncoder::new(format!("two labels have the name `{name}`")));
            }
        }
        if loki.purposes.is_empty() {
            return Err(InvalidEncoder::new("name at least one label; Loki needs one"));
        }
        Ok(loki)
    }

    /// Sets the time of the entry. Default: the time at which Firehose received the record.
    ///
    /// # Errors
    ///
    /// If the time is a constant that is not a time.
    pub fn with_time(mut self, time: EventTime) -> Result<Self, InvalidEncoder> {
        let reader = TimeReader::new(&time)?;
        self.set(Purpose::Time(reader), "time".to_owned(), time.value);
        Ok(self)
    }

    /// Sets the line. An item for which the value is null fails. Default: the whole item, as its text
    /// if it is a JSON string, or otherwise as JSON.
    #[must_use]
    pub fn with_line(mut self, line: FieldValue) -> Self {
        self.set(Purpose::Line, "line".to_owned(), line);
        self
    }

    /// Adds structured metadata to the entry. The encoder omits a value that is null or an empty
    /// text.
    ///
    /// # Errors
    ///
    /// If the name is not the name of a label, or the entry already has metadata with this name.
    pub fn with_metadata(
        mut self,
        name: impl Into<String>,
        value: FieldValue,
    ) -> Result<Self, InvalidEncoder> {
        let name = name.into();
        check_name(&name)?;
        let option = format!("structured_metadata, {name}");
        if self.set(Purpose::Metadata(name.clone()), option, value) {
            return Err(InvalidEncoder::new(format!("two values have the name `{name}`")));
        }
        Ok(self)
    }

    /// Sets an option. Returns `true` if it was set before.
    fn set(&mut self, purpose: Purpose, option: String, value: FieldValue) -> bool {
        let place = self.fields.set(option, value);
        match place {
            Some(place) => self.purposes[place] = purpose,
            None => self.purposes.push(purpose),
        }
        place.is_some()
    }
}

fn check_name(name: &str) -> Result<(), InvalidEncoder> {
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if is_name {
        return Ok(());
    }
    Err(InvalidEncoder::new(format!(
        "`{name}` is not the name of a label; use ASCII letters, digits and `_`, and no digit at \
         the start"
    )))
}

impl Encode for Loki {
    fn encode(
        &self,
        item: &Bytes,
        arrival_time: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let values = self.fields.read(item)?;
        let (mut time, mut line) = (arrival_time.map(Timestamp::as_nanosecond), None);
        let mut labels = Vec::new();
        let mut members = JsonMembers::begin(&mut labels);
        let mut metadata_text = Vec::new();
        let mut metadata = JsonMembers::begin(&mut metadata_text);
        for (purpose, value) in self.purposes.iter().zip(&values) {
            match purpose {
                Purpose::Label(name) => {
                    if let Some(label) = value.label()? {
                        members.text(name, &label);
                    }
                }
                Purpose::Metadata(name) => {
                    if let Some(text) = value.label()? {
                        metadata.text(name, &text);
                    }
                }
                Purpose::Time(reader) => time = reader.read(value)?.or(time),
                Purpose::Line => {
                    let text = value.text()?.ok_or_else(|| value.error("is null"))?;
                    line = Some(text);
                }
            }
        }
        if members.is_empty() {
            return Err(EncodeError::value("labels", "of every label is null or empty"));
        }
        members.end();
        let has_metadata = !metadata.is_empty();
        metadata.end();
        let time = time.ok_or_else(|| {
            EncodeError::value("time", "is null, and the record has no arrival time")
        })?;
        let time = i64::try_from(time).map_err(|_| {
            EncodeError::value("time", "is not in the years 1678 to 2261, as the times of Loki are")
        })?;

        out.extend_from_slice(b"{\"stream\":");
        out.extend_from_slice(&labels);
        out.extend_from_slice(b",\"values\":[[");
        write_text(out, &time.to_string());
        out.push(b',');
        match line {
            Some(line) => write_text(out, &line),
            None => write_text(out, &whole_item(item)?),
        }
        if has_metadata {
            out.push(b',');
            out.extend_from_slice(&metadata_text);
        }
        out.extend_from_slice(b"]]}");
        Ok(())
    }

    fn start(&self) -> Bytes {
        Bytes::from_static(b"{\"streams\":[")
    }

    fn delimiter(&self) -> Bytes {
        Bytes::from_static(b",")
    }

    fn end(&self) -> Bytes {
        Bytes::from_static(b"]}\n")
    }
}

transform_encoded!(Loki);

/// Returns the text of an item that is a JSON string, or the JSON of any other item on one line.
fn whole_item(item: &Bytes) -> Result<String, EncodeError> {
    let mut json = Vec::new();
    push_on_one_line(&mut json, item.trim_ascii());
    let json = String::from_utf8(json).map_err(|_| EncodeError::Item("is not UTF-8"))?;
    if !json.starts_with('"') {
        return Ok(json);
    }
    let text = exact_text(&json).ok_or(EncodeError::Item("has half of a surrogate pair"))?;
    Ok(text.into_owned())
}
