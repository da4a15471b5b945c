//! The response as it is on the wire, written straight into one buffer.

use base64::Engine;
use firehose_core::Output;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    PayloadField, base64_engine,
    engine::{Answered, Verdict},
};

/// Writes `{"records":[...]}`, an answer at a time.
#[derive(Debug)]
pub(crate) struct ResponseWriter {
    json: String,
}

impl ResponseWriter {
    /// A writer with room for `capacity` bytes, to begin with.
    pub(crate) fn new(capacity: usize) -> Self {
        let mut json = String::with_capacity(capacity);
        json.push_str(r#"{"records":["#);
        Self { json }
    }

    pub(crate) fn push(&mut self, answered: &Answered) {
        if !self.json.ends_with('[') {
            self.json.push(',');
        }
        self.json.push_str(r#"{"recordId":"#);
        self.push_json(&*answered.record_id);
        self.json.push_str(r#","result":""#);
        self.json.push_str(answered.result.as_str());
        self.json.push('"');
        if let Verdict::Ok(output) = &answered.result {
            self.push_output(answered.field, output);
        }
        self.json.push('}');
    }

    fn push_output(&mut self, field: PayloadField, output: &Output) {
        self.json.push_str(r#",""#);
        self.json.push_str(field.as_str());
        self.json.push_str(r#"":""#);
        base64_engine().encode_string(output.data(), &mut self.json);
        self.json.push('"');
        if !output.partition_keys().is_empty() || output.iceberg_routing().is_some() {
            self.json.push_str(r#","metadata":"#);
            self.push_json(&Metadata(output));
        }
    }

    pub(crate) fn finish(mut self) -> String {
        self.json.push_str("]}");
        self.json
    }

    /// Appends a value whose serialization cannot fail: text, or maps of text.
    fn push_json<T: Serialize + ?Sized>(&mut self, value: &T) {
        self.json.push_str(&serde_json::to_string(value).unwrap_or_default());
    }
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
        let mut writer = ResponseWriter::new(0);
        writer.push(&Answered { record_id: "1".into(), field, result: Verdict::Ok(output) });
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
        let mut writer = ResponseWriter::new(0);
        for (id, result) in [("[", Verdict::Dropped), ("\"\\\u{1}\n", Verdict::ProcessingFailed)] {
            let field = PayloadField::KafkaRecordValue;
            writer.push(&Answered { record_id: id.into(), field, result });
        }
        let expected = r#"{"records":[{"recordId":"[","result":"Dropped"},{"recordId":"\"\\\u0001\n","result":"ProcessingFailed"}]}"#;
        assert_eq!(writer.finish(), expected);
    }
}
