//! The response as it is on the wire, written straight into one buffer.

use std::mem;

use base64::encoded_len;
use bytes::Bytes;
use firehose_core::Output;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    Event, FailureKind, PayloadField, base64_engine::push_base64, engine::Verdict, failure::Cause,
};

const START: &str = r#"{"records":["#;
const END: &str = "]}";
const RECORD_ID: &str = r#"{"recordId":"#;
const RESULT: &str = r#","result":""#;

/// Writes `{"records":[...]}`, an answer at a time, within a budget.
///
/// Every record must be answered, so room for the shortest answer is kept for all that are
/// still to come: that they failed.
#[derive(Debug)]
pub(crate) struct ResponseWriter<'a> {
    event: &'a Event<'a>,
    json: Vec<u8>,
    budget: usize,
    /// What the records that are still to come need at least.
    reserved: usize,
    refused: Vec<Refused>,
}

/// A record for whose output there was no room.
#[derive(Debug)]
struct Refused {
    index: usize,
    /// Where in the response its answer begins.
    start: usize,
    /// A response of its own would have had room.
    fits_alone: bool,
}

impl<'a> ResponseWriter<'a> {
    /// A writer for the answers to an event, into an empty buffer.
    pub(crate) fn new(event: &'a Event<'a>, mut json: Vec<u8>, budget: usize) -> Self {
        json.extend_from_slice(START.as_bytes());
        // So that sums with it have a value.
        let budget = budget.min(usize::MAX / 2);
        let failures = event.records.iter().map(|record| failure_length(&record.record_id_json()));
        Self { event, json, budget, reserved: failures.sum(), refused: Vec::new() }
    }

    /// Writes the answer to a record of the event, or refuses an output for which there is no
    /// room. A refused answer is to be followed by one that the record failed.
    pub(crate) fn push(&mut self, index: usize, verdict: &Verdict) -> Result<(), Cause> {
        let record = &self.event.records[index];
        let field = self.event.payload_field(record);
        let record_id = record.record_id_json();
        let own = failure_length(&record_id);
        let metadata = match verdict {
            Verdict::Ok(output) => self.metadata_within_budget(index, own, field, output)?,
            Verdict::Dropped | Verdict::ProcessingFailed => None,
        };
        self.reserved = self.reserved.saturating_sub(own);
        if self.json.len() > START.len() {
            self.json.push(b',');
        }
        self.write(RECORD_ID);
        self.write(&record_id);
        self.write(RESULT);
        self.write(match verdict {
            Verdict::Ok(_) => "Ok",
            Verdict::Dropped => "Dropped",
            Verdict::ProcessingFailed => "ProcessingFailed",
        });
        if let Verdict::Ok(output) = verdict {
            self.write(match field {
                PayloadField::Data => r#"","data":""#,
                PayloadField::KafkaRecordValue => r#"","kafkaRecordValue":""#,
            });
            push_base64(output.data(), &mut self.json);
        }
        self.json.push(b'"');
        if let Some(metadata) = metadata {
            self.write(r#","metadata":"#);
            self.write(&metadata);
        }
        self.json.push(b'}');
        Ok(())
    }

    fn write(&mut self, text: &str) {
        self.json.extend_from_slice(text.as_bytes());
    }

    /// The metadata of an output as JSON, if there is room for the whole answer. `own` is the
    /// room that is kept for the record.
    fn metadata_within_budget(
        &mut self,
        index: usize,
        own: usize,
        field: PayloadField,
        output: &Output,
    ) -> Result<Option<String>, Cause> {
        let routed = !output.partition_keys().is_empty() || output.iceberg_routing().is_some();
        let metadata = routed.then(|| to_json(&Metadata(output)));
        // That is what an answer has more than one that the record failed.
        let payload = encoded_len(output.data().len(), true).unwrap_or(usize::MAX);
        let needed = (r#","":"""#.len() + field.as_str().len())
            .saturating_add(payload)
            .saturating_add(metadata.as_ref().map_or(0, |it| r#","metadata":"#.len() + it.len()));
        let shorter = "ProcessingFailed".len() - "Ok".len();
        let others = self.reserved.saturating_sub(own);
        // Each answer counts with a comma, and the first has none.
        let first = usize::from(self.json.len() == START.len());
        let taken = self.json.len() + own + others + END.len() - first;
        if needed.saturating_add(taken) > self.budget + shorter {
            let alone = START.len() + own - 1 + END.len();
            let fits_alone = needed.saturating_add(alone) <= self.budget + shorter;
            self.refused.push(Refused { index, start: self.json.len(), fits_alone });
            let left = (self.budget + shorter).saturating_sub(taken);
            let budget = self.budget;
            let text = if fits_alone {
                format!(
                    "response budget: its output takes {needed} bytes, and there are {left} left \
                     of {budget}; let Firehose collect less for one invocation (BufferSizeInMBs)"
                )
            } else {
                format!(
                    "response budget: its output takes {needed} bytes, and a response of its own \
                     could not hold it, of {budget} bytes at most"
                )
            };
            return Err(Cause::new(FailureKind::ResponseBudget, &text));
        }
        Ok(metadata)
    }

    /// The records that were refused, though a response of their own would have had room.
    pub(crate) fn refused_that_fit_alone(&self) -> Vec<usize> {
        self.refused.iter().filter(|it| it.fits_alone).map(|it| it.index).collect()
    }

    /// Has these of the refused records be answered `Dropped`, and not that they failed.
    pub(crate) fn answer_dropped(&mut self, indexes: &[usize]) {
        let json = mem::take(&mut self.json);
        self.json.reserve(json.len());
        let mut copied = 0;
        let dropped = self.refused.iter().filter(|it| indexes.binary_search(&it.index).is_ok());
        for Refused { index, start, .. } in dropped {
            let comma = usize::from(*start > START.len());
            let record_id = self.event.records[*index].record_id_json().len();
            let name = start + comma + RECORD_ID.len() + record_id + RESULT.len();
            self.json.extend_from_slice(&json[copied..name]);
            self.json.extend_from_slice(b"Dropped");
            copied = name + "ProcessingFailed".len();
        }
        self.json.extend_from_slice(&json[copied..]);
    }

    pub(crate) fn finish(mut self) -> Bytes {
        self.json.extend_from_slice(END.as_bytes());
        self.json.into()
    }
}

/// The JSON of a value whose serialization cannot fail: text, or maps of text.
fn to_json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The length of `{"recordId":...,"result":"ProcessingFailed"},`.
fn failure_length(record_id: &str) -> usize {
    r#"{"recordId":,"result":"ProcessingFailed"},"#.len() + record_id.len()
}

struct Metadata<'a>(&'a Output);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut metadata = serializer.serialize_map(None)?;
        if !self.0.partition_keys().is_empty() {
            metadata.serialize_entry("partitionKeys", self.0.partition_keys())?;
        }
        if let Some(routing) = self.0.iceberg_routing() {
            metadata.serialize_entry(
                "otfMetadata",
                &OtfMetadata {
                    destination_database_name: routing.database(),
                    destination_table_name: routing.table(),
                    operation: routing.operation().map(|operation| operation.as_str()),
                },
            )?;
        }
        metadata.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OtfMetadata<'a> {
    destination_database_name: &'a str,
    destination_table_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use firehose_core::{IcebergOperation, IcebergRouting};

    use super::*;

    fn respond(event: &str, verdicts: &[Verdict]) -> String {
        let event = Event::parse(event.as_bytes()).unwrap();
        let mut writer = ResponseWriter::new(&event, Vec::new(), usize::MAX / 2);
        for (index, verdict) in verdicts.iter().enumerate() {
            writer.push(index, verdict).unwrap();
        }
        String::from_utf8(writer.finish().into()).unwrap()
    }

    fn written(field: PayloadField, output: Output) -> String {
        let event = format!(r#"{{"records":[{{"recordId":"1","{}":""}}]}}"#, field.as_str());
        let json = respond(&event, &[Verdict::Ok(output)]);
        let record = json.strip_prefix(r#"{"records":[{"recordId":"1","result":"Ok","#).unwrap();
        record.strip_suffix("}]}").unwrap().to_owned()
    }

    #[test]
    fn metadata_is_written_only_when_set() {
        let table = |operation| {
            let routing = IcebergRouting::new("db", "t").unwrap();
            Output::new("x").with_iceberg_routing(match operation {
                Some(operation) => routing.with_operation(operation),
                None => routing,
            })
        };
        for (output, expected) in [
            (Output::default(), r#""data":"""#),
            (Output::new("x"), r#""data":"eA==""#),
            (
                Output::new("x").with_partition_key("b", "\"1\"").with_partition_key("a", "é"),
                r#""data":"eA==","metadata":{"partitionKeys":{"a":"é","b":"\"1\""}}"#,
            ),
            (
                table(None),
                r#""data":"eA==","metadata":{"otfMetadata":{"destinationDatabaseName":"db","destinationTableName":"t"}}"#,
            ),
            (
                table(Some(IcebergOperation::Delete)).with_partition_key("a", "1"),
                r#""data":"eA==","metadata":{"partitionKeys":{"a":"1"},"otfMetadata":{"destinationDatabaseName":"db","destinationTableName":"t","operation":"delete"}}"#,
            ),
        ] {
            assert_eq!(written(PayloadField::Data, output), expected);
        }
        let kafka = written(PayloadField::KafkaRecordValue, Output::new("x"));
        assert_eq!(kafka, r#""kafkaRecordValue":"eA==""#);
    }

    #[test]
    fn ids_are_as_they_were_and_failures_carry_nothing() {
        let event = r#"{"sourceMSKArn":"a","records":[{"recordId":"["},{"recordId":"\"\\\u0001\n"},{"recordId":7}]}"#;
        let verdicts = [Verdict::Dropped, Verdict::ProcessingFailed, Verdict::Dropped];
        let expected = r#"{"records":[{"recordId":"[","result":"Dropped"},{"recordId":"\"\\\u0001\n","result":"ProcessingFailed"},{"recordId":"7","result":"Dropped"}]}"#;
        assert_eq!(respond(event, &verdicts), expected);
    }

    #[test]
    fn a_budget_is_used_to_the_last_byte() {
        let event = br#"{"records":[{"recordId":"1"},{"recordId":"1"}]}"#;
        let event = Event::parse(event).unwrap();
        let answer = |output: &'static str| Verdict::Ok(Output::new(output));
        let whole = r#"{"records":[{"recordId":"1","result":"Ok","data":"eHh4eA=="},{"recordId":"1","result":"Ok","data":"eA=="}]}"#;
        for (budget, fits) in [(whole.len(), true), (whole.len() - 1, false)] {
            let mut writer = ResponseWriter::new(&event, Vec::new(), budget);
            assert_eq!(writer.push(0, &answer("xxxx")).is_ok(), fits, "{budget}");
            if fits {
                writer.push(1, &answer("x")).unwrap();
                assert_eq!(writer.finish(), whole);
            }
        }
    }
}
