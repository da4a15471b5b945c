use std::{error, fmt, io::Read};

use serde::{Deserialize, Serialize};

use super::run_report::RunReport;
use crate::{delivery::WantedPositions, source::InputManifest};

/// The positions of the records that a run did not deliver. A later run can deliver these records.
/// The JSON form is that of `run --positions`.
///
/// The JSON form of a [`RunSummary`](super::RunSummary) has the same fields and further fields, so
/// [`read`](Self::read) accepts both forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunPositions {
    /// The input. A position means the same record only in the same input.
    pub input: InputManifest,
    /// The delivery streams.
    pub delivery_streams: Vec<StreamPositions>,
}

/// The records that one delivery stream did not deliver, by their positions in the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamPositions {
    /// The name of the delivery stream.
    pub name: String,
    /// Records that were read, but are neither in an object nor dropped.
    pub not_delivered_positions: WantedPositions,
    /// Records that were not read.
    pub not_read_positions: WantedPositions,
}

/// The reason why a run cannot be resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResumeError {
    /// The input differs from that of the earlier run.
    OtherInput {
        /// The first difference, in words.
        difference: String,
    },
    /// The earlier run did not have a delivery stream of this run.
    UnknownStream {
        /// The name of the delivery stream.
        stream: String,
        /// The names of the delivery streams of the earlier run.
        earlier: Vec<String>,
    },
    /// The earlier run did not deliver all records of a delivery stream that this run leaves out.
    StreamLeftOut {
        /// The name of the delivery stream.
        stream: String,
    },
}

impl RunPositions {
    /// Reads the JSON form.
    ///
    /// # Errors
    ///
    /// If the text cannot be read, is not JSON, lacks a field, or has an invalid range.
    pub fn read(reader: impl Read) -> Result<Self, serde_json::Error> {
        serde_json::from_reader(reader)
    }

    /// Returns the positions of the records that a delivery stream is still to receive; `None` if
    /// the earlier run did not have the delivery stream.
    pub fn wanted(&self, stream: &str) -> Option<WantedPositions> {
        let positions = self.delivery_streams.iter().find(|it| it.name == stream)?;
        Some(positions.not_delivered_positions.union(&positions.not_read_positions))
    }

    /// Returns `true` if no record is left to deliver.
    pub fn is_empty(&self) -> bool {
        self.delivery_streams.iter().all(StreamPositions::is_empty)
    }

    /// Checks that a run of this input and these delivery streams can deliver the records.
    ///
    /// # Errors
    ///
    /// If the input differs, or if the runs do not have the same delivery streams. A delivery
    /// stream that has delivered all records may be left out.
    pub fn check(&self, input: &InputManifest, streams: &[&str]) -> Result<(), ResumeError> {
        let unknown = |stream: &str| {
            let earlier = self.delivery_streams.iter().map(|it| it.name.clone()).collect();
            ResumeError::UnknownStream { stream: stream.to_owned(), earlier }
        };
        // A run that did not begin has no input either.
        if let (true, Some(stream)) = (self.delivery_streams.is_empty(), streams.first()) {
            return Err(unknown(stream));
        }
        if let Some(difference) = input.difference_from(&self.input) {
            return Err(ResumeError::OtherInput { difference });
        }
        let has = |name: &str| self.delivery_streams.iter().any(|it| it.name == name);
        if let Some(stream) = streams.iter().find(|stream| !has(stream)) {
            return Err(unknown(stream));
        }
        let is_left_out =
            |it: &&StreamPositions| !it.is_empty() && !streams.contains(&it.name.as_str());
        match self.delivery_streams.iter().find(is_left_out) {
            Some(it) => Err(ResumeError::StreamLeftOut { stream: it.name.clone() }),
            None => Ok(()),
        }
    }
}

impl StreamPositions {
    fn is_empty(&self) -> bool {
        self.not_delivered_positions.is_empty() && self.not_read_positions.is_empty()
    }
}

impl From<&RunReport> for RunPositions {
    fn from(report: &RunReport) -> Self {
        let streams = report.streams.iter().map(|stream| StreamPositions {
            name: stream.name.clone(),
            not_delivered_positions: stream.stats.undelivered.ranges().collect::<Vec<_>>().into(),
            not_read_positions: stream.not_read.clone(),
        });
        Self { input: report.manifest.clone(), delivery_streams: streams.collect() }
    }
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherInput { difference } => write!(
                f,
                "the input differs from that of the earlier run: {difference}; name \
                 the same files in the same format, because the positions count their records"
            ),
            Self::UnknownStream { stream, earlier } if earlier.is_empty() => write!(
                f,
                "the earlier run ended before {stream} received a record; deliver \
                 the whole input instead"
            ),
            Self::UnknownStream { stream, earlier } => write!(
                f,
                "the earlier run has no delivery stream {stream}; its delivery streams are: {}",
                earlier.join(", ")
            ),
            Self::StreamLeftOut { stream } => write!(
                f,
                "the earlier run did not deliver all records to {stream}, and this run leaves the \
                 delivery stream out; run it too"
            ),
        }
    }
}

impl error::Error for ResumeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ManifestFile;

    const TEXT: &str = r#"{
        "exitCode": 5,
        "input": {"format": "lines", "files": [{"file": "a", "bytes": 30}]},
        "deliveryStreams": [
            {"name": "one", "notDeliveredPositions": [[2, 3]], "notReadPositions": [[6, null]]},
            {"name": "two", "notDeliveredPositions": [], "notReadPositions": [], "records": 5}
        ]
    }"#;

    #[test]
    fn the_wanted_records_are_the_undelivered_and_the_unread_records() {
        let positions = RunPositions::read(TEXT.as_bytes()).unwrap();
        let wanted = positions.wanted("one").unwrap();
        let found: Vec<_> = (1..8).filter(|position| wanted.contains(*position)).collect();
        assert_eq!(found, [2, 3, 6, 7]);
        assert!(positions.wanted("two").unwrap().is_empty() && !positions.is_empty());
        assert_eq!(positions.wanted("three"), None);
        let text = serde_json::to_string(&positions).unwrap();
        assert_eq!(RunPositions::read(text.as_bytes()).unwrap(), positions);
    }

    #[test]
    fn another_input_or_other_delivery_streams_cannot_be_resumed() {
        let positions = RunPositions::read(TEXT.as_bytes()).unwrap();
        let input = &positions.input;
        assert_eq!(positions.check(input, &["one", "two"]), Ok(()));
        assert_eq!(positions.check(input, &["one"]), Ok(()));
        let error = |input: &InputManifest, streams: &[&str]| {
            positions.check(input, streams).unwrap_err().to_string()
        };
        let mut grown = input.clone();
        grown.files = vec![ManifestFile { file: "a".to_owned(), bytes: Some(31) }];
        insta::assert_snapshot!(error(&grown, &["one"]), @"the input differs from that of the earlier run: a had 30 bytes, and has 31 bytes; name the same files in the same format, because the positions count their records");
        insta::assert_snapshot!(error(input, &["one", "three"]), @"the earlier run has no delivery stream three; its delivery streams are: one, two");
        insta::assert_snapshot!(error(input, &["two"]), @"the earlier run did not deliver all records to one, and this run leaves the delivery stream out; run it too");
        let not_begun = RunPositions { delivery_streams: Vec::new(), ..positions.clone() };
        let error = not_begun.check(input, &["one"]).unwrap_err();
        insta::assert_snapshot!(error, @"the earlier run ended before one received a record; deliver the whole input instead");
    }
}
