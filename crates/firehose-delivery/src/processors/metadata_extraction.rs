use std::{borrow::Cow, collections::BTreeMap};

use firehose_runtime::error_chain;
use firehose_transforms::jq::JqError;
use serde_json::value::RawValue;

use super::{
    first_failure::FirstFailure,
    record_processor::{Payload, RecordProcessor},
};
use crate::delivery_stream::{DeliveryFailure, MetadataQuery, StreamRecord};

/// Firehose's processor `MetadataExtraction`: runs a query of jq 1.6 on a record. The result has
/// the partition keys for `!{partitionKeyFromQuery:...}`. The data stays unchanged.
///
/// | result of the query | keys or failure | source |
/// |---|---|---|
/// | a string, a number or a boolean for a key | its text, numbers as jq 1.6 prints them | strings are [documented][page]; numbers and booleans are our choice |
/// | null or an empty string for a key | `partitionKeys values must not be null or empty` | observed by users |
/// | an array or an object for a key, or no value for a key of the prefix | the same | our choice |
/// | no output, several outputs, or an output that is not an object | `QueryFailed` | our choice |
/// | the query fails | `QueryFailed` | our choice |
/// | null or an empty string, if the destination is Iceberg tables | no key: the function or the configuration may name the table | [documented][iceberg] |
/// | the record is not one JSON value | `Non JSON record provided` | observed by users |
///
/// [page]: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
/// [iceberg]: https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-format-input-record-different.html
#[derive(Debug)]
pub struct MetadataExtraction {
    query: MetadataQuery,
    /// The keys of the prefix, which each record needs.
    required: Vec<String>,
    /// `true` if a key may be null or empty.
    skips_missing: bool,
    failures: FirstFailure,
}

impl MetadataExtraction {
    const NAME: &str = "MetadataExtraction";

    /// Creates the processor. `required` has the names of the keys that each record needs.
    pub fn new(query: MetadataQuery, required: Vec<String>, failures: FirstFailure) -> Self {
        Self { query, required, skips_missing: false, failures }
    }

    /// Leaves out keys that are null or empty, for a query that routes records to Iceberg tables.
    /// The destination then finds the table elsewhere, or fails the record.
    #[must_use]
    pub fn skipping_missing(self) -> Self {
        Self { skips_missing: true, ..self }
    }

    /// Returns the keys of a record, or the failure and its cause.
    fn keys(&self, payload: &Payload) -> Result<BTreeMap<String, String>, Rejection> {
        let outputs = self.query.filter().run(&payload.data).map_err(|error| {
            let failure = match error {
                JqError::Json(_) => DeliveryFailure::NotJson,
                _ => DeliveryFailure::QueryFailed,
            };
            (failure, Cow::Owned(error_chain(&error)))
        })?;
        let failed = |cause| (DeliveryFailure::QueryFailed, Cow::Borrowed(cause));
        let [output] = outputs.as_slice() else {
            return Err(failed("the query must have exactly one output for a record"));
        };
        let values: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(output)
            .map_err(|_| failed("the output of the query is not an object"))?;
        let missing = |key: &str| {
            let cause = format!("the query gives no string, number or boolean for the key `{key}`");
            (DeliveryFailure::MissingQueryKey, Cow::Owned(cause))
        };
        let mut keys = BTreeMap::new();
        for (key, value) in values {
            match text_of(value) {
                Some(text) => {
                    keys.insert(key.into_owned(), text);
                }
                None if self.skips_missing && matches!(value.get(), "null" | "\"\"") => {}
                None => return Err(missing(&key)),
            }
        }
        match self.required.iter().find(|key| !keys.contains_key(*key)) {
            Some(key) => Err(missing(key)),
            None => Ok(keys),
        }
    }
}

/// A failure and its cause.
type Rejection = (DeliveryFailure, Cow<'static, str>);

/// Returns the text of a string, a number or a boolean. Returns `None` for any other value, and for
/// an empty string.
fn text_of(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok().filter(|text: &String| !text.is_empty()),
        b'[' | b'{' | b'n' => None,
        _ => Some(json.to_owned()),
    }
}

impl RecordProcessor for MetadataExtraction {
    fn process(
        &self,
        record: &StreamRecord,
        mut payload: Payload,
        out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure> {
        let keys = self.keys(&payload).map_err(|(failure, cause)| {
            self.failures.report(Self::NAME, record, &cause);
            failure
        })?;
        payload.query_keys.extend(keys);
        out.push(payload);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::processors::conformance::check_record_processor;

    fn processor(query: &str, required: &[&str]) -> MetadataExtraction {
        let query = MetadataQuery::parse(query).unwrap();
        let required = required.iter().map(|key| (*key).to_owned()).collect();
        MetadataExtraction::new(query, required, FirstFailure::unobserved())
    }

    /// Returns the keys as `name=value`, or the failure.
    fn keys(query: &str, record: &str) -> Result<String, DeliveryFailure> {
        let payload = Payload::new(Bytes::copy_from_slice(record.as_bytes()));
        let keys = processor(query, &["k"]).keys(&payload).map_err(|(failure, _)| failure)?;
        let keys: Vec<_> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Ok(keys.join(" "))
    }

    #[test]
    fn the_contract_of_record_processors_is_kept() {
        let passing: [(&str, &[&str]); 3] = [
            (r#"{"a":"x"}"#, &[r#"{"a":"x"}"#]),
            (" {\"a\" : 1.50}\n", &[" {\"a\" : 1.50}\n"]),
            (r#"{"a":false}"#, &[r#"{"a":false}"#]),
        ];
        let failing =
            ["", "text", "{}{}", r#"{"a":"x"}{"a":"y"}"#, "{}", "[]", r#"{"a":""}"#, r#"{"a":{}}"#];
        check_record_processor(&processor("{k: .a}", &["k"]), &passing, &failing);
    }

    #[test]
    fn a_missing_part_of_a_route_is_no_failure() {
        let keys = |record: &str| {
            let payload = Payload::new(Bytes::copy_from_slice(record.as_bytes()));
            let found = processor("{d: .d, t: .t}", &[]).skipping_missing().keys(&payload);
            found.map(|keys| keys.into_values().collect::<Vec<_>>().concat()).map_err(|it| it.0)
        };
        assert_eq!(keys(r#"{"d":"x","t":null}"#), Ok("x".to_owned()));
        assert_eq!(keys(r#"{"d":"","t":"y"}"#), Ok("y".to_owned()));
        assert_eq!(keys("{}"), Ok(String::new()));
        assert_eq!(keys(r#"{"d":[]}"#), Err(DeliveryFailure::MissingQueryKey));
    }

    #[test]
    fn the_result_of_the_query_is_read_as_documented() {
        use DeliveryFailure::{MissingQueryKey, NotJson, QueryFailed};
        for (query, record, expected) in [
            ("{k: .a, other: .b}", r#"{"a":"x\u00e9","b":"y"}"#, Ok("k=x\u{e9} other=y")),
            ("{k: .a}", r#"{"a":1.50}"#, Ok("k=1.5")),
            ("{k: .a}", r#"{"a":12345678901234567890}"#, Ok("k=12345678901234567000")),
            ("{k: .a}", r#"{"a":1e2}"#, Ok("k=100")),
            ("{k: .a}", r#"{"a":true}"#, Ok("k=true")),
            ("{k: .t|strftime(\"%Y\")}", r#"{"t":1565382027}"#, Ok("k=2019")),
            ("{k: .a}", r#"{"a":null}"#, Err(MissingQueryKey)),
            ("{k: .a}", r#"{"a":""}"#, Err(MissingQueryKey)),
            ("{k: .a}", r#"{"a":[1]}"#, Err(MissingQueryKey)),
            ("{k: .a, other: .b}", r#"{"a":1}"#, Err(MissingQueryKey)),
            ("{other: .a}", r#"{"a":1}"#, Err(MissingQueryKey)),
            (".a", r#"{"a":1}"#, Err(QueryFailed)),
            ("empty", "{}", Err(QueryFailed)),
            ("{k: .a[]}", r#"{"a":[1,2]}"#, Err(QueryFailed)),
            ("{k: (.a + 1)}", r#"{"a":"x"}"#, Err(QueryFailed)),
            ("{k: 1}", r#"{"a":1}{"a":2}"#, Err(NotJson)),
            ("{k: 1}", "\u{feff}{}", Err(NotJson)),
        ] {
            assert_eq!(keys(query, record), expected.map(str::to_owned), "{query} {record}");
        }
    }
}
