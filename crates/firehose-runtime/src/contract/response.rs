use std::str;

use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError};

use super::{
    response_record::ResponseRecord,
    violation::{NULL_RECORDS, Violation, WITHOUT_RECORDS},
};
use crate::json::{fields::Fields, json_text::JsonText};

/// A function's response, borrowed from its JSON text.
///
/// If an object has a field twice, the last one counts, as in Jackson, a JSON parser for Java. The
/// names of Firehose's errors suggest that Firehose uses Jackson. Values may be nested to any
/// depth.
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
    /// The array `records`, or a missing or null value.
    records: JsonText<'a>,
}

impl<'a> Response<'a> {
    /// Reads a response.
    ///
    /// # Errors
    ///
    /// - [`Violation::NotJson`] if the response is not JSON.
    /// - [`Violation::NoRecords`] if the response is not an object, or if `records` has a value
    ///   that is neither an array nor null.
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
        let found = match records.kind() {
            "missing" | "null" | "an array" => return Ok(Self { records }),
            "an object" => "an object with an object for `records`",
            "a string" => "an object with a string for `records`",
            "a boolean" => "an object with a boolean for `records`",
            _ => "an object with a number for `records`",
        };
        Err(Violation::NoRecords { found })
    }

    /// Returns the elements of `records`, in their order.
    pub fn records(&self) -> impl Iterator<Item = ResponseRecord<'a>> + use<'a> {
        let text = self.records.json();
        let mut scanner = JsonScanner::new(text);
        let mut is_open = scanner.array().is_ok();
        std::iter::from_fn(move || {
            is_open = is_open && scanner.item().unwrap_or_default();
            // `parse` has read the whole text, so the text has no syntax errors.
            if is_open { ResponseRecord::read(&mut scanner, text).ok() } else { None }
        })
    }

    /// Returns the violation of a response whose `records` is missing or null.
    pub(super) fn absent_records(&self) -> Option<Violation> {
        let found = match self.records.kind() {
            "missing" => WITHOUT_RECORDS,
            "null" => NULL_RECORDS,
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
