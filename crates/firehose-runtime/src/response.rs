//! The response as it is on the wire, written straight into one buffer.

use base64::{Engine, encoded_len};
use firehose_core::Output;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    FailureKind, PayloadField, base64_engine,
    engine::{Answered, Verdict},
    failure::Cause,
};

const START: &str = r#"{"records":["#;
const END: &str = "]}";

/// Writes `{"records":[...]}`, an answer at a time, within a budget.
///
/// Every record must be answered, so room for the shortest answer is kept for all that are
/// still to come: that they failed.
#[derive(Debug)]
pub(crate) struct ResponseWriter {
    json: String,
    budget: usize,
    /// What the records that are still to come need at least.
    reserved: usize,
}

impl ResponseWriter {
    /// A writer for the answers to these ids, with room for `capacity` bytes to begin with.
    pub(crate) fn new<'a>(
        capacity: usize,
        budget: usize,
        record_ids: impl Iterator<Item = &'a str>,
    ) -> Self {
        let mut json = String::with_capacity(capacity.min(budget));
        json.push_str(START);
        Self { json, budget, reserved: record_ids.map(failure_length).sum() }
    }

    /// Writes an answer, or refuses an output for which there is no room. A refused answer is
    /// to be followed by one that the record failed.
    pub(crate) fn push(&mut self, answered: &Answered) -> Result<(), Cause> {
        let own = failure_length(&answered.record_id);
        let metadata = match &answered.result {
            Verdict::Ok(output) => self.metadata_within_budget(own, answered.field, output)?,
            Verdict::Dropped | Verdict::ProcessingFailed => None,
        };
        self.reserved = self.reserved.saturating_sub(own);
        if self.json.len() > START.len() {
            self.json.push(',');
        }
        self.json.push_str(r#"{"recordId":"#);
        self.push_json(&*answered.record_id);
        self.json.push_str(r#","result":""#);
        self.json.push_str(answered.result.as_str());
        self.json.push('"');
        if let Verdict::Ok(output) = &answered.result {
            self.json.push_str(r#",""#);
            self.json.push_str(answered.field.as_str());
            self.json.push_str(r#"":""#);
            base64_engine().encode_string(output.data(), &mut self.json);
            self.json.push('"');
        }
        if let Some(metadata) = metadata {
            self.json.push_str(r#","metadata":"#);
            self.json.push_str(&metadata);
        }
        self.json.push('}');
        Ok(())
    }

    /// The metadata of an output as JSON, if there is room for the whole answer.
    fn metadata_within_budget(
        &self,
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
            let left = (self.budget + shorter).saturating_sub(taken);
            return Err(Cause::new(
                FailureKind::ResponseBudget,
                &format!(
                    "response budget: its output takes {needed} bytes, and there are {left} left \
                     of {}; let Firehose collect less for one invocation (BufferSizeInMBs)",
                    self.budget
                ),
            ));
        }
        Ok(metadata)
    }

    pub(crate) fn finish(mut self) -> String {
        self.json.push_str(END);
        self.json
    }

    fn push_json<T: Serialize + ?Sized>(&mut self, value: &T) {
        self.json.push_str(&to_json(value));
    }
}

/// The JSON of a value whose serialization cannot fail: text, or maps of text.
fn to_json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The length of `{"recordId":"...","result":"ProcessingFailed"},`.
fn failure_length(record_id: &str) -> usize {
    r#"{"recordId":"","result":"ProcessingFailed"},"#.len() + escaped_length(record_id)
}

/// The length of a text in a JSON string, as `serde_json` writes it.
fn escaped_length(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(escaped).sum()
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

    fn written(field: PayloadField, output: Output) -> String {
        let mut writer = ResponseWriter::new(0, usize::MAX / 2, [].into_iter());
        writer
            .push(&Answered { record_id: "1".into(), field, result: Verdict::Ok(output) })
            .unwrap();
        let json = writer.finish();
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
    fn ids_are_escaped_and_failures_carry_nothing() {
        let mut writer = ResponseWriter::new(0, usize::MAX / 2, [].into_iter());
        for (id, result) in [("[", Verdict::Dropped), ("\"\\\u{1}\n", Verdict::ProcessingFailed)] {
            let field = PayloadField::KafkaRecordValue;
            writer.push(&Answered { record_id: id.into(), field, result }).unwrap();
        }
        let expected = r#"{"records":[{"recordId":"[","result":"Dropped"},{"recordId":"\"\\\u0001\n","result":"ProcessingFailed"}]}"#;
        assert_eq!(writer.finish(), expected);
    }

    #[test]
    fn a_budget_is_used_to_the_last_byte() {
        let answer = |output: &'static str| Answered {
            record_id: "1".into(),
            field: PayloadField::Data,
            result: Verdict::Ok(Output::new(output)),
        };
        let whole = r#"{"records":[{"recordId":"1","result":"Ok","data":"eHh4eA=="},{"recordId":"1","result":"Ok","data":"eA=="}]}"#;
        for (budget, fits) in [(whole.len(), true), (whole.len() - 1, false)] {
            let mut writer = ResponseWriter::new(0, budget, ["1", "1"].into_iter());
            assert_eq!(writer.push(&answer("xxxx")).is_ok(), fits, "{budget}");
            if fits {
                writer.push(&answer("x")).unwrap();
                assert_eq!(writer.finish(), whole);
            }
        }
    }

    #[test]
    fn escaped_lengths_are_those_of_serde_json() {
        for character in (0..0x3000).chain([0x1f525]).filter_map(char::from_u32) {
            let text = format!("a{character}b");
            assert_eq!(escaped_length(&text) + 2, to_json(&text).len(), "{text:?}");
        }
    }
}
