use std::ops::Range;

use bytes::Bytes;
use firehose_fixtures::SourceShape;
use serde_json::Value;

use super::{
    super::{
        event::{numbered_event, sample_record_id, sample_record_number},
        log_record::EXAMPLE_TIME,
    },
    attacked_record::AttackedRecord,
};

/// An event as it is sent to the function.
#[derive(Clone, Debug)]
pub(super) struct SentEvent {
    /// The JSON text.
    pub(super) text: Bytes,
    pub(super) records: Vec<AttackedRecord>,
    /// The numbers in the ids of the records.
    numbers: Range<u64>,
}

impl SentEvent {
    /// Returns the id of the record at a position.
    pub(super) fn record_id(&self, index: usize) -> String {
        sample_record_id(self.numbers.start + index as u64)
    }

    /// Returns `true` if a record of an earlier event, and no record of this event, has an id.
    pub(super) fn is_from_earlier_event(&self, id: &str) -> bool {
        sample_record_number(id).is_some_and(|number| number < self.numbers.start)
    }
}

/// A writer of events whose records all have different ids.
#[derive(Debug, Default)]
pub(super) struct EventNumbering {
    next: u64,
}

impl EventNumbering {
    /// Writes an event in the form of a source.
    pub(super) fn write(&mut self, records: Vec<AttackedRecord>, source: SourceShape) -> SentEvent {
        let payloads: Vec<_> = records.iter().map(|record| record.payload.clone()).collect();
        // An event of texts and numbers can always be written.
        let text = numbered_event(self.next, &payloads, source, EXAMPLE_TIME).unwrap_or_default();
        let numbers = self.next..self.next + records.len() as u64;
        self.next = numbers.end;
        SentEvent { text: text.into(), records, numbers }
    }
}

/// Returns an event without arrival times.
pub(super) fn without_arrival_times(event: SentEvent) -> SentEvent {
    let mut json: Value = serde_json::from_slice(&event.text).unwrap_or_default();
    let records = json.get_mut("records").and_then(Value::as_array_mut);
    for record in records.into_iter().flatten().filter_map(Value::as_object_mut) {
        record.remove("approximateArrivalTimestamp");
        for metadata in ["kinesisRecordMetadata", "mskRecordMetadata"] {
            if let Some(metadata) = record.get_mut(metadata).and_then(Value::as_object_mut) {
                metadata.remove("approximateArrivalTimestamp");
            }
        }
    }
    SentEvent { text: json.to_string().into(), ..event }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_its_own_ids() {
        let mut numbering = EventNumbering::default();
        let mut event = |records: usize| {
            let records = vec![AttackedRecord::good(0, Bytes::from_static(b"{}")); records];
            numbering.write(records, SourceShape::Kinesis)
        };
        let (first, second) = (event(2), event(1));
        assert!(second.is_from_earlier_event(&first.record_id(0)));
        assert!(!second.is_from_earlier_event(&second.record_id(0)));
        assert!(!second.is_from_earlier_event("other"));
        let text = String::from_utf8(first.text.to_vec()).unwrap();
        assert!(text.contains(&first.record_id(0)) && text.contains("approximateArrivalTimestamp"));
        let without = without_arrival_times(first);
        let text = String::from_utf8(without.text.to_vec()).unwrap();
        assert!(text.contains("shardId") && !text.contains("approximateArrivalTimestamp"));
    }
}
