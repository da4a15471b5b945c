use std::{borrow::Cow, fmt, io::Write};

use bytes::Bytes;
use firehose_runtime::base64_codec::{decode_unpadded, push_base64};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    destination_fields::DestinationFields, error_field::ErrorField,
    invalid_error_line::InvalidErrorLine,
};

/// A line of JSON with a failed record, as Firehose writes it below the error output prefix.
///
/// AWS documents the fields in
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html>,
/// with numbers in quotes and `lambdaArn`. The lines that Firehose writes have numbers without
/// quotes and, since 2025, `rawData` first and `lambdaARN`. Lines of [format conversion] have
/// `lastErrorCode` and `lastErrorMessage`. [`parse`](Self::parse) accepts all of these forms, and
/// [`write`](Self::write) writes the form of 2025.
///
/// [format conversion]: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html
#[doc = include_str!("../docs/error_codes.md")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorLine {
    /// The record that failed. For a failure of a destination or of format conversion, usually the
    /// output of the function. For any other failure, the record as the delivery stream received
    /// it, or the part of the record that a processor split off.
    pub raw_data: Bytes,
    /// The code, such as `Lambda.FunctionError`.
    pub error_code: Option<Cow<'static, str>>,
    /// The meaning of the code.
    pub error_message: Option<Cow<'static, str>>,
    /// The number of invocations with the record, or of attempts to deliver it.
    pub attempts_made: Option<u64>,
    /// The arrival of the record, to the millisecond.
    pub arrival_timestamp: Option<Timestamp>,
    /// The end of the last invocation, to the millisecond.
    pub attempt_ending_timestamp: Option<Timestamp>,
    /// The ARN of the function.
    pub lambda_arn: Option<Cow<'static, str>>,
    /// The fields of a destination. [`parse`](Self::parse) ignores these fields.
    pub destination_fields: Option<DestinationFields>,
}

impl ErrorLine {
    /// Returns a line without details of the failure.
    pub fn new(raw_data: Bytes) -> Self {
        Self {
            raw_data,
            error_code: None,
            error_message: None,
            attempts_made: None,
            arrival_timestamp: None,
            attempt_ending_timestamp: None,
            lambda_arn: None,
            destination_fields: None,
        }
    }

    /// Appends the line and a newline. Leaves out fields that are `None`.
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
        if let Some(fields) = &self.destination_fields {
            fields.write(line);
        }
        line.extend_from_slice(b"}\n");
    }

    /// Parses a line, with or without its newline. Ignores unknown fields, such as those of other
    /// destinations.
    ///
    /// # Errors
    ///
    /// If the line is not a JSON object, if `rawData` is missing or is not base64, or if a field
    /// has the wrong type. Numbers may be in quotes.
    pub fn parse(line: &[u8]) -> Result<Self, InvalidErrorLine> {
        let fields: Fields<'_> = serde_json::from_slice(line)
            .map_err(|error| InvalidErrorLine::Json { column: error.column() })?;
        let raw_data = fields.raw_data.text("rawData")?.ok_or(InvalidErrorLine::NoRawData)?;
        let raw_data =
            decode_unpadded(raw_data.as_bytes()).map_err(|_| InvalidErrorLine::RawData)?;
        let text = |field: ErrorField<'_>, name| {
            Ok(field.text(name)?.map(|text| Cow::Owned(text.into_owned())))
        };
        Ok(Self {
            raw_data,
            error_code: match text(fields.error_code, "errorCode")? {
                Some(code) => Some(code),
                None => text(fields.last_error_code, "lastErrorCode")?,
            },
            error_message: match text(fields.error_message, "errorMessage")? {
                Some(message) => Some(message),
                None => text(fields.last_error_message, "lastErrorMessage")?,
            },
            attempts_made: fields.attempts_made.number("attemptsMade")?,
            arrival_timestamp: fields.arrival_timestamp.timestamp("arrivalTimestamp")?,
            attempt_ending_timestamp: fields
                .attempt_ending_timestamp
                .timestamp("attemptEndingTimestamp")?,
            lambda_arn: match text(fields.lambda_arn, "lambdaARN")? {
                Some(arn) => Some(arn),
                None => text(fields.old_lambda_arn, "lambdaArn")?,
            },
            destination_fields: None,
        })
    }
}

/// The fields before their types are checked.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Fields<'a> {
    #[serde(borrow)]
    raw_data: ErrorField<'a>,
    #[serde(borrow, alias = "ErrorCode")]
    error_code: ErrorField<'a>,
    #[serde(borrow, alias = "ErrorMessage")]
    error_message: ErrorField<'a>,
    #[serde(borrow)]
    last_error_code: ErrorField<'a>,
    #[serde(borrow)]
    last_error_message: ErrorField<'a>,
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

// The functions below ignore results: writing to memory cannot fail, and JSON can represent any
// text.

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

#[cfg(test)]
mod tests;
