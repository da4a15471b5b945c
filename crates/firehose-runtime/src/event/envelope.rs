use std::str;

use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError};

use super::{firehose_event::Event, malformed::MalformedEvent, record::EventRecord};
use crate::json::{fields::Fields, json_text::JsonText};

impl<'a> Event<'a> {
    /// Parses an event.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, is not an object, or has no `records` array. The content of a
    /// single record is never an error here.
    pub fn parse(json: &'a [u8]) -> Result<Self, MalformedEvent> {
        let text = str::from_utf8(json).map_err(|error| MalformedEvent::not_utf8(&error))?;
        parse(text)
    }
}

/// Reads an event in one pass. Values stay as they are written until they are needed.
fn parse(text: &str) -> Result<Event<'_>, MalformedEvent> {
    let syntax = |error: JsonSyntaxError| MalformedEvent::new(error.in_text(text));
    let mut scanner = JsonScanner::new(text);
    if scanner.peek() != Some(b'{') {
        let kind = JsonText::read(&mut scanner).map_err(syntax)?.kind();
        scanner.end().map_err(syntax)?;
        return Err(MalformedEvent::new(format_args!("expected a JSON object, found {kind}")));
    }
    let mut envelope = Envelope::default();
    envelope.read(&mut scanner).map_err(syntax)?;
    envelope.into_event()
}

/// The fields of an event, as they are written.
#[derive(Default)]
struct Envelope<'a> {
    invocation_id: JsonText<'a>,
    delivery_stream_arn: JsonText<'a>,
    region: JsonText<'a>,
    source_kinesis_stream_arn: JsonText<'a>,
    source_msk_arn: JsonText<'a>,
    /// `records`, if it is not an array.
    not_records: JsonText<'a>,
    records: Option<Records<'a>>,
}

#[derive(Default)]
struct Records<'a> {
    with_id: Vec<EventRecord<'a>>,
    without_id: usize,
}

impl<'a> Envelope<'a> {
    fn read(&mut self, scanner: &mut JsonScanner<'a>) -> Result<(), JsonSyntaxError> {
        let mut fields = Fields::enter(scanner, &FIELDS)?;
        while let Some(field) = fields.next(scanner)? {
            let slot = match field {
                EnvelopeField::InvocationId => &mut self.invocation_id,
                EnvelopeField::DeliveryStreamArn => &mut self.delivery_stream_arn,
                EnvelopeField::Region => &mut self.region,
                EnvelopeField::SourceKinesisStreamArn => &mut self.source_kinesis_stream_arn,
                EnvelopeField::SourceMskArn => &mut self.source_msk_arn,
                EnvelopeField::Records if scanner.peek() == Some(b'[') => {
                    self.records = Some(Records::read(scanner)?);
                    continue;
                }
                EnvelopeField::Records => {
                    self.records = None;
                    &mut self.not_records
                }
            };
            *slot = JsonText::read(scanner)?;
        }
        scanner.end()
    }

    fn into_event(self) -> Result<Event<'a>, MalformedEvent> {
        let Some(Records { with_id, without_id }) = self.records else {
            let kind = self.not_records.kind();
            return Err(MalformedEvent::new(format_args!(
                "`records` is {kind}; it must be an array"
            )));
        };
        // Some writers write all fields, and write empty strings for fields that do not apply.
        let arn = |arn: JsonText<'a>| arn.text().filter(|arn| !arn.is_empty());
        Ok(Event {
            invocation_id: self.invocation_id.text(),
            delivery_stream_arn: arn(self.delivery_stream_arn),
            region: self.region.text(),
            source_kinesis_stream_arn: arn(self.source_kinesis_stream_arn),
            source_msk_arn: arn(self.source_msk_arn),
            records: with_id,
            records_without_id: without_id,
        })
    }
}

impl<'a> Records<'a> {
    fn read(scanner: &mut JsonScanner<'a>) -> Result<Self, JsonSyntaxError> {
        let mut records = Self::default();
        scanner.array()?;
        while scanner.item()? {
            // Reads each record in place, because moving a record into the list is slow.
            let record = records.with_id.push_mut(EventRecord::default());
            if !record.read(scanner)? {
                records.with_id.pop();
                records.without_id += 1;
            }
        }
        Ok(records)
    }
}

#[derive(Clone, Copy)]
enum EnvelopeField {
    InvocationId,
    DeliveryStreamArn,
    Region,
    SourceKinesisStreamArn,
    SourceMskArn,
    Records,
}

const FIELDS: [(JsonKey, EnvelopeField); 6] = [
    (JsonKey::new("invocationId"), EnvelopeField::InvocationId),
    (JsonKey::new("sourceKinesisStreamArn"), EnvelopeField::SourceKinesisStreamArn),
    (JsonKey::new("sourceMSKArn"), EnvelopeField::SourceMskArn),
    (JsonKey::new("deliveryStreamArn"), EnvelopeField::DeliveryStreamArn),
    (JsonKey::new("region"), EnvelopeField::Region),
    (JsonKey::new("records"), EnvelopeField::Records),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_fault_and_its_place() {
        for (text, expected) in [
            ("", "expected a value at line 1 column 1"),
            ("hello", "expected a value at line 1 column 1"),
            ("{\n\"records\": [}", "expected a value at line 2 column 13"),
            ("[]", "expected a JSON object, found an array"),
            ("\"s3cret\"", "expected a JSON object, found a string"),
            ("7", "expected a JSON object, found a number"),
            ("null", "expected a JSON object, found null"),
            ("{}", "`records` is missing; it must be an array"),
            (r#"{"records": null}"#, "`records` is null; it must be an array"),
            (r#"{"records": "s3cret"}"#, "`records` is a string; it must be an array"),
            (r#"{"records": {}}"#, "`records` is an object; it must be an array"),
            (r#"{"records": [], "records": 7}"#, "`records` is a number; it must be an array"),
            (r#"{"records": []} x"#, "expected the end of the text at line 1 column 17"),
        ] {
            assert_eq!(error(text), format!("not a Firehose event: {expected}"), "{text}");
        }
    }

    #[test]
    fn an_unreadable_value_affects_no_other_value() {
        // The grammar of JSON allows half of a surrogate pair, and numbers that exceed `f64`.
        let text = r#"{"region": "\ud800", "deliveryStreamArn": 1e400, "\ud800": 1, "invocationId": "i", "records": [
            {"recordId": "1", "kinesisRecordMetadata": {"partitionKey": "\ud800", "shardId": "s"}, "data": ""},
            {"recordId": "2", "kinesisRecordMetadata": "none", "data": "eA=="},
            3, null, [[]], "x", true, -1.5,
            {"\ud800": 1, "recordId": "3", "approximateArrivalTimestamp": 1e400, "data": "eA=="},
            {"recordId": 4, "data": "\ud800"},
            {"recordId": "\ud800", "data": ""}
        ]}"#;
        let event = parse(text).unwrap();
        assert_eq!((event.region.as_deref(), &event.delivery_stream_arn), (Some(r"\ud800"), &None));
        assert_eq!(event.invocation_id.as_deref(), Some("i"));
        let ids: Vec<_> = event.records.iter().map(EventRecord::record_id).collect();
        assert_eq!(
            (ids, event.records_without_id),
            (["1", "2", "3", "4", r"\ud800"].map(Into::into).to_vec(), 6)
        );

        let payload = |index: usize| event.records[index].payload().map_err(|it| it.to_string());
        assert_eq!((payload(0).unwrap().len(), payload(1).unwrap().len()), (0, 1));
        let metadata = event.records[0].kinesis_record_metadata().unwrap();
        assert_eq!((metadata.shard_id(), metadata.partition_key()), ("s", r"\ud800"));
        assert!(event.records[1].kinesis_record_metadata().is_none());
        assert_eq!((payload(2).unwrap().len(), event.records[2].arrival_time()), (1, None));
        let reason = "`data` has an invalid escape";
        assert_eq!(payload(3).unwrap_err(), reason);
    }

    #[test]
    fn the_last_of_a_repeated_field_counts() {
        let text = r#"{"records": 1, "records": [{"recordId": "1", "recordId": "2", "data": 5, "d\u0061ta": ""}]}"#;
        let event = parse(text).unwrap();
        assert_eq!(event.records[0].record_id(), "2");
        assert_eq!(event.records[0].payload().unwrap(), "");
    }

    #[test]
    fn deep_nesting_in_unknown_and_misused_fields_is_safe() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let text = format!(
            r#"{{"x": {deep}, "region": {deep}, "records": [{deep}, {{"data": {deep}}}, {{"recordId": {deep}}}]}}"#
        );
        assert_eq!(parse(&text).unwrap().records_without_id, 3);
    }
}
