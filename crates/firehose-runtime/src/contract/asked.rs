use std::{borrow::Cow, collections::HashMap};

use super::violation::Violation;
use crate::event::{firehose_event::Event, payload::PayloadField};

/// The records of the event, each id with the number of its answers.
pub(super) struct Asked<'a> {
    /// Each id once, in the order of the event.
    order: Vec<Cow<'a, str>>,
    pub(super) by_id: HashMap<Cow<'a, str>, IdCounts>,
}

/// The counts of one id.
pub(super) struct IdCounts {
    pub(super) field: PayloadField,
    /// `true` if another record with this id has its payload in the other field.
    pub(super) has_both_fields: bool,
    asked: usize,
    pub(super) answered: usize,
}

impl<'a> Asked<'a> {
    pub(super) fn new(event: &Event<'a>) -> Self {
        let mut asked = Self { order: Vec::new(), by_id: HashMap::new() };
        for record in &event.records {
            let id = record.record_id();
            let field = event.payload_field(record);
            let counts = asked.by_id.entry(id.clone()).or_insert_with(|| {
                asked.order.push(id);
                IdCounts { field, has_both_fields: false, asked: 0, answered: 0 }
            });
            counts.asked += 1;
            counts.has_both_fields |= counts.field != field;
        }
        asked
    }

    /// Returns the violations of ids with too few or too many answers.
    pub(super) fn violations(self) -> impl Iterator<Item = Violation> {
        self.order.into_iter().filter_map(move |id| {
            let IdCounts { asked, answered, .. } = self.by_id[&id];
            let record_id = id.into_owned();
            if answered < asked {
                Some(Violation::NotAnswered { record_id })
            } else if answered > asked {
                Some(Violation::AnsweredTwice { record_id, times: answered })
            } else {
                None
            }
        })
    }
}
