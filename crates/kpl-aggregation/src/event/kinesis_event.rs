use std::{error, fmt};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The Kinesis records of a Lambda event, as JSON text.
///
/// ```
/// use kpl_aggregation::{KinesisEvent, deaggregate_records};
///
/// let event = KinesisEvent::parse(r#"{"Records": [
///     {"eventID": "shardId-000000000000:49", "kinesis": {"sequenceNumber": "49", "data": "aGk="}}
/// ]}"#)?;
/// let records = deaggregate_records(event.records).into_result()?;
/// assert_eq!(records[0].data(), "hi");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct KinesisEvent<'a> {
    /// The records, in the order of the event.
    pub records: Vec<&'a RawValue>,
}

impl<'a> KinesisEvent<'a> {
    /// Reads an event.
    ///
    /// An event is an object with the field `Records`, or `records` as Firehose and Kinesis
    /// Analytics write it. A list of records and a single record are accepted too.
    ///
    /// # Errors
    ///
    /// If the text is not valid JSON, is neither an object nor an array, or if `Records` is not a
    /// list.
    pub fn parse(json: &'a str) -> Result<Self, NotAnEvent> {
        let records = match serde_json::from_str(json).map_err(NotAnEvent::new)? {
            Records::Found(records) => records,
            Records::Single => vec![serde_json::from_str(json).map_err(NotAnEvent::new)?],
        };
        Ok(Self { records })
    }
}

/// An error for a text that is not an event of a Kinesis stream. The message shows no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnEvent {
    message: String,
}

impl NotAnEvent {
    #[expect(clippy::needless_pass_by_value, reason = "`map_err` passes the error by value")]
    fn new(error: serde_json::Error) -> Self {
        let message = if error.is_data() {
            // The error of the parser would quote the unexpected value.
            "expected an object with the list `Records`, a list of records, or a record".to_owned()
        } else {
            error.to_string()
        };
        Self { message }
    }
}

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an event of a Kinesis stream: {}", self.message)
    }
}

impl error::Error for NotAnEvent {}

enum Records<'a> {
    Found(Vec<&'a RawValue>),
    /// An object without a list of records is a record itself.
    Single,
}

impl<'de: 'a, 'a> Deserialize<'de> for Records<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordsVisitor)
    }
}

#[derive(serde::Deserialize)]
#[serde(field_identifier)]
enum Field {
    Records,
    #[serde(rename = "records")]
    LowerCase,
    #[serde(other)]
    Other,
}

struct RecordsVisitor;

impl<'de> Visitor<'de> for RecordsVisitor {
    type Value = Records<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event, a list of records or a record")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Self::Value, S::Error> {
        let mut records = Vec::new();
        while let Some(record) = items.next_element()? {
            records.push(record);
        }
        Ok(Records::Found(records))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut fields: M) -> Result<Self::Value, M::Error> {
        let (mut records, mut lower_case) = (None, None);
        while let Some(field) = fields.next_key()? {
            match field {
                Field::Records => records = Some(fields.next_value()?),
                Field::LowerCase => lower_case = Some(fields.next_value()?),
                Field::Other => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(records.or(lower_case).map_or(Records::Single, Records::Found))
    }
}
