use std::{borrow::Cow, fmt};

use base64::Engine;
use bytes::Bytes;
use serde_json::value::RawValue;

use crate::event::{
    base64_engine::base64_engine,
    foreign_shape::converted,
    members::{Members, Payload},
    record_error::RecordError,
};

/// One Kinesis record of a Lambda event: its data decoded, all other fields as they are written.
///
/// `Debug` shows no payload.
#[derive(Clone)]
pub struct KinesisRecord<'a> {
    /// The whole record, for writing a plain record unchanged.
    pub(super) whole: Cow<'a, RawValue>,
    pub(super) fields: InheritedFields,
    pub(super) data: Bytes,
}

impl fmt::Debug for KinesisRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KinesisRecord")
            .field("sequence_number", &self.fields.sequence_number_text)
            .field("data", &format_args!("{} bytes", self.data.len()))
            .finish_non_exhaustive()
    }
}

/// The fields of a Kinesis record that its user records inherit.
#[derive(Clone, Default)]
pub(super) struct InheritedFields {
    pub(super) schema_version: Option<Box<RawValue>>,
    pub(super) sequence_number: Option<Box<RawValue>>,
    pub(super) arrival_timestamp: Option<Box<RawValue>>,
    pub(super) record_id: Option<Box<RawValue>>,
    /// All members except `kinesis` and `data`.
    pub(super) members: Vec<(String, Box<RawValue>)>,
    pub(super) partition_key: String,
    pub(super) sequence_number_text: Option<String>,
}

/// Reads a record of Lambda's Kinesis event.
///
/// As in the Python package, a record in the shape of Kinesis Analytics or Firehose is converted.
impl<'a> TryFrom<&'a RawValue> for KinesisRecord<'a> {
    type Error = RecordError;

    fn try_from(whole: &'a RawValue) -> Result<Self, RecordError> {
        // The parser's error would quote a string that stands in place of the object.
        let not_an_object = |_| {
            RecordError::malformed(None, "the record or its field `kinesis` is not a JSON object")
        };
        let members: Members<'_> = serde_json::from_str(whole.get()).map_err(not_an_object)?;
        match &members.kinesis {
            Some(kinesis) => Self::new(Cow::Borrowed(whole), &members, kinesis),
            None => match converted(&members)? {
                Some(converted) => Self::from_owned(converted),
                None => Err(RecordError::malformed(None, "the field `kinesis` is missing")),
            },
        }
    }
}

impl KinesisRecord<'_> {
    /// Reads a record whose text is not a part of the event.
    pub(super) fn from_owned(whole: Box<RawValue>) -> Result<Self, RecordError> {
        let KinesisRecord { fields, data, .. } = KinesisRecord::try_from(&*whole)?;
        Ok(Self { whole: Cow::Owned(whole), fields, data })
    }

    fn new<'a>(
        whole: Cow<'a, RawValue>,
        members: &Members<'_>,
        kinesis: &Members<'_>,
    ) -> Result<KinesisRecord<'a>, RecordError> {
        let sequence_number = kinesis.text("sequenceNumber");
        let data = decode(&kinesis.data)
            .map_err(|what| RecordError::malformed(sequence_number.as_deref(), what))?;
        let owned = |name| kinesis.get(name).map(ToOwned::to_owned);
        let others = members.others.iter();
        let fields = InheritedFields {
            schema_version: owned("kinesisSchemaVersion"),
            sequence_number: owned("sequenceNumber"),
            arrival_timestamp: owned("approximateArrivalTimestamp"),
            record_id: owned("recordId"),
            members: others.map(|(name, value)| (name.clone(), (*value).to_owned())).collect(),
            partition_key: kinesis.text("partitionKey").unwrap_or_default(),
            sequence_number_text: sequence_number,
        };
        Ok(KinesisRecord { whole, fields, data })
    }
}

fn decode(data: &Payload<'_>) -> Result<Bytes, &'static str> {
    let text = match data {
        Payload::Text(text) => text,
        Payload::NotText => return Err("its data is not a string"),
        Payload::Missing => return Err("its data is missing"),
    };
    let decoded = base64_engine().decode(text.as_bytes()).or_else(|error| {
        // Some tools break base64 into lines, and Python accepts that.
        let one_line: String = text.split_ascii_whitespace().collect();
        if one_line.len() == text.len() { Err(error) } else { base64_engine().decode(one_line) }
    });
    decoded.map(Bytes::from).map_err(|_| "its data is not base64")
}
