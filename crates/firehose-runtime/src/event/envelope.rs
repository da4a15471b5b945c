use serde::de::{IgnoredAny, MapAccess};

use super::{
    Event, EventRecord, MalformedEvent,
    lenient::{FromObject, Lenient, Skipped},
    salvage,
};

/// Reads an event in one pass, or if anything in it cannot be read, piece by piece.
pub(super) fn parse(text: &str) -> Result<Event<'_>, MalformedEvent> {
    let envelope = match serde_json::from_str(text) {
        Ok(Lenient::<'_, Envelope<'_>>::Object(envelope)) => envelope,
        Ok(other) => {
            let kind = other.kind();
            return Err(MalformedEvent::new(format_args!("it is {kind}, not a JSON object")));
        }
        Err(reason) => salvage::envelope(text).ok_or_else(|| MalformedEvent::new(reason))?,
    };
    envelope.into_event()
}

/// The fields of an event, each whatever JSON it is.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    pub(super) invocation_id: Lenient<'a>,
    pub(super) delivery_stream_arn: Lenient<'a>,
    pub(super) region: Lenient<'a>,
    pub(super) source_kinesis_stream_arn: Lenient<'a>,
    pub(super) source_msk_arn: Lenient<'a>,
    pub(super) records: Lenient<'a, Skipped, Vec<EventRecord<'a>>>,
}

impl<'a> Envelope<'a> {
    fn into_event(self) -> Result<Event<'a>, MalformedEvent> {
        let records = match self.records {
            Lenient::Array(records) => records,
            other => {
                let kind = other.kind();
                return Err(MalformedEvent::new(format_args!(
                    "its field `records` is {kind}, not an array"
                )));
            }
        };
        // Writers that put in all fields leave those empty that do not apply.
        let arn = |arn: Lenient<'a>| arn.into_text().filter(|arn| !arn.is_empty());
        Ok(Event {
            invocation_id: self.invocation_id.into_text(),
            delivery_stream_arn: arn(self.delivery_stream_arn),
            region: self.region.into_text(),
            source_kinesis_stream_arn: arn(self.source_kinesis_stream_arn),
            source_msk_arn: arn(self.source_msk_arn),
            records,
        })
    }
}

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    InvocationId,
    DeliveryStreamArn,
    Region,
    SourceKinesisStreamArn,
    #[serde(rename = "sourceMSKArn")]
    SourceMskArn,
    Records,
    #[serde(other)]
    Unknown,
}

impl<'de: 'a, 'a> FromObject<'de> for Envelope<'a> {
    fn from_object<M: MapAccess<'de>>(mut fields: M) -> Result<Self, M::Error> {
        let mut event = Self::default();
        while let Some(field) = fields.next_key()? {
            let slot = match field {
                Field::InvocationId => &mut event.invocation_id,
                Field::DeliveryStreamArn => &mut event.delivery_stream_arn,
                Field::Region => &mut event.region,
                Field::SourceKinesisStreamArn => &mut event.source_kinesis_stream_arn,
                Field::SourceMskArn => &mut event.source_msk_arn,
                Field::Records => {
                    event.records = fields.next_value()?;
                    continue;
                }
                Field::Unknown => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = fields.next_value()?;
        }
        Ok(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, expected) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("hello", "expected value at line 1 column 1"),
            ("{\n\"records\": [}", "expected value at line 2 column 13"),
            ("[]", "it is an array, not a JSON object"),
            ("\"s3cret\"", "it is a string, not a JSON object"),
            ("7", "it is a number, not a JSON object"),
            ("null", "it is null, not a JSON object"),
            ("{}", "its field `records` is missing, not an array"),
            (r#"{"records": null}"#, "its field `records` is null, not an array"),
            (r#"{"records": "s3cret"}"#, "its field `records` is a string, not an array"),
            (r#"{"records": {}}"#, "its field `records` is an object, not an array"),
            (r#"{"records": []} x"#, "trailing characters at line 1 column 17"),
        ] {
            assert_eq!(error(text), format!("not a Firehose event: {expected}"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_costs_only_itself() {
        // Half a surrogate pair and a number beyond a double are JSON by its grammar.
        let text = r#"{"region": "\ud800", "deliveryStreamArn": 1e400, "\ud800": 1, "invocationId": "i", "records": [
            {"recordId": "1", "kinesisRecordMetadata": {"partitionKey": "\ud800", "shardId": "s"}, "data": ""},
            {"recordId": "2", "kinesisRecordMetadata": "none", "data": "eA=="},
            3, null, [[]], "x", true, -1.5,
            {"\ud800": 1, "recordId": "3", "approximateArrivalTimestamp": 1e400, "data": "eA=="},
            {"recordId": 4, "data": "\ud800"},
            {"recordId": "\ud800", "data": ""}
        ]}"#;
        let event = parse(text).unwrap();
        assert_eq!((&event.region, &event.delivery_stream_arn), (&None, &None));
        assert_eq!(event.invocation_id.as_deref(), Some("i"));
        let ids: Vec<_> = event.records.iter().map(|record| record.record_id.as_deref()).collect();
        let none = [None; 6];
        let expected = [&[Some("1"), Some("2")], none.as_slice(), &[Some("3"), Some("4"), None]];
        assert_eq!(ids, expected.concat());

        let payload = |index: usize| event.records[index].payload().map_err(|it| it.to_string());
        assert_eq!((payload(0).unwrap().len(), payload(1).unwrap().len()), (0, 1));
        let metadata = event.records[0].kinesis_record_metadata.as_ref().unwrap();
        assert_eq!(
            (metadata.shard_id.as_deref(), metadata.partition_key.as_deref()),
            (Some("s"), None)
        );
        let reason = "the record cannot be read: it is a number, not an object";
        assert_eq!(payload(2).unwrap_err(), reason);
        assert_eq!((payload(8).unwrap().len(), event.records[8].arrival_time), (1, None));
        assert_eq!(payload(9).unwrap_err(), "`data` is unreadable, not a base64 string");
    }

    #[test]
    fn of_a_repeated_field_the_last_counts() {
        let text = r#"{"records": 1, "records": [{"recordId": "1", "recordId": "2", "data": 5, "data": ""}]}"#;
        let event = parse(text).unwrap();
        assert_eq!(event.records[0].record_id.as_deref(), Some("2"));
        assert_eq!(event.records[0].payload().unwrap(), "");
    }

    #[test]
    fn depth_within_unknown_and_misused_fields_is_no_danger() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let text = format!(r#"{{"x": {deep}, "region": {deep}, "records": [{{"data": {deep}}}]}}"#);
        assert_eq!(parse(&text).unwrap().records.len(), 1);
    }
}
