use std::mem;

use bytes::Bytes;
use firehose_core::Output;

use super::metadata::metadata_json;
use crate::{
    base64_codec::{base64_len, push_base64},
    cause::Cause,
    engine::{record_result::RecordResult, result_sink::ResultSink},
    event::{firehose_event::Event, malformed::MalformedEvent, payload::PayloadField},
    failure::FailureKind,
    limits::MAX_RESPONSE_BYTES,
};

const START: &str = r#"{"records":["#;
const END: &str = "]}";
const RECORD_ID: &str = r#"{"recordId":"#;
const RESULT: &str = r#","result":""#;

/// A writer of `{"records":[...]}` that adds one answer at a time, within a budget of bytes.
///
/// Every record must be answered. So the writer reserves room for the answer `ProcessingFailed` to
/// each record that has no answer yet. The answer `Dropped` is shorter, and fits too.
#[derive(Debug)]
pub(crate) struct ResponseWriter<'a> {
    event: &'a Event<'a>,
    json: Vec<u8>,
    budget: usize,
    /// The bytes of a `ProcessingFailed` answer to each record that has no answer yet.
    reserved: usize,
    refused: Vec<RefusedOutput>,
}

/// An output that the response had no room for.
#[derive(Debug)]
struct RefusedOutput {
    index: usize,
    /// The offset of the record's answer in the response.
    start: usize,
    /// `true` if the output fits into a response with no other output.
    fits_alone: bool,
}

impl<'a> ResponseWriter<'a> {
    /// Returns a writer of the response to an event. `json` is an empty buffer.
    pub(crate) fn new(event: &'a Event<'a>, mut json: Vec<u8>, budget: usize) -> Self {
        json.extend_from_slice(START.as_bytes());
        // Sums with the budget must not overflow.
        let budget = budget.min(usize::MAX / 2);
        let failures = event.records.iter().map(|record| failure_length(&record.record_id_json()));
        Self { event, json, budget, reserved: failures.sum(), refused: Vec::new() }
    }

    /// Checks that a response without any output is within the limit of Lambda, or within a larger
    /// budget.
    ///
    /// # Errors
    ///
    /// If the event has so many records, or so long ids, that Lambda rejects every response.
    pub(crate) fn check_answers_fit(&self) -> Result<(), MalformedEvent> {
        // Each answer counts with its comma, but the first answer has none.
        let length = (START.len() + self.reserved + END.len()).saturating_sub(1);
        if length <= self.budget.max(MAX_RESPONSE_BYTES) {
            return Ok(());
        }
        let records = self.event.records.len();
        Err(MalformedEvent::unanswerable(format_args!(
            "the answers to its records ({records}) take at least {length} bytes, and a response has \
             at most {MAX_RESPONSE_BYTES} bytes; send fewer records or shorter ids"
        )))
    }

    fn write(&mut self, text: &str) {
        self.json.extend_from_slice(text.as_bytes());
    }

    /// Returns the metadata of an output as JSON, or refuses an output that does not fit or has an
    /// empty partition key.
    ///
    /// `own` is the number of bytes that are reserved for the record.
    fn metadata_within_budget(
        &mut self,
        index: usize,
        own: usize,
        field: PayloadField,
        output: &Output,
    ) -> Result<Option<String>, Cause> {
        let metadata = metadata_json(output)?;
        // The bytes that an `Ok` answer has in addition to a `ProcessingFailed` answer.
        let needed = (r#","":"""#.len() + field.as_str().len())
            .saturating_add(base64_len(output.data().len()))
            .saturating_add(metadata.as_ref().map_or(0, |it| r#","metadata":"#.len() + it.len()));
        let shorter = "ProcessingFailed".len() - "Ok".len();
        let others = self.reserved.saturating_sub(own);
        // Each answer counts with its comma, but the first answer has none.
        let first = usize::from(self.json.len() == START.len());
        let taken = self.json.len() + own + others + END.len() - first;
        if needed.saturating_add(taken) > self.budget + shorter {
            let alone = START.len() + own - 1 + END.len();
            let fits_alone = needed.saturating_add(alone) <= self.budget + shorter;
            self.refused.push(RefusedOutput { index, start: self.json.len(), fits_alone });
            let left = (self.budget + shorter).saturating_sub(taken);
            let budget = self.budget;
            let text = if fits_alone {
                format!(
                    "response budget: the output takes {needed} bytes, and {left} of {budget} \
                     bytes are left; set a smaller Lambda buffer (BufferSizeInMBs)"
                )
            } else {
                format!(
                    "response budget: the output takes {needed} bytes, and a response has only \
                     {budget} bytes"
                )
            };
            return Err(Cause::new(FailureKind::ResponseBudget, &text));
        }
        Ok(metadata)
    }

    /// Returns the position of each refused record, and `true` if its output fits into a response with
    /// no other output.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (usize, bool)> {
        self.refused.iter().map(|it| (it.index, it.fits_alone))
    }

    /// Replaces the answers to these refused records by `Dropped`.
    pub(crate) fn answer_dropped(&mut self, indexes: &[usize]) {
        let json = mem::take(&mut self.json);
        self.json.reserve(json.len());
        let mut copied = 0;
        let dropped = self.refused.iter().filter(|it| indexes.binary_search(&it.index).is_ok());
        for RefusedOutput { index, start, .. } in dropped {
            let comma = usize::from(*start > START.len());
            let record_id = self.event.records[*index].record_id_json().len();
            let name = start + comma + RECORD_ID.len() + record_id + RESULT.len();
            self.json.extend_from_slice(&json[copied..name]);
            self.json.extend_from_slice(b"Dropped");
            copied = name + "ProcessingFailed".len();
        }
        self.json.extend_from_slice(&json[copied..]);
    }

    /// Returns the whole response.
    pub(crate) fn finish(mut self) -> Bytes {
        self.json.extend_from_slice(END.as_bytes());
        self.json.into()
    }
}

impl ResultSink for ResponseWriter<'_> {
    fn push(&mut self, index: usize, result: &RecordResult) -> Result<(), Cause> {
        let record = &self.event.records[index];
        let field = self.event.payload_field(record);
        let record_id = record.record_id_json();
        let own = failure_length(&record_id);
        let metadata = match result {
            RecordResult::Ok(output) => self.metadata_within_budget(index, own, field, output)?,
            RecordResult::Dropped | RecordResult::Failed(_) => None,
        };
        self.reserved = self.reserved.saturating_sub(own);
        if self.json.len() > START.len() {
            self.json.push(b',');
        }
        self.write(RECORD_ID);
        self.write(&record_id);
        self.write(RESULT);
        self.write(match result {
            RecordResult::Ok(_) => "Ok",
            RecordResult::Dropped => "Dropped",
            RecordResult::Failed(_) => "ProcessingFailed",
        });
        if let RecordResult::Ok(output) = result {
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
}

/// Returns the length of `{"recordId":...,"result":"ProcessingFailed"},`.
fn failure_length(record_id: &str) -> usize {
    r#"{"recordId":,"result":"ProcessingFailed"},"#.len() + record_id.len()
}

#[cfg(test)]
mod tests {
    use firehose_core::{IcebergOperation, IcebergRouting};

    use super::*;

    fn respond(event: &str, results: &[RecordResult]) -> String {
        let event = Event::parse(event.as_bytes()).unwrap();
        let mut writer = ResponseWriter::new(&event, Vec::new(), usize::MAX / 2);
        for (index, result) in results.iter().enumerate() {
            writer.push(index, result).unwrap();
        }
        String::from_utf8(writer.finish().into()).unwrap()
    }

    fn written(field: PayloadField, output: Output) -> String {
        let event = format!(r#"{{"records":[{{"recordId":"1","{}":""}}]}}"#, field.as_str());
        let json = respond(&event, &[RecordResult::Ok(output)]);
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
    fn an_empty_partition_key_is_refused_by_name() {
        for (output, expected) in [
            (Output::new("x").with_partition_key("k", ""), "partition key `k` is empty"),
            (Output::new("x").with_partition_key("", "v"), "the name of a partition key is empty"),
        ] {
            let error = metadata_json(&output).unwrap_err();
            assert_eq!(error.text, format!("{expected}; it must have a character"));
        }
    }

    #[test]
    fn ids_stay_as_written_and_failures_have_no_data() {
        let event = r#"{"sourceMSKArn":"a","records":[{"recordId":"["},{"recordId":"\"\\\u0001\n"},{"recordId":7}]}"#;
        let failed = RecordResult::Failed(Cause::new(FailureKind::Error, "no unit"));
        let results = [RecordResult::Dropped, failed, RecordResult::Dropped];
        let expected = r#"{"records":[{"recordId":"[","result":"Dropped"},{"recordId":"\"\\\u0001\n","result":"ProcessingFailed"},{"recordId":"7","result":"Dropped"}]}"#;
        assert_eq!(respond(event, &results), expected);
    }

    #[test]
    fn a_response_may_use_the_whole_budget() {
        let event = br#"{"records":[{"recordId":"1"},{"recordId":"1"}]}"#;
        let event = Event::parse(event).unwrap();
        let answer = |output: &'static str| RecordResult::Ok(Output::new(output));
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
