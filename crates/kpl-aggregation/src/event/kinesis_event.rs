use serde_json::value::RawValue;

use super::members::Members;

/// The Kinesis records of a Lambda event, as JSON text, not yet looked into.
///
/// ```
/// use kpl_aggregation::{KinesisEvent, deaggregate_records};
///
/// let event = KinesisEvent::parse(r#"{"Records": [
///     {"eventID": "shardId-000000000000:49", "kinesis": {"sequenceNumber": "49", "data": "aGk="}}
/// ]}"#)?;
/// let records = deaggregate_records(event.records);
/// assert_eq!(records.user_records[0].data(), "hi");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct KinesisEvent<'a> {
    /// The records, in the order of the event.
    pub records: Vec<&'a RawValue>,
}

impl<'a> KinesisEvent<'a> {
    /// Reads an event: an object with `Records`, or with `records` as Firehose and Kinesis
    /// Analytics write it; or a list of records, or a single one.
    ///
    /// # Errors
    ///
    /// If the text is no JSON, or neither an object nor an array.
    pub fn parse(json: &'a str) -> Result<Self, serde_json::Error> {
        let whole: &RawValue = serde_json::from_str(json)?;
        if whole.get().starts_with('[') {
            return Ok(Self { records: serde_json::from_str(whole.get())? });
        }
        let members: Members<'_> = serde_json::from_str(whole.get())?;
        let records = match members.get("Records").or_else(|| members.get("records")) {
            Some(records) => serde_json::from_str(records.get())?,
            None => vec![whole],
        };
        Ok(Self { records })
    }
}
