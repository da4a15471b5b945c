use std::{borrow::Cow, collections::HashMap};

use super::violation::Violation;
use crate::event::{firehose_event::Event, payload::PayloadField};

/// The answer that a record of the event needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedAnswer<'a> {
    /// The id of the record.
    pub record_id: Cow<'a, str>,
    /// The field that must have the payload.
    pub field: PayloadField,
}

impl<'a> ExpectedAnswer<'a> {
    /// Returns the answers that the records of an event need, in the order of the records. A record
    /// without a `recordId` needs no answer.
    pub fn of_event(event: &Event<'a>) -> impl Iterator<Item = Self> {
        event.records.iter().map(|record| Self {
            record_id: record.record_id(),
            field: event.payload_field(record),
        })
    }
}

/// The expected answers, and the answers so far.
pub(super) struct ExpectedAnswers<'a> {
    records: Vec<ExpectedRecord<'a>>,
    /// The position after the record that was answered last. Most functions answer in the order of
    /// the event, so most answers need no search.
    next: usize,
    /// The records by id. The map is made for the first answer that is out of order.
    by_id: Option<HashMap<Cow<'a, str>, SameId>>,
}

struct ExpectedRecord<'a> {
    expected: ExpectedAnswer<'a>,
    is_answered: bool,
    /// The number of answers with the id of this record, if they outnumber the records with the id.
    /// Only the last of these records has this number. The other records have 0.
    too_many: usize,
}

/// The records with the same id. In an event of Firehose, each id has one record.
#[derive(Default)]
struct SameId {
    indexes: Vec<usize>,
    /// All of `indexes` before this offset are answered.
    answered: usize,
}

/// The record of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct MatchedAnswer {
    /// The position of the record in the event.
    pub(super) index: usize,
    pub(super) field: PayloadField,
    /// `false` if the record is answered already.
    pub(super) is_first: bool,
}

impl<'a> ExpectedAnswers<'a> {
    pub(super) fn new(expected: impl IntoIterator<Item = ExpectedAnswer<'a>>) -> Self {
        let record = |expected| ExpectedRecord { expected, is_answered: false, too_many: 0 };
        Self { records: expected.into_iter().map(record).collect(), next: 0, by_id: None }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Assigns the next answer with this id to a record. Returns `None` if the event has no record
    /// with this id.
    pub(super) fn take(&mut self, record_id: &str) -> Option<MatchedAnswer> {
        let is_next =
            |it: &ExpectedRecord<'_>| !it.is_answered && it.expected.record_id == record_id;
        let index = match self.records.get(self.next).is_some_and(is_next) {
            true => self.next,
            false => self.search(record_id)?,
        };
        self.next = index + 1;
        let record = &mut self.records[index];
        let is_first = !record.is_answered && record.too_many == 0;
        record.is_answered = true;
        Some(MatchedAnswer { index, field: record.expected.field, is_first })
    }

    /// Returns the first record with this id that is not answered. If all records with this id are
    /// answered, returns the last of these records and counts the extra answer in its `too_many`.
    fn search(&mut self, record_id: &str) -> Option<usize> {
        let records = &mut self.records;
        let by_id = self.by_id.get_or_insert_with(|| {
            let mut by_id: HashMap<_, SameId> = HashMap::with_capacity(records.len());
            for (index, record) in records.iter().enumerate() {
                by_id.entry(record.expected.record_id.clone()).or_default().indexes.push(index);
            }
            by_id
        });
        let same = by_id.get_mut(record_id)?;
        while let Some(index) = same.indexes.get(same.answered) {
            if !records[*index].is_answered {
                return Some(*index);
            }
            same.answered += 1;
        }
        let last = *same.indexes.last()?;
        let too_many = &mut records[last].too_many;
        *too_many = (*too_many).max(same.indexes.len()) + 1;
        Some(last)
    }

    /// Returns the payload field of an answer that belongs to no record of the event: the field of
    /// the event's first record.
    pub(super) fn default_field(&self) -> PayloadField {
        self.records.first().map(|record| record.expected.field).unwrap_or_default()
    }

    /// Returns the records with too few or too many answers, in the order of the event.
    pub(super) fn violations(self) -> impl Iterator<Item = (usize, Violation)> {
        self.records.into_iter().enumerate().filter_map(|(index, record)| {
            let record_id = || record.expected.record_id.into_owned();
            let violation = match (record.is_answered, record.too_many) {
                (true, 0) => return None,
                (false, _) => Violation::NotAnswered { record_id: record_id() },
                (true, times) => Violation::AnsweredTwice { record_id: record_id(), times },
            };
            Some((index, violation))
        })
    }
}
