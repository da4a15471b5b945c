use std::borrow::Cow;

use serde::de::{Deserialize, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::{
    Event, EventRecord, MalformedEvent,
    lenient::{FromObject, Lenient, Skipped},
};

/// Reads an event in one pass.
///
/// Should that fail on something within the records (a string with half of a surrogate
/// pair, say, is valid JSON that no Rust string can hold), a second pass reads each record
/// on its own, so that only the one in question is lost.
pub(super) fn parse(text: &str) -> Result<Event<'_>, MalformedEvent> {
    match read::<EventRecord<'_>>(text) {
        Ok(event) => Ok(event.into_event(|record| record)),
        Err(reason) => match read::<&RawValue>(text) {
            Ok(event) => Ok(event.into_event(|raw| parse_record(raw.get()))),
            Err(_) => Err(reason),
        },
    }
}

fn read<'a, R: Deserialize<'a>>(text: &'a str) -> Result<Envelope<'a, R>, MalformedEvent> {
    let event = match serde_json::from_str(text).map_err(MalformedEvent::new)? {
        Lenient::Object(event) => event,
        other => {
            let other: Lenient<'_, Envelope<'_, R>> = other;
            let kind = other.kind();
            return Err(MalformedEvent::new(format_args!(
                "it is {kind}, not a JSON object"
            )));
        }
    };
    match event.records {
        Lenient::Array(_) => Ok(event),
        other => {
            let kind = other.kind();
            Err(MalformedEvent::new(format_args!(
                "its field `records` is {kind}, not an array"
            )))
        }
    }
}

fn parse_record(text: &str) -> EventRecord<'_> {
    serde_json::from_str(text).unwrap_or_else(|reason| {
        let id = match serde_json::from_str(text) {
            Ok(Lenient::<'_, IdOnly<'_>>::Object(IdOnly(id))) => id,
            _ => None,
        };
        // The position is within the record, which says little; the reason says enough.
        let reason = reason.to_string();
        EventRecord::unreadable(id, reason.split(" at line ").next().unwrap_or_default())
    })
}

struct Envelope<'a, R> {
    invocation_id: Lenient<'a>,
    delivery_stream_arn: Lenient<'a>,
    region: Lenient<'a>,
    source_kinesis_stream_arn: Lenient<'a>,
    source_msk_arn: Lenient<'a>,
    records: Lenient<'a, Skipped, Vec<R>>,
}

impl<'a, R> Envelope<'a, R> {
    fn into_event(self, to_record: impl FnMut(R) -> EventRecord<'a>) -> Event<'a> {
        let records = match self.records {
            Lenient::Array(records) => records,
            _ => Vec::new(),
        };
        Event {
            invocation_id: self.invocation_id.into_text(),
            delivery_stream_arn: self.delivery_stream_arn.into_text(),
            region: self.region.into_text(),
            source_kinesis_stream_arn: self.source_kinesis_stream_arn.into_text(),
            source_msk_arn: self.source_msk_arn.into_text(),
            records: records.into_iter().map(to_record).collect(),
        }
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

impl<'de: 'a, 'a, R: Deserialize<'de>> FromObject<'de> for Envelope<'a, R> {
    fn from_object<M: MapAccess<'de>>(mut fields: M) -> Result<Self, M::Error> {
        let mut event = Envelope {
            invocation_id: Lenient::Missing,
            delivery_stream_arn: Lenient::Missing,
            region: Lenient::Missing,
            source_kinesis_stream_arn: Lenient::Missing,
            source_msk_arn: Lenient::Missing,
            records: Lenient::Missing,
        };
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

/// Of a record that cannot be read, the id.
struct IdOnly<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> FromObject<'de> for IdOnly<'a> {
    fn from_object<M: MapAccess<'de>>(mut fields: M) -> Result<Self, M::Error> {
        let mut id = None;
        while let Some(field) = fields.next_key::<IdField>()? {
            match field {
                IdField::RecordId => id = fields.next_value::<Lenient<'_>>()?.into_text(),
                IdField::Unknown => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Self(id))
    }
}

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum IdField {
    RecordId,
    #[serde(other)]
    Unknown,
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
            (
                r#"{"records": null}"#,
                "its field `records` is null, not an array",
            ),
            (
                r#"{"records": "s3cret"}"#,
                "its field `records` is a string, not an array",
            ),
            (
                r#"{"records": {}}"#,
                "its field `records` is an object, not an array",
            ),
            (
                r#"{"records": []} x"#,
                "trailing characters at line 1 column 17",
            ),
        ] {
            assert_eq!(
                error(text),
                format!("not a Firehose event: {expected}"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_costs_only_itself() {
        let text = r#"{"invocationId": 7, "region": {}, "records": [
            {"recordId": "1", "kinesisRecordMetadata": {"partitionKey": "\ud800"}, "data": ""},
            {"recordId": "2", "kinesisRecordMetadata": "none", "data": "eA=="},
            3, null, [[]], "x", true, -1.5, {"\ud800": 1},
            {"recordId": 4, "data": "eA=="}
        ]}"#;
        let event = parse(text).unwrap();
        assert_eq!(event.invocation_id.as_deref(), Some("7"));
        let ids: Vec<_> = event
            .records
            .iter()
            .map(|record| record.record_id.as_deref())
            .collect();
        let none = [None; 7];
        assert_eq!(
            ids,
            [&[Some("1"), Some("2")], none.as_slice(), &[Some("4")]].concat()
        );

        let payloads: Vec<_> = event.records.iter().map(EventRecord::payload).collect();
        assert_eq!(payloads.iter().filter(|payload| payload.is_ok()).count(), 2);
        let reason = payloads[0].as_ref().unwrap_err().to_string();
        assert!(
            reason.starts_with("the record cannot be read: "),
            "{reason}"
        );
        let reason = payloads[2].as_ref().unwrap_err().to_string();
        assert_eq!(
            reason,
            "the record cannot be read: it is a number, not an object"
        );
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
