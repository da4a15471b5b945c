use bytes::Bytes;
use firehose_runtime::JsonScanner;
use memchr::memmem;

use super::record_processor::{Payload, RecordProcessor};
use crate::delivery_stream::{DeliveryFailure, StreamRecord, SubRecordType};

/// Firehose's processor `RecordDeAggregation`: splits a record into its JSON objects, or at a
/// delimiter.
///
/// | record | result | source |
/// |---|---|---|
/// | up to 500 JSON objects, on lines or without white space | a record for each object, without the line breaks around it | [documented][page] |
/// | up to 500 parts between delimiters | a record for each part, without line breaks around it | [documented][page], the line breaks are our choice |
/// | more than 500 parts | the whole record | [documented][batch] and observed |
/// | an array of JSON objects, or any other data | the whole record | AWS documents that the input is invalid: our choice, as for more than 500 parts |
/// | no part, such as an empty record | the whole record | our choice |
/// | an empty part | left out | our choice |
///
/// If a record with several JSON objects stays whole, MetadataExtraction rejects it with
/// `Non JSON record provided`.
///
/// [page]: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-multirecord-deaggergation.html
/// [batch]: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
#[derive(Debug)]
pub struct RecordDeAggregation {
    sub_records: SubRecordType,
}

impl RecordDeAggregation {
    /// The largest number of parts of a record:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-multirecord-deaggergation.html>.
    pub const MAX_PARTS: usize = 500;

    /// Creates the processor.
    pub fn new(sub_records: SubRecordType) -> Self {
        Self { sub_records }
    }

    /// Returns the parts of a record, or `None` if the record goes on as a whole.
    fn parts(&self, data: &Bytes) -> Option<Vec<Bytes>> {
        let mut parts = Vec::new();
        let mut push = |part: &[u8]| {
            if !part.is_empty() {
                parts.push(data.slice_ref(part));
            }
            parts.len() <= Self::MAX_PARTS
        };
        match &self.sub_records {
            SubRecordType::Json => {
                let text = str::from_utf8(data).ok()?;
                let mut scanner = JsonScanner::new(text);
                while let Some(next) = scanner.peek() {
                    let start = scanner.offset();
                    if next != b'{'
                        || scanner.value().is_err()
                        || !push(&data[start..scanner.offset()])
                    {
                        return None;
                    }
                }
            }
            SubRecordType::Delimited(delimiter) => {
                let mut start = 0;
                for end in memmem::find_iter(data, delimiter).chain([data.len()]) {
                    if !push(without_line_breaks(&data[start..end])) {
                        return None;
                    }
                    start = (end + delimiter.len()).min(data.len());
                }
            }
        }
        (!parts.is_empty()).then_some(parts)
    }
}

impl RecordProcessor for RecordDeAggregation {
    fn process(
        &self,
        _record: &StreamRecord,
        payload: Payload,
        out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure> {
        match self.parts(&payload.data) {
            None => out.push(payload),
            Some(parts) => out.extend(parts.into_iter().map(|part| Payload {
                raw_data: part.clone(),
                data: part,
                ..payload.clone()
            })),
        }
        Ok(())
    }
}

fn without_line_breaks(mut part: &[u8]) -> &[u8] {
    while let [b'\n' | b'\r', rest @ ..] | [rest @ .., b'\n' | b'\r'] = part {
        part = rest;
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processors::conformance::check_record_processor;

    #[test]
    fn json_objects_keep_the_contract_of_record_processors() {
        let passing: [(&str, &[&str]); 12] = [
            (r#"{"a":1}{"a":2}"#, &[r#"{"a":1}"#, r#"{"a":2}"#]),
            ("{\"a\":1}\n{\"a\":2}\r\n", &[r#"{"a":1}"#, r#"{"a":2}"#]),
            (" {\"a\" : [1,\n2]} ", &["{\"a\" : [1,\n2]}"]),
            (r#"[{"a":1}, {"a":2}]"#, &[r#"[{"a":1}, {"a":2}]"#]),
            (r#"{"a":1}[]"#, &[r#"{"a":1}[]"#]),
            (r#"{"a":1}, {"a":2}"#, &[r#"{"a":1}, {"a":2}"#]),
            ("1 2", &["1 2"]),
            ("{} text", &["{} text"]),
            ("{\"a\":", &["{\"a\":"]),
            ("", &[""]),
            ("\n", &["\n"]),
            ("{}", &["{}"]),
        ];
        check_record_processor(&RecordDeAggregation::new(SubRecordType::Json), &passing, &[]);
    }

    #[test]
    fn delimited_parts_keep_the_contract_of_record_processors() {
        let passing: [(&str, &[&str]); 7] = [
            ("a####b", &["a", "b"]),
            ("####a#####b\n####\r\nc####", &["a", "#b", "c"]),
            ("a", &["a"]),
            ("####", &["####"]),
            ("####\n####", &["####\n####"]),
            ("", &[""]),
            ("a\nb####[1]", &["a\nb", "[1]"]),
        ];
        let delimiter = SubRecordType::Delimited(Bytes::from_static(b"####"));
        check_record_processor(&RecordDeAggregation::new(delimiter), &passing, &[]);
        let newline = SubRecordType::Delimited(Bytes::from_static(b"\n"));
        let lines: [(&str, &[&str]); 2] = [("a\r\n\nb\n", &["a", "b"]), ("\n", &["\n"])];
        check_record_processor(&RecordDeAggregation::new(newline), &lines, &[]);
    }

    #[test]
    fn a_record_of_more_than_500_parts_stays_whole() {
        let comma = SubRecordType::Delimited(Bytes::from_static(b","));
        for (sub_records, part) in [(SubRecordType::Json, "{}"), (comma, "x,")] {
            let processor = RecordDeAggregation::new(sub_records);
            for (count, expected) in [(500, Some(500)), (501, None)] {
                let parts = processor.parts(&part.repeat(count).into());
                assert_eq!(parts.map(|parts| parts.len()), expected);
            }
        }
    }
}
