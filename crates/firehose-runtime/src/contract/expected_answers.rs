use std::{borrow::Cow, collections::HashMap};

use super::{response_record::ResponseRecord, violation::Violation};
use crate::event::{firehose_event::Event, payload::PayloadField};

/// The answers that an event expects, and the number of answers so far, by record id.
pub(super) struct ExpectedAnswers<'a> {
    /// Each id once, in the order of the event.
    order: Vec<Cow<'a, str>>,
    by_id: HashMap<Cow<'a, str>, IdCounts>,
    /// The payload field of an answer whose record is not in the event.
    default_field: PayloadField,
}

/// The counts of one id.
struct IdCounts {
    /// The payload field of the first record with this id.
    field: PayloadField,
    /// `true` if a later record with this id has its payload in the other field.
    has_both_fields: bool,
    expected: usize,
    answered: usize,
}

impl<'a> ExpectedAnswers<'a> {
    pub(super) fn new(event: &Event<'a>) -> Self {
        let default_field =
            event.records.first().map(|record| event.payload_field(record)).unwrap_or_default();
        let mut answers = Self { order: Vec::new(), by_id: HashMap::new(), default_field };
        for record in &event.records {
            let id = record.record_id();
            let field = event.payload_field(record);
            let counts = answers.by_id.entry(id.clone()).or_insert_with(|| {
                answers.order.push(id);
                IdCounts { field, has_both_fields: false, expected: 0, answered: 0 }
            });
            counts.expected += 1;
            counts.has_both_fields |= counts.field != field;
        }
        answers
    }

    /// Counts an answer, and returns the field that must have its payload. Returns `None` if the
    /// event has no record with this id.
    pub(super) fn count(
        &mut self,
        record_id: &str,
        answer: &ResponseRecord<'_>,
    ) -> Option<PayloadField> {
        let counts = self.by_id.get_mut(record_id)?;
        counts.answered += 1;
        let other = counts.field.other();
        let is_in_other = counts.has_both_fields && answer.has_payload(other);
        Some(if is_in_other { other } else { counts.field })
    }

    /// Returns the payload field of an answer whose record is not in the event: the field of the
    /// event's first record.
    pub(super) fn default_field(&self) -> PayloadField {
        self.default_field
    }

    /// Returns the violations of ids with too few or too many answers, in the order of the event.
    pub(super) fn violations(self) -> impl Iterator<Item = Violation> {
        self.order.into_iter().filter_map(move |id| {
            let IdCounts { expected, answered, .. } = self.by_id[&id];
            let record_id = id.into_owned();
            if answered < expected {
                Some(Violation::NotAnswered { record_id })
            } else if answered > expected {
                Some(Violation::AnsweredTwice { record_id, times: answered })
            } else {
                None
            }
        })
    }
}
