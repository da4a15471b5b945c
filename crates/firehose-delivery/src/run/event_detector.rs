use std::sync::Arc;

use crate::{
    observer::{DeliveryEvent, DeliveryObserver},
    source::{InputError, InputItem},
};

/// An iterator over lines that reports, once, if the lines look like Firehose events.
#[derive(Debug)]
pub struct EventDetector<I> {
    items: I,
    observer: Arc<dyn DeliveryObserver>,
    is_done: bool,
}

impl<I> EventDetector<I> {
    /// The number of records that are examined. A document on several lines has its first key in
    /// one of the first lines.
    const EXAMINED: u64 = 5;

    /// Creates an iterator that returns the items unchanged, and examines the first few items.
    pub fn new(items: I, observer: Arc<dyn DeliveryObserver>) -> Self {
        Self { items, observer, is_done: false }
    }

    fn examine(&mut self, item: &InputItem) {
        let InputItem::Record(record) = item else { return };
        if record.position > Self::EXAMINED {
            self.is_done = true;
        } else if begins_event(&record.data) {
            self.observer.observe(&DeliveryEvent::InputLooksLikeEvents);
            self.is_done = true;
        }
    }
}

impl<I: Iterator<Item = Result<InputItem, InputError>>> Iterator for EventDetector<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.items.next()?;
        if let (false, Ok(item)) = (self.is_done, &item) {
            self.examine(item);
        }
        Some(item)
    }
}

/// Returns `true` if a line begins with a key that only an event has at its start.
fn begins_event(line: &[u8]) -> bool {
    let start = line.get(..100).unwrap_or(line);
    let start = String::from_utf8_lossy(start);
    ["\"invocationId\":", "\"deliveryStreamArn\":", "\"records\":"]
        .iter()
        .any(|key| start.trim_start_matches(['{', ' ', '\t']).starts_with(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_recognized_by_its_first_key() {
        assert!(begins_event(br#"{"invocationId": "1", "records": []}"#));
        assert!(begins_event(br#"  "records": ["#));
        assert!(!begins_event(br#"{"id": 1, "records": []}"#));
        assert!(!begins_event(b""));
    }
}
