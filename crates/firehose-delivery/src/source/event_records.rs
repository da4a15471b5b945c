use std::vec;

use firehose_runtime::{Event, EventRecord, JsonScanner};

use super::{
    input_error::InputError,
    input_file::InputFile,
    input_item::InputItem,
    put_record::{KafkaPosition, PutRecord},
    whole_file::MAX_WHOLE_FILE_BYTES,
};
use crate::reading::{BYTE_ORDER_MARK, read_at_most};

/// The records of the Firehose events in a file.
#[derive(Debug)]
pub(super) struct EventRecords {
    file: InputFile,
    /// The whole file; `None` before the file is read.
    text: Option<String>,
    /// The offset of the next document or of the white space before it.
    offset: usize,
    /// The number of documents that were read.
    documents: u64,
    /// The remaining records of the last document.
    records: vec::IntoIter<InputItem>,
    /// The number of records in the last document that the parser leaves out: records without an
    /// id.
    without_id: usize,
    limit: usize,
}

impl EventRecords {
    pub(super) fn new(file: InputFile, limit: usize) -> Self {
        let records = Vec::new().into_iter();
        Self { file, text: None, offset: 0, documents: 0, records, without_id: 0, limit }
    }

    /// Returns the next record, which has this position in the input.
    pub(super) fn next(&mut self, position: u64) -> Result<Option<InputItem>, InputError> {
        loop {
            if let Some(item) = self.records.next() {
                return Ok(Some(item));
            }
            if self.without_id > 0 {
                self.without_id -= 1;
                let reason = "`recordId` is missing, or the record is not an object".to_owned();
                return Ok(Some(InputItem::Unreadable { position, reason }));
            }
            if !self.read_document(position)? {
                return Ok(None);
            }
        }
    }

    /// Reads the next document, whose first record has this position. Returns `false` if the file
    /// has no more documents.
    fn read_document(&mut self, position: u64) -> Result<bool, InputError> {
        if self.text.is_none() {
            self.text = Some(self.read_file()?);
        }
        let rest = self.text.as_ref().and_then(|text| text.get(self.offset..)).unwrap_or_default();
        let mut scanner = JsonScanner::new(rest);
        if scanner.peek().is_none() {
            return Ok(false);
        }
        self.documents += 1;
        let document = scanner.value().map_err(|error| {
            let at = self.offset + error.offset();
            self.not_an_event(format!("not JSON: expected {} at byte {at}", error.expected()))
        })?;
        let event = Event::parse(document.as_bytes())
            .map_err(|error| self.not_an_event(error.to_string()))?;
        let items = (position..).zip(&event.records);
        let items: Vec<_> = items.map(|(position, it)| item(position, it, self.limit)).collect();
        self.without_id = event.records_without_id;
        self.records = items.into_iter();
        self.offset += scanner.offset();
        Ok(true)
    }

    fn not_an_event(&self, reason: String) -> InputError {
        InputError::NotAnEvent { file: self.file.name(), document: self.documents, reason }
    }

    fn read_file(&mut self) -> Result<String, InputError> {
        let content = read_at_most(&mut self.file, MAX_WHOLE_FILE_BYTES)
            .map_err(|error| self.file.error(error))?;
        let content = content.ok_or_else(|| InputError::TooManyEvents {
            file: self.file.name(),
            limit: MAX_WHOLE_FILE_BYTES,
        })?;
        if content.starts_with(BYTE_ORDER_MARK) {
            self.offset = BYTE_ORDER_MARK.len();
        }
        String::from_utf8(content).map_err(|error| {
            let file = self.file.name();
            InputError::NotText { file, offset: error.utf8_error().valid_up_to() }
        })
    }
}

/// Returns the input item for a record of an event.
fn item(position: u64, record: &EventRecord<'_>, limit: usize) -> InputItem {
    match record.payload() {
        Ok(data) if data.len() > limit => {
            InputItem::TooLarge { position, bytes: data.len() as u64, limit }
        }
        Ok(data) => {
            let metadata = record.kinesis_record_metadata();
            let arrival = record
                .arrival_time()
                .or_else(|| record.msk_record_metadata()?.arrival_time())
                .or_else(|| metadata.as_ref()?.arrival_time());
            let partition_key = metadata.as_ref().map(|it| it.partition_key());
            let partition_key = partition_key.filter(|key| !key.is_empty()).map(str::to_owned);
            let msk = record.msk_record_metadata();
            let kafka = KafkaPosition {
                partition: msk.as_ref().and_then(|msk| msk.partition_id().parse().ok()),
                offset: msk.as_ref().and_then(|msk| msk.offset().parse().ok()),
            };
            InputItem::Record(PutRecord {
                position,
                data,
                arrival_timestamp: arrival,
                partition_key,
                kafka,
            })
        }
        Err(error) => InputItem::Unreadable { position, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests;
