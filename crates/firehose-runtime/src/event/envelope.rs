use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError};

use super::{Event, EventRecord, MalformedEvent, fields::Fields, scalar::Scalar};

/// Reads an event in one pass. Everything in it stays as it is written until it is needed.
pub(super) fn parse(text: &str) -> Result<Event<'_>, MalformedEvent> {
    let syntax = |error: JsonSyntaxError| MalformedEvent::new(error.in_text(text));
    let mut scanner = JsonScanner::new(text);
    if scanner.peek() != Some(b'{') {
        let kind = Scalar::read(&mut scanner).map_err(syntax)?.kind();
        scanner.end().map_err(syntax)?;
        return Err(MalformedEvent::new(format_args!("it is {kind}, not a JSON object")));
    }
    let mut envelope = Envelope::default();
    envelope.read(&mut scanner, text.len()).map_err(syntax)?;
    envelope.into_event()
}

/// The fields of an event.
#[derive(Default)]
struct Envelope<'a> {
    invocation_id: Scalar<'a>,
    delivery_stream_arn: Scalar<'a>,
    region: Scalar<'a>,
    source_kinesis_stream_arn: Scalar<'a>,
    source_msk_arn: Scalar<'a>,
    /// `records`, as far as it is no array.
    no_records: Scalar<'a>,
    records: Option<Records<'a>>,
}

#[derive(Default)]
struct Records<'a> {
    with_id: Vec<EventRecord<'a>>,
    without_id: usize,
}

impl<'a> Envelope<'a> {
    fn read(
        &mut self,
        scanner: &mut JsonScanner<'a>,
        text_bytes: usize,
    ) -> Result<(), JsonSyntaxError> {
        let mut fields = Fields::of(scanner, &FIELDS)?;
        while let Some(field) = fields.next(scanner)? {
            let slot = match field {
                Field::InvocationId => &mut self.invocation_id,
                Field::DeliveryStreamArn => &mut self.delivery_stream_arn,
                Field::Region => &mut self.region,
                Field::SourceKinesisStreamArn => &mut self.source_kinesis_stream_arn,
                Field::SourceMskArn => &mut self.source_msk_arn,
                Field::Records if scanner.peek() == Some(b'[') => {
                    self.records = Some(Records::read(scanner, text_bytes)?);
                    continue;
                }
                Field::Records => {
                    self.records = None;
                    &mut self.no_records
                }
            };
            *slot = Scalar::read(scanner)?;
        }
        scanner.end()
    }

    fn into_event(self) -> Result<Event<'a>, MalformedEvent> {
        let Some(Records { with_id, without_id }) = self.records else {
            let kind = self.no_records.kind();
            return Err(MalformedEvent::new(format_args!(
                "its field `records` is {kind}, not an array"
            )));
        };
        // Writers that put in all fields leave those empty that do not apply.
        let arn = |arn: Scalar<'a>| arn.text().filter(|arn| !arn.is_empty());
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

/// Few records of Firehose are shorter: an id of 56 digits, the names, a time.
const LEAST_RECORD_BYTES: usize = 128;

impl<'a> Records<'a> {
    fn read(scanner: &mut JsonScanner<'a>, text_bytes: usize) -> Result<Self, JsonSyntaxError> {
        let mut records = Self::default();
        scanner.array()?;
        let start = scanner.offset();
        while scanner.item()? {
            if records.with_id.len() == 1 {
                // They are about as long as the first.
                let length = (scanner.offset() - start).max(LEAST_RECORD_BYTES);
                records.with_id.reserve((text_bytes - start) / length);
            }
            // In its place, since moving it there takes longer.
            records.with_id.push(EventRecord::default());
            if let Some(record) = records.with_id.last_mut()
                && !record.read(scanner)?
            {
                records.with_id.pop();
                records.without_id += 1;
            }
        }
        Ok(records)
    }
}

#[derive(Clone, Copy)]
enum Field {
    InvocationId,
    DeliveryStreamArn,
    Region,
    SourceKinesisStreamArn,
    SourceMskArn,
    Records,
}

const FIELDS: [(JsonKey, Field); 6] = [
    (JsonKey::new("invocationId"), Field::InvocationId),
    (JsonKey::new("sourceKinesisStreamArn"), Field::SourceKinesisStreamArn),
    (JsonKey::new("sourceMSKArn"), Field::SourceMskArn),
    (JsonKey::new("deliveryStreamArn"), Field::DeliveryStreamArn),
    (JsonKey::new("region"), Field::Region),
    (JsonKey::new("records"), Field::Records),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, expected) in [
            ("", "expected a value at line 1 column 1"),
            ("hello", "expected a value at line 1 column 1"),
            ("{\n\"records\": [}", "expected a value at line 2 column 13"),
            ("[]", "it is an array, not a JSON object"),
            ("\"s3cret\"", "it is a string, not a JSON object"),
            ("7", "it is a number, not a JSON object"),
            ("null", "it is null, not a JSON object"),
            ("{}", "its field `records` is missing, not an array"),
            (r#"{"records": null}"#, "its field `records` is null, not an array"),
            (r#"{"records": "s3cret"}"#, "its field `records` is a string, not an array"),
            (r#"{"records": {}}"#, "its field `records` is an object, not an array"),
            (r#"{"records": [], "records": 7}"#, "its field `records` is a number, not an array"),
            (r#"{"records": []} x"#, "expected the end of the text at line 1 column 17"),
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
        let ids: Vec<_> = event.records.iter().map(EventRecord::record_id).collect();
        assert_eq!(
            (ids, event.records_without_id),
            (["1", "2", "3", "4"].map(Into::into).to_vec(), 7)
        );

        let payload = |index: usize| event.records[index].payload().map_err(|it| it.to_string());
        assert_eq!((payload(0).unwrap().len(), payload(1).unwrap().len()), (0, 1));
        let metadata = event.records[0].kinesis_record_metadata().unwrap();
        assert_eq!(
            (metadata.shard_id.as_deref(), metadata.partition_key.as_deref()),
            (Some("s"), None)
        );
        assert!(event.records[1].kinesis_record_metadata().is_none());
        assert_eq!((payload(2).unwrap().len(), event.records[2].arrival_time()), (1, None));
        let reason = "`data` is a string that cannot be read, not base64";
        assert_eq!(payload(3).unwrap_err(), reason);
    }

    #[test]
    fn of_a_repeated_field_the_last_counts() {
        let text = r#"{"records": 1, "records": [{"recordId": "1", "recordId": "2", "data": 5, "d\u0061ta": ""}]}"#;
        let event = parse(text).unwrap();
        assert_eq!(event.records[0].record_id(), "2");
        assert_eq!(event.records[0].payload().unwrap(), "");
    }

    #[test]
    fn depth_within_unknown_and_misused_fields_is_no_danger() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let text = format!(
            r#"{{"x": {deep}, "region": {deep}, "records": [{deep}, {{"data": {deep}}}, {{"recordId": {deep}}}]}}"#
        );
        assert_eq!(parse(&text).unwrap().records_without_id, 3);
    }
}
