use std::str;

use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError};

use super::{response_record::ResponseRecord, violation::Violation};
use crate::json::{fields::Fields, json_text::JsonText};

/// A function's response, borrowed from its JSON text.
///
/// This is the one reading of a response: [`check`](super::check) judges it by the contract, and a
/// local delivery follows it. Of a field given twice, the last counts, as for the JSON parser of
/// Firehose's language. The nesting of fields that nobody reads has no limit.
///
/// ```
/// use firehose_runtime::{PayloadField, contract::{RecordAnswer, Response}};
///
/// let response = br#"{"records": [{"recordId": "r-1", "result": "Ok", "data": "aGk="}]}"#;
/// let response = Response::parse(response)?;
/// for (index, record) in response.records().enumerate() {
///     match record.answer(index, PayloadField::Data)? {
///         RecordAnswer::Ok { data, .. } => assert_eq!(data, "hi"),
///         RecordAnswer::Dropped | RecordAnswer::ProcessingFailed => unreachable!(),
///     }
/// }
/// # Ok::<_, firehose_runtime::contract::Violation>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The array `records`; missing or null in a response without records.
    records: JsonText<'a>,
}

impl<'a> Response<'a> {
    /// Reads a response.
    ///
    /// # Errors
    ///
    /// [`Violation::NotJson`], or [`Violation::NoRecords`] if the response is not an object or its
    /// `records` is neither an array nor null nor missing.
    pub fn parse(json: &'a [u8]) -> Result<Self, Violation> {
        let syntax = |error: JsonSyntaxError| Violation::not_json(&error.in_text(json));
        let text = str::from_utf8(json).map_err(|error| syntax(error.into()))?;
        let mut scanner = JsonScanner::new(text);
        if scanner.peek() != Some(b'{') {
            let found = JsonText::read(&mut scanner).map_err(syntax)?.kind();
            scanner.end().map_err(syntax)?;
            return Err(Violation::NoRecords { found });
        }
        let records = records(&mut scanner).map_err(syntax)?;
        match records.kind() {
            "missing" | "null" | "an array" => Ok(Self { records }),
            "an object" => {
                Err(Violation::NoRecords { found: "an object with an object for `records`" })
            }
            _ => Err(Violation::NoRecords { found: "an object with a single value for `records`" }),
        }
    }

    /// Returns the elements of `records`, in their order.
    pub fn records(&self) -> impl Iterator<Item = ResponseRecord<'a>> + use<'a> {
        let text = self.records.json();
        let mut scanner = JsonScanner::new(text);
        let mut is_open = scanner.array().is_ok();
        std::iter::from_fn(move || {
            is_open = is_open && scanner.item().unwrap_or_default();
            // The text was read before, so that it has no errors.
            if is_open { ResponseRecord::read(&mut scanner, text).ok() } else { None }
        })
    }

    /// Returns the violation of a response that has no `records`.
    pub(super) fn without_records(&self) -> Option<Violation> {
        let found = match self.records.kind() {
            "missing" => "an object without `records`",
            "null" => "an object with null for `records`",
            _ => return None,
        };
        Some(Violation::NoRecords { found })
    }
}

/// Reads a whole response, and returns the last field `records`.
fn records<'a>(scanner: &mut JsonScanner<'a>) -> Result<JsonText<'a>, JsonSyntaxError> {
    const RECORDS: [(JsonKey, ()); 1] = [(JsonKey::new("records"), ())];
    let mut fields = Fields::enter(scanner, &RECORDS)?;
    let mut records = JsonText::default();
    while let Some(()) = fields.next(scanner)? {
        records = JsonText::read(scanner)?;
    }
    scanner.end()?;
    Ok(records)
}
