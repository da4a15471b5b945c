use std::borrow::Cow;

use bytes::Bytes;
use bytestring::ByteString;
use firehose_core::{BoxError, Record};
use json_scanner::{JsonPosition, JsonScanner, JsonSyntaxError};

use super::{
    envelope::{Envelope, read_end},
    error::CloudWatchLogsError,
    item_form::{ItemForm, event_item, item_start, message_item},
};

// The message types as JSON strings, with their quotes.
const DATA_MESSAGE: &str = r#""DATA_MESSAGE""#;
const CONTROL_MESSAGE: &str = r#""CONTROL_MESSAGE""#;

/// An iterator over the log events of a record's envelopes.
pub(super) struct LogEvents {
    record: Record,
    text: ByteString,
    form: ItemForm,
    /// The number of bytes left for further items. The limit is needed because each item repeats the
    /// fields of its envelope, so a short record could expand without bound.
    left: usize,
    max_bytes: usize,
    /// The position of the next envelope.
    next_envelope: JsonPosition,
    current: Option<CurrentEnvelope>,
    done: bool,
}

/// The envelope whose log events are being read.
struct CurrentEnvelope {
    item_start: Vec<u8>,
    next_event: JsonPosition,
    /// `true` if the fields after the log events have been read already.
    is_whole: bool,
}

impl LogEvents {
    pub(super) fn new(record: Record, text: ByteString, form: ItemForm, max_bytes: usize) -> Self {
        let next_envelope = JsonPosition::default();
        Self {
            record,
            text,
            form,
            left: max_bytes,
            max_bytes,
            next_envelope,
            current: None,
            done: false,
        }
    }

    /// Returns the data of the next item.
    fn read(&mut self) -> Result<Option<Bytes>, CloudWatchLogsError> {
        loop {
            match self.current.take() {
                Some(envelope) => {
                    if let Some(item) = self.read_event(envelope)? {
                        let left = self.left.checked_sub(item.len());
                        self.left = left.ok_or(CloudWatchLogsError::TooLong(self.max_bytes))?;
                        return Ok(Some(item));
                    }
                }
                None => {
                    if !self.read_envelope()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Reads the next envelope. Returns `false` at the end of the text.
    fn read_envelope(&mut self) -> Result<bool, CloudWatchLogsError> {
        let mut scanner = JsonScanner::resume(&self.text, self.next_envelope);
        let is_first = self.next_envelope == JsonPosition::default();
        if scanner.peek().is_none() && !is_first {
            return Ok(false);
        }
        let read = Envelope::read_start(&mut scanner);
        let (envelope, mut is_whole) = read.map_err(|error| self.syntax(error))?;
        if !is_whole && envelope.message_type == Some(CONTROL_MESSAGE) {
            scanner.value().map_err(|error| self.syntax(error))?;
            self.read_end(&mut scanner)?;
            is_whole = true;
        }
        self.next_envelope = scanner.position();
        match envelope.message_type {
            Some(DATA_MESSAGE) => {
                let missing = CloudWatchLogsError::MissingField("logEvents");
                let log_events = envelope.log_events.ok_or(missing)?;
                let item_start = match self.form {
                    ItemForm::Event { .. } => item_start(&envelope),
                    ItemForm::Message => Vec::new(),
                };
                let mut scanner = JsonScanner::resume(&self.text, log_events);
                scanner.array().map_err(|error| self.syntax(error))?;
                let next_event = scanner.position();
                self.current = Some(CurrentEnvelope { item_start, next_event, is_whole });
                Ok(true)
            }
            Some(CONTROL_MESSAGE) => Ok(true),
            Some(_) => Err(CloudWatchLogsError::UnknownMessageType),
            None => Err(CloudWatchLogsError::MissingField("messageType")),
        }
    }

    /// Returns the item of the next log event, or `None` at the end of the envelope.
    fn read_event(
        &mut self,
        mut envelope: CurrentEnvelope,
    ) -> Result<Option<Bytes>, CloudWatchLogsError> {
        let mut scanner = JsonScanner::resume(&self.text, envelope.next_event);
        if !scanner.item().map_err(|error| self.syntax(error))? {
            if !envelope.is_whole {
                self.read_end(&mut scanner)?;
                self.next_envelope = scanner.position();
            }
            return Ok(None);
        }
        let item = match self.form {
            ItemForm::Event { json_messages } => {
                let item = event_item(&mut scanner, &envelope.item_start, json_messages);
                item.map_err(|error| self.syntax(error))?.into()
            }
            ItemForm::Message => {
                let message = message_item(&mut scanner).map_err(|error| self.syntax(error))?;
                let missing = CloudWatchLogsError::MissingField("message");
                match message.ok_or(missing)? {
                    Cow::Borrowed(text) => self.text.as_bytes().slice_ref(text.as_bytes()),
                    Cow::Owned(text) => text.into(),
                }
            }
        };
        envelope.next_event = scanner.position();
        self.current = Some(envelope);
        Ok(Some(item))
    }

    /// Reads the fields after the log events. Fails if the envelope has one of its fields twice.
    fn read_end(&self, scanner: &mut JsonScanner<'_>) -> Result<(), CloudWatchLogsError> {
        match read_end(scanner).map_err(|error| self.syntax(error))? {
            None => Ok(()),
            Some(field) => Err(CloudWatchLogsError::RepeatedField(field.trim_matches('"'))),
        }
    }

    fn syntax(&self, error: JsonSyntaxError) -> CloudWatchLogsError {
        CloudWatchLogsError::Json(error.in_text(&*self.text).into())
    }
}

impl Iterator for LogEvents {
    type Item = Result<Record, BoxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        match self.read() {
            Ok(Some(item)) => Some(Ok(self.record.clone().with_data(item))),
            Ok(None) => {
                self.done = true;
                None
            }
            Err(error) => {
                self.done = true;
                Some(Err(error.into()))
            }
        }
    }
}
