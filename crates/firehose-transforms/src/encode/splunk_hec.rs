use bytes::Bytes;
use firehose_core::Timestamp;
use json_scanner::{JsonScanner, push_on_one_line};

use super::{
    encoder::{Encode, transform_encoded},
    error::{EncodeError, InvalidEncoder},
    event_time::{EventTime, TimeReader},
    field_reader::{FieldReader, FieldText},
    field_value::FieldValue,
    json_members::{JsonMembers, write_seconds},
};

/// An encoder of items as events of Splunk's HTTP Event Collector (HEC).
///
/// ```
/// use firehose_core::{Record, Transform};
/// use firehose_transforms::encode::SplunkHec;
///
/// let splunk = SplunkHec::new()
///     .with_time(".at".parse()?)?
///     .with_host(".host".parse()?)
///     .with_sourcetype("app:log".parse()?)
///     .with_event(".message".parse()?)
///     .with_field("level", ".level".parse()?)?;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let item = r#"{"at":"2026-01-31T12:30:00.5Z","host":"web-1","level":"info","message":"up"}"#;
/// let outcome = splunk.transform(Record::new("record-1", item)).await?;
/// let event = concat!(
///     r#"{"time":1769862600.5,"host":"web-1","sourcetype":"app:log","event":"up","#,
///     r#""fields":{"level":"info"}}"#
/// );
/// assert_eq!(outcome.output().unwrap().data(), event);
/// # Ok::<_, firehose_core::BoxError>(())
/// # }).unwrap();
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
///
/// The encoder omits a member whose value is null or an empty text. Then Splunk uses the default of
/// the token. Only the event must have a value, because the collector rejects an empty event.
#[derive(Clone, Debug, Default)]
pub struct SplunkHec {
    metadata: FieldReader,
    /// The name of each member of `metadata`, in order.
    members: Vec<Member>,
}

#[derive(Clone, Debug)]
enum Member {
    Time(TimeReader),
    Text(&'static str),
    Event,
    Field(String),
}

impl SplunkHec {
    /// Creates an encoder that writes the whole item as the event, without metadata.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the time of the event. Default: none, so that Splunk takes the time at which it receives
    /// the event.
    ///
    /// # Errors
    ///
    /// If the time is a constant that is not a time.
    pub fn with_time(mut self, time: EventTime) -> Result<Self, InvalidEncoder> {
        let reader = TimeReader::new(&time)?;
        self.set(Member::Time(reader), "time", time.value);
        Ok(self)
    }

    /// Sets the host.
    #[must_use]
    pub fn with_host(mut self, host: FieldValue) -> Self {
        self.set(Member::Text("host"), "host", host);
        self
    }

    /// Sets the source.
    #[must_use]
    pub fn with_source(mut self, source: FieldValue) -> Self {
        self.set(Member::Text("source"), "source", source);
        self
    }

    /// Sets the source type.
    #[must_use]
    pub fn with_sourcetype(mut self, sourcetype: FieldValue) -> Self {
        self.set(Member::Text("sourcetype"), "sourcetype", sourcetype);
        self
    }

    /// Sets the index, which the token must allow.
    #[must_use]
    pub fn with_index(mut self, index: FieldValue) -> Self {
        self.set(Member::Text("index"), "index", index);
        self
    }

    /// Sets the event, which can be any JSON value. Default: the whole item.
    #[must_use]
    pub fn with_event(mut self, event: FieldValue) -> Self {
        self.set(Member::Event, "event", event);
        self
    }

    /// Adds an indexed field: a text, a number, a boolean or an array of these.
    ///
    /// # Errors
    ///
    /// If the event already has a field with this name.
    pub fn with_field(
        mut self,
        name: impl Into<String>,
        value: FieldValue,
    ) -> Result<Self, InvalidEncoder> {
        let name = name.into();
        let option = format!("fields, {name}");
        if self.set(Member::Field(name.clone()), &option, value) {
            return Err(InvalidEncoder::new(format!("two fields have the name `{name}`")));
        }
        Ok(self)
    }

    /// Sets an option. Returns `true` if it was set before.
    fn set(&mut self, member: Member, option: &str, value: FieldValue) -> bool {
        let place = self.metadata.set(option, value);
        match place {
            Some(place) => self.members[place] = member,
            None => self.members.push(member),
        }
        place.is_some()
    }
}

impl Encode for SplunkHec {
    fn encode(
        &self,
        item: &Bytes,
        _: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let values = self.metadata.read(item)?;
        let values: Vec<_> = self.members.iter().zip(values).collect();
        let mut object = JsonMembers::begin(out);
        for (member, value) in &values {
            match member {
                Member::Time(reader) => {
                    if let Some(time) = reader.read(value)? {
                        write_seconds(object.key("time"), time);
                    }
                }
                Member::Text(name) => {
                    if let Some(text) = value.label()? {
                        object.text(name, &text);
                    }
                }
                Member::Event | Member::Field(_) => {}
            }
        }
        let event = values.iter().find(|(member, _)| matches!(member, Member::Event));
        match event {
            Some((_, value)) => object.json("event", &event_json(value)?),
            None if matches!(item.trim_ascii(), b"null" | b"\"\"" | b"") => {
                return Err(EncodeError::Item("is empty, and Splunk accepts no empty event"));
            }
            None => push_on_one_line(object.key("event"), item.trim_ascii()),
        }
        write_fields(&mut object, &values)?;
        object.end();
        Ok(())
    }
}

transform_encoded!(SplunkHec);

fn event_json<'a>(value: &'a FieldText<'_>) -> Result<std::borrow::Cow<'a, str>, EncodeError> {
    let json = value.json().filter(|json| json != "\"\"");
    json.ok_or_else(|| value.error("is null or empty, and Splunk accepts no empty event"))
}

fn write_fields(
    object: &mut JsonMembers<'_>,
    values: &[(&Member, FieldText<'_>)],
) -> Result<(), EncodeError> {
    let mut fields = Vec::new();
    let mut members = JsonMembers::begin(&mut fields);
    for (member, value) in values {
        let Member::Field(name) = member else { continue };
        let Some(json) = value.json().filter(|json| json != "\"\"") else { continue };
        if json.starts_with('{') || has_containers(&json) {
            return Err(value.error(
                "has an object or a nested array; Splunk accepts only texts, numbers, booleans and \
                 arrays of these",
            ));
        }
        members.json(name, &json);
    }
    if !members.is_empty() {
        members.end();
        object.key("fields").extend_from_slice(&fields);
    }
    Ok(())
}

/// Returns `true` if the JSON is an array with an object or array in it.
fn has_containers(json: &str) -> bool {
    let mut scanner = JsonScanner::new(json);
    if scanner.array().is_err() {
        return false;
    }
    while scanner.item().is_ok_and(|has_item| has_item) {
        if scanner.value().map_or(true, |value| value.starts_with(['{', '['])) {
            return true;
        }
    }
    false
}
