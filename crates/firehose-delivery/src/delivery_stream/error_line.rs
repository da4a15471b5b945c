use std::{borrow::Cow, error, fmt, io::Write};

use base64::Engine;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;

use super::error_field::ErrorField;
use crate::base64_engine::{LENIENT_BASE64, push_base64};

/// A failed record as Firehose writes it below the error output prefix: a line of JSON.
///
/// AWS documents the fields in
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html>,
/// with numbers in quotes and `lambdaArn`. The lines that Firehose writes have numbers without
/// quotes and, since 2025, `rawData` first and `lambdaARN`. Both are read; the latter is written.
#[doc = include_str!("../docs/error_codes.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorLine {
    /// The record as it came to the delivery stream, whatever the function made of it.
    pub raw_data: Bytes,
    /// Such as `Lambda.FunctionError`.
    pub error_code: Option<Cow<'static, str>>,
    /// What the code means.
    pub error_message: Option<Cow<'static, str>>,
    /// How often the function was invoked with the record.
    pub attempts_made: Option<u64>,
    /// The arrival of the record, to the millisecond.
    pub arrival_timestamp: Option<Timestamp>,
    /// The end of the last invocation, to the millisecond.
    pub attempt_ending_timestamp: Option<Timestamp>,
    /// The function.
    pub lambda_arn: Option<Cow<'static, str>>,
}

impl ErrorLine {
    /// A line that says nothing of the failure.
    pub fn new(raw_data: Bytes) -> Self {
        Self {
            raw_data,
            error_code: None,
            error_message: None,
            attempts_made: None,
            arrival_timestamp: None,
            attempt_ending_timestamp: None,
            lambda_arn: None,
        }
    }

    /// Appends the line, with its newline. What is `None` is left out.
    pub fn write(&self, line: &mut Vec<u8>) {
        line.extend_from_slice(b"{\"rawData\":\"");
        push_base64(&self.raw_data, line);
        line.push(b'"');
        push_text("errorCode", self.error_code.as_deref(), line);
        push_text("errorMessage", self.error_message.as_deref(), line);
        push_number("attemptsMade", self.attempts_made, line);
        push_timestamp("arrivalTimestamp", self.arrival_timestamp, line);
        push_timestamp("attemptEndingTimestamp", self.attempt_ending_timestamp, line);
        push_text("lambdaARN", self.lambda_arn.as_deref(), line);
        line.extend_from_slice(b"}\n");
    }

    /// Reads a line, with its newline or without. Fields that are not known are ignored, such as
    /// those that other destinations add.
    ///
    /// # Errors
    ///
    /// Only `rawData` has to be there. Text has to be text, base64 base64, and numbers numbers,
    /// with quotes or without.
    pub fn parse(line: &[u8]) -> Result<Self, InvalidErrorLine> {
        let fields: Fields<'_> = serde_json::from_slice(line)
            .map_err(|error| InvalidErrorLine::Json { column: error.column() })?;
        let raw_data = fields.raw_data.text("rawData")?.ok_or(InvalidErrorLine::NoRawData)?;
        let raw_data =
            LENIENT_BASE64.decode(raw_data.as_bytes()).map_err(|_| InvalidErrorLine::RawData)?;
        let text = |field: ErrorField<'_>, name| {
            Ok(field.text(name)?.map(|text| Cow::Owned(text.into_owned())))
        };
        Ok(Self {
            raw_data: raw_data.into(),
            error_code: text(fields.error_code, "errorCode")?,
            error_message: text(fields.error_message, "errorMessage")?,
            attempts_made: fields.attempts_made.number("attemptsMade")?,
            arrival_timestamp: fields.arrival_timestamp.timestamp("arrivalTimestamp")?,
            attempt_ending_timestamp: fields
                .attempt_ending_timestamp
                .timestamp("attemptEndingTimestamp")?,
            lambda_arn: match text(fields.lambda_arn, "lambdaARN")? {
                Some(arn) => Some(arn),
                None => text(fields.old_lambda_arn, "lambdaArn")?,
            },
        })
    }
}

/// The fields as they are read, before it is known whether they are what they have to be.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Fields<'a> {
    #[serde(borrow)]
    raw_data: ErrorField<'a>,
    #[serde(borrow)]
    error_code: ErrorField<'a>,
    #[serde(borrow)]
    error_message: ErrorField<'a>,
    #[serde(borrow)]
    attempts_made: ErrorField<'a>,
    #[serde(borrow)]
    arrival_timestamp: ErrorField<'a>,
    #[serde(borrow)]
    attempt_ending_timestamp: ErrorField<'a>,
    #[serde(borrow, rename = "lambdaARN")]
    lambda_arn: ErrorField<'a>,
    #[serde(borrow, rename = "lambdaArn")]
    old_lambda_arn: ErrorField<'a>,
}

// Writing to memory does not fail, and neither does making JSON of text.

fn push_text(name: &str, text: Option<&str>, line: &mut Vec<u8>) {
    if let Some(text) = text {
        let _ = write!(line, ",\"{name}\":");
        let _ = serde_json::to_writer(line, text);
    }
}

fn push_number(name: &str, number: Option<impl fmt::Display>, line: &mut Vec<u8>) {
    if let Some(number) = number {
        let _ = write!(line, ",\"{name}\":{number}");
    }
}

fn push_timestamp(name: &str, time: Option<Timestamp>, line: &mut Vec<u8>) {
    push_number(name, time.map(Timestamp::as_millisecond), line);
}

/// Why a line is no line of a failed record. None of it quotes the line, which holds data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidErrorLine {
    /// The line is no JSON object.
    Json {
        /// Up to where it could be read, in bytes, counted from 1.
        column: usize,
    },
    /// A field is neither what it has to be nor `null`.
    Field {
        /// Which field.
        name: &'static str,
    },
    /// There is no `rawData`.
    NoRawData,
    /// `rawData` is not base64.
    RawData,
}

impl fmt::Display for InvalidErrorLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { column } => {
                write!(f, "the line is no JSON object; it could be read up to column {column}")
            }
            Self::Field { name } => write!(f, "`{name}` is not of the type that it has to be"),
            Self::NoRawData => f.write_str("`rawData`, which holds the record, is missing"),
            Self::RawData => f.write_str("`rawData` is not base64"),
        }
    }
}

impl error::Error for InvalidErrorLine {}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::delivery_stream::DeliveryFailure;

    fn written(line: &ErrorLine) -> String {
        let mut text = Vec::new();
        line.write(&mut text);
        String::from_utf8(text).unwrap()
    }

    fn captured() -> Vec<String> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let lines = fs::read_to_string(format!("{root}/fixtures/error-lines/captured.jsonl"));
        lines.unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_firehose_wrote_is_read_and_written_as_it_was() {
        let lines = captured();
        assert_eq!(lines.len(), 3);
        for line in [&lines[0], &lines[2]] {
            let read = ErrorLine::parse(line.as_bytes()).unwrap();
            assert_eq!(written(&read), format!("{line}\n"));
        }
    }

    #[test]
    fn a_line_of_another_destination_is_read() {
        let line = ErrorLine::parse(captured()[1].as_bytes()).unwrap();
        assert_eq!(line.error_code.as_deref(), Some("Splunk.InvalidToken"));
        assert_eq!(
            (line.attempts_made, line.arrival_timestamp),
            (Some(5), Some(Timestamp::constant(1_741_163_012, 0)))
        );
        assert!(line.raw_data.starts_with(b"{index:") && line.lambda_arn.is_none());
    }

    #[test]
    fn a_line_as_it_is_documented_is_read() {
        let line = ErrorLine::parse(
            br#" {"attemptsMade": "4", "arrivalTimestamp": "1741088912364", "errorCode": "c",
                "errorMessage": "m", "attemptEndingTimestamp": "", "rawData": "YWI",
                "lambdaArn": "arn", "subsequenceNumber": [{}, 1]}
            "#,
        )
        .unwrap();
        insta::assert_snapshot!(written(&line), @r#"{"rawData":"YWI=","errorCode":"c","errorMessage":"m","attemptsMade":4,"arrivalTimestamp":1741088912364,"lambdaARN":"arn"}"#);
    }

    #[test]
    fn a_failure_is_written_with_its_code_and_message() {
        let failure = DeliveryFailure::ProcessingFailed;
        let line = ErrorLine {
            error_code: Some(failure.error_code().into()),
            error_message: Some(failure.error_message().into()),
            attempts_made: Some(1),
            ..ErrorLine::new(Bytes::from_static(b"\"\xff\n"))
        };
        insta::assert_snapshot!(written(&line), @r#"{"rawData":"Iv8K","errorCode":"Lambda.ProcessingFailedStatus","errorMessage":"ProcessingFailed status set for record","attemptsMade":1}"#);
    }

    #[test]
    fn an_error_says_what_is_wrong_and_quotes_no_data() {
        let error = |line: &str| ErrorLine::parse(line.as_bytes()).unwrap_err().to_string();
        insta::assert_snapshot!(
            [
                "",
                "\"secret\"",
                "{\"rawData\":\"secret\"",
                "{}",
                "{\"rawData\":null}",
                "{\"rawData\":[\"secret\"]}",
                "{\"rawData\":\"not secret\"}",
                "{\"rawData\":\"\",\"attemptsMade\":\"secret\"}",
                "{\"rawData\":\"\",\"attemptsMade\":-1}",
                "{\"rawData\":\"\",\"errorCode\":{}}",
            ]
            .map(error)
            .join("\n"),
            @r"
        the line is no JSON object; it could be read up to column 0
        the line is no JSON object; it could be read up to column 8
        the line is no JSON object; it could be read up to column 19
        `rawData`, which holds the record, is missing
        `rawData`, which holds the record, is missing
        `rawData` is not of the type that it has to be
        `rawData` is not base64
        `attemptsMade` is not of the type that it has to be
        `attemptsMade` is not of the type that it has to be
        `errorCode` is not of the type that it has to be
        "
        );
    }

    #[test]
    fn a_number_outside_the_range_of_times_is_no_time() {
        let line = format!(r#"{{"rawData":"","arrivalTimestamp":{}}}"#, i64::MAX);
        assert_eq!(ErrorLine::parse(line.as_bytes()).unwrap().arrival_timestamp, None);
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(
            data in prop::collection::vec(any::<u8>(), 0..300),
            message: Option<String>,
            attempts: Option<u64>,
            arrival in prop::option::of(-377_705_023_201_000i64..=253_402_207_200_000),
        ) {
            let line = ErrorLine {
                error_message: message.map(Cow::Owned),
                attempts_made: attempts,
                arrival_timestamp: arrival.map(|it| Timestamp::from_millisecond(it).unwrap()),
                ..ErrorLine::new(data.into())
            };
            let text = written(&line);
            prop_assert_eq!(text.find('\n'), Some(text.len() - 1));
            prop_assert_eq!(ErrorLine::parse(text.as_bytes()).unwrap(), line);
        }
    }
}
