use bytes::Bytes;
use memchr::memmem;
use serde::Deserialize;

use super::raw_data::{RawData, UnknownRawData};

/// The field with the content of `rawData` in a line of the file of remaining records. The name of
/// the error object and the settings of the replay are not in the file.
const NAME: &str = "firehoseLocalRawData";

#[derive(Deserialize)]
struct Marked {
    #[serde(rename = "firehoseLocalRawData")]
    mark: Option<String>,
}

/// Returns the content of `rawData` by the mark in an error line, or `None` without a mark.
///
/// # Errors
///
/// If the mark is neither `original` nor `output`.
pub(super) fn read_mark(line: &[u8]) -> Result<Option<RawData>, UnknownRawData> {
    if memmem::find(line, NAME.as_bytes()).is_none() {
        return Ok(None);
    }
    let Marked { mark } = serde_json::from_slice(line).map_err(|_| UnknownRawData::Mark)?;
    match mark.as_deref() {
        None => Ok(None),
        Some("original") => Ok(Some(RawData::Original)),
        Some("output") => Ok(Some(RawData::Output)),
        Some(_) => Err(UnknownRawData::Mark),
    }
}

/// Returns an error line, which is a JSON object with a field, with a mark as its last field.
pub(super) fn write_mark(line: &[u8], content: RawData) -> Bytes {
    let line = line.trim_ascii_end();
    let fields = line.strip_suffix(b"}").unwrap_or(line);
    let content = match content {
        RawData::Original => "original",
        RawData::Output => "output",
    };
    [fields, format!(",\"{NAME}\":\"{content}\"}}").as_bytes()].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery_stream::ErrorLine;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        for line in [r#"{"rawData":"YQ=="}"#, "{\"rawData\":\"YQ==\",\"a\":{}} \r"] {
            assert_eq!(read_mark(line.as_bytes()), Ok(None));
            for content in [RawData::Original, RawData::Output] {
                let marked = write_mark(line.as_bytes(), content);
                assert_eq!(read_mark(&marked), Ok(Some(content)));
                assert_eq!(ErrorLine::parse(&marked), ErrorLine::parse(line.as_bytes()));
            }
        }
    }

    #[test]
    fn another_value_is_no_decision() {
        let read = |value| read_mark(format!("{{\"firehoseLocalRawData\":{value}}}").as_bytes());
        assert_eq!(read("\"both\""), Err(UnknownRawData::Mark));
        assert_eq!(read("1"), Err(UnknownRawData::Mark));
        assert_eq!(read("null"), Ok(None));
        assert_eq!(read_mark(br#"{"errorMessage":"firehoseLocalRawData"}"#), Ok(None));
    }
}
