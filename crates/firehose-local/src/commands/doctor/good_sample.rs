use std::fmt;

use bytes::Bytes;
use firehose_fixtures::SourceShape;

use super::{attacked_record::AttackedRecord, payload_kind::PayloadKind, record_fate::RecordFate};

/// Records that the function accepts, with its answers.
#[derive(Clone, Debug)]
pub(super) struct GoodSample {
    pub(super) kind: PayloadKind,
    pub(super) origin: SampleOrigin,
    /// The form of the events.
    pub(super) source: SourceShape,
    pub(super) records: Vec<GoodRecord>,
}

/// A record of the sample, and the fate that its answer gives it.
#[derive(Clone, Debug)]
pub(super) struct GoodRecord {
    pub(super) payload: Bytes,
    pub(super) fate: RecordFate,
}

/// The origin of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SampleOrigin {
    /// `--event` or `--records`.
    Given,
    /// One of the built-in samples.
    BuiltIn(&'static str),
    /// A built-in sample with the fields that the function asked for.
    Learned(Vec<String>),
}

impl GoodSample {
    /// The number of good records in an event with a bad one.
    pub(super) const NEIGHBOURS: usize = 3;

    /// Returns the good records of an event with a bad one.
    pub(super) fn neighbours(&self) -> Vec<AttackedRecord> {
        self.cycled(Self::NEIGHBOURS.min(self.records.len().max(1)))
    }

    /// Returns `count` good records, repeating the sample.
    pub(super) fn cycled(&self, count: usize) -> Vec<AttackedRecord> {
        let records = self.records.iter().enumerate().cycle();
        records
            .map(|(number, record)| AttackedRecord::good(number, record.payload.clone()))
            .take(count)
            .collect()
    }

    /// Returns the first payload.
    pub(super) fn payload(&self) -> Bytes {
        self.records.first().map(|record| record.payload.clone()).unwrap_or_default()
    }

    /// Returns the output for the first payload, if the function gave one.
    pub(super) fn output(&self) -> Option<&Bytes> {
        match self.records.first().map(|record| &record.fate) {
            Some(RecordFate::Delivered(output)) => Some(output),
            _ => None,
        }
    }
}

impl fmt::Display for GoodSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, source, .. } = self;
        match &self.origin {
            SampleOrigin::Given => write!(f, "given: {kind}")?,
            SampleOrigin::BuiltIn(name) => write!(f, "built in: {name}")?,
            SampleOrigin::Learned(fields) => {
                write!(f, "built in: {kind}, with the fields that the function asked for: ")?;
                f.write_str(&fields.join(", "))?;
            }
        }
        match source {
            SourceShape::DirectPut => f.write_str("; events of Direct PUT"),
            SourceShape::Kinesis => f.write_str("; events of a Kinesis stream"),
            SourceShape::Msk => f.write_str("; events of Amazon MSK"),
        }
    }
}
