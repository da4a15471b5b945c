use std::{fmt, io::Read};

use flate2::read::MultiGzDecoder;

use crate::delivery_stream::{DeliveryFailure, ErrorStage};

/// The content of `rawData` in an error line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawData {
    /// The record before the function. A replay sends it through the function.
    Original,
    /// The output of the function. A replay delivers it unchanged, because the function must not
    /// transform a record twice.
    Output,
}

/// The reason why the content of `rawData` is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownRawData {
    /// Neither the error code nor the name of the object determines the content.
    Stage {
        /// The error code, if the line has one.
        error_code: Option<String>,
    },
    /// The field `firehoseLocalRawData` is neither `original` nor `output`.
    Mark,
    /// `rawData` should be an output, but is a compressed batch of CloudWatch Logs. A failure after
    /// a Decompression processor leaves the compressed record in `rawData`.
    CompressedLogs,
}

impl RawData {
    /// Returns the content of `rawData`.
    ///
    /// | failure | error codes | error output types | `rawData` |
    /// |---|---|---|---|
    /// | of the function | `Lambda.*` | `processing-failed` | the original |
    /// | of format conversion | `DataFormatConversion.*` | `format-conversion-failed` | the output |
    /// | of a destination | `HttpEndpoint.*`, `Splunk.*`, `OS.*`, `ES.*`, `Redshift.*`, `Snowflake.*`, `Iceberg.*`, `S3.*`, an HTTP status | `http-endpoint-failed`, `splunk-failed`, `AmazonOpenSearchService-failed`, `elasticsearch-failed`, `snowflake-failed`, `iceberg-failed` | the output |
    /// | of decompression | `Decompression failed.` | `decompression-failed` | the original |
    /// | of partitioning | `DynamicPartitioning.*`, any other code | any other type | unknown |
    ///
    /// The `mark` of a line in a file of remaining records determines the content. Without a mark, a
    /// known error code determines the content. Otherwise, the error output type in the name of
    /// the object determines the content. If all are unknown, the content is `chosen`.
    ///
    /// Sources:
    /// [codes](https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html),
    /// [error output types](https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html). For
    /// failures of a destination, AWS writes the data that the destination rejected. For failures of
    /// [decompression](https://docs.aws.amazon.com/firehose/latest/dev/decomp-faq.html), AWS writes the
    /// compressed record. A replay with the delivery stream decompresses the record again.
    ///
    /// # Errors
    ///
    /// If the content is unknown. Where an output is expected, a compressed batch of CloudWatch
    /// Logs counts as unknown, because no function returns such a batch. The batch is then an
    /// original only if `chosen` says so.
    pub(super) fn of(
        mark: Result<Option<Self>, UnknownRawData>,
        error_code: Option<&str>,
        object: &str,
        data: &[u8],
        chosen: Option<Self>,
    ) -> Result<Self, UnknownRawData> {
        let known = match mark {
            Ok(Some(marked)) => Some(marked),
            Ok(None) => {
                error_code.and_then(of_code).or_else(|| of_object(object, error_code)).or(chosen)
            }
            Err(unknown) => Some(chosen.ok_or(unknown)?),
        };
        match known {
            Some(Self::Output) if is_compressed_logs(data) => match chosen {
                Some(Self::Original) => Ok(Self::Original),
                Some(Self::Output) | None => Err(UnknownRawData::CompressedLogs),
            },
            Some(known) => Ok(known),
            None => Err(UnknownRawData::Stage { error_code: error_code.map(str::to_owned) }),
        }
    }
}

fn of_code(code: &str) -> Option<RawData> {
    if code == DeliveryFailure::DecompressionFailed.error_code() {
        return Some(RawData::Original);
    }
    ErrorStage::of_code(code).map(of_stage)
}

/// Returns the content by the error output type, if a part of the object's name is an error output
/// type. Returns `None` for a failure of partitioning, whose content no type determines.
fn of_object(object: &str, code: Option<&str>) -> Option<RawData> {
    if code.is_some_and(|code| code.starts_with("DynamicPartitioning.")) {
        return None;
    }
    object.split('/').rev().find_map(|part| {
        if part == DeliveryFailure::DecompressionFailed.error_output_type() {
            return Some(RawData::Original);
        }
        ErrorStage::of_output_type(part).map(of_stage)
    })
}

fn of_stage(stage: ErrorStage) -> RawData {
    match stage {
        ErrorStage::Function => RawData::Original,
        ErrorStage::FormatConversion
        | ErrorStage::HttpEndpoint
        | ErrorStage::Splunk
        | ErrorStage::OpenSearch
        | ErrorStage::Elasticsearch
        | ErrorStage::Redshift
        | ErrorStage::Snowflake
        | ErrorStage::Iceberg
        | ErrorStage::S3 => RawData::Output,
    }
}

/// Returns `true` for gzip whose unpacked content begins like a batch of CloudWatch Logs.
///
/// The batch is a JSON object with `messageType`:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>.
fn is_compressed_logs(data: &[u8]) -> bool {
    /// The unpacked bytes that are searched. The members before `logEvents` are short.
    const START: u64 = 4096;
    if !data.starts_with(&[0x1f, 0x8b]) {
        return false;
    }
    let mut start = Vec::new();
    // A damaged end does not matter, because the start is enough.
    let _ = MultiGzDecoder::new(data).take(START).read_to_end(&mut start);
    start.trim_ascii_start().starts_with(b"{")
        && memchr::memmem::find(&start, b"\"messageType\"").is_some()
}

impl fmt::Display for UnknownRawData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stage { error_code: Some(code) } => write!(
                f,
                "the error code {code} does not say whether rawData is the original record or the \
                 output of the function"
            ),
            Self::Stage { error_code: None } => f.write_str(
                "without an error code, it is unknown whether rawData is the original record or the \
                 output of the function",
            ),
            Self::Mark => f.write_str("firehoseLocalRawData is neither \"original\" nor \"output\""),
            Self::CompressedLogs => f.write_str(
                "rawData is compressed CloudWatch Logs data, which is an original record and not \
                 the output of a function",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn an_error_code_has_precedence_over_the_name_of_the_object() {
        use RawData::{Original, Output};
        for (code, object, expected) in [
            (Some("Lambda.FunctionError"), "errors/x", Some(Original)),
            (Some("Lambda.FunctionError"), "errors/splunk-failed/x", Some(Original)),
            (Some("Splunk.AckTimeout"), "errors/x", Some(Output)),
            (Some("HttpEndpoint.DestinationException"), "processing-failed/x", Some(Output)),
            (Some("OS.AccessDenied"), "x", Some(Output)),
            (Some("400"), "x", Some(Output)),
            (Some("Redshift.TableNotFound"), "x", Some(Output)),
            (Some("DataFormatConversion.ParseError"), "x", Some(Output)),
            (Some("DynamicPartitioning.MetadataExtractionFailed"), "processing-failed/x", None),
            (Some("DynamicPartitioning.Other"), "metadata-extraction-failed/x", None),
            (Some("Decompression failed."), "x", Some(Original)),
            (Some("Lambda.InvocationFailure"), "x", Some(Original)),
            (None, "decompression-failed/x", Some(Original)),
            (Some("Lambda"), "x", None),
            (Some("4000"), "x", None),
            (None, "x", None),
            (None, "bad/processing-failed/2026/01/x", Some(Original)),
            (None, "bad/format-conversion-failed/2026/01/x", Some(Output)),
            (Some("New.Code"), "s3://b/http-endpoint-failed/x", Some(Output)),
            (Some("New.Code"), "not-splunk-failed/x", None),
        ] {
            let found = RawData::of(Ok(None), code, object, b"{}", None);
            assert_eq!(found.ok(), expected, "{code:?} {object}");
            let chosen = RawData::of(Ok(None), code, object, b"{}", Some(Original)).unwrap();
            assert_eq!(chosen, expected.unwrap_or(Original), "{code:?} {object}");
        }
    }

    #[test]
    fn a_mark_has_precedence_over_everything_else() {
        use RawData::{Original, Output};
        let of = |mark, chosen| {
            RawData::of(mark, Some("Lambda.FunctionError"), "splunk-failed/x", b"{}", chosen)
        };
        assert_eq!(of(Ok(Some(Output)), Some(Original)), Ok(Output));
        assert_eq!(of(Ok(Some(Original)), Some(Output)), Ok(Original));
        assert_eq!(of(Err(UnknownRawData::Mark), None), Err(UnknownRawData::Mark));
        assert_eq!(of(Err(UnknownRawData::Mark), Some(Output)), Ok(Output));
        let logs = gzip(r#"{"messageType":"DATA_MESSAGE","logEvents":[]}"#);
        let marked = RawData::of(Ok(Some(Output)), None, "x", &logs, None);
        assert_eq!(marked, Err(UnknownRawData::CompressedLogs));
    }

    #[test]
    fn compressed_logs_are_not_an_output() {
        let logs = gzip(r#"{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[]}"#);
        let of = |code, data: &[u8], chosen| RawData::of(Ok(None), code, "x", data, chosen);
        for code in [Some("DataFormatConversion.ParseError"), None] {
            let output = Some(RawData::Output);
            assert_eq!(of(code, &logs, output), Err(UnknownRawData::CompressedLogs));
            assert_eq!(of(code, &logs, Some(RawData::Original)), Ok(RawData::Original));
        }
        let converted = of(Some("DataFormatConversion.ParseError"), &logs, None);
        assert_eq!(converted, Err(UnknownRawData::CompressedLogs));
        assert_eq!(of(Some("Lambda.FunctionError"), &logs, None), Ok(RawData::Original));
        for other in [gzip("{\"a\":1}"), gzip("text"), logs[..12].to_vec(), b"\x1f\x8b".to_vec()] {
            assert_eq!(of(Some("Splunk.AckTimeout"), &other, None), Ok(RawData::Output));
        }
    }
}
