use bytes::Bytes;
use bytestring::ByteString;
use firehose_core::{Items, JsonError, Record, Split};
use json_scanner::JsonSyntaxError;

use super::{error::CloudWatchLogsError, events::LogEvents, halves::halves, item_form::ItemForm};
use crate::compression::Decompress;

/// Splits a record from a subscription of CloudWatch Logs into its log events.
///
/// See the [module](crate::cloudwatch_logs) for an example and the forms of the items.
#[derive(Clone, Copy, Debug)]
pub struct CloudWatchLogs {
    form: ItemForm,
    decompress: Decompress,
}

impl CloudWatchLogs {
    /// Creates a splitter that returns each log event as a JSON object, with the log group, the log
    /// stream and the owner of its envelope.
    pub fn events() -> Self {
        Self::new(ItemForm::Event { json_messages: false })
    }

    /// Creates a splitter that returns the message of each log event as text.
    pub fn messages() -> Self {
        Self::new(ItemForm::Message)
    }

    fn new(form: ItemForm) -> Self {
        Self { form, decompress: Decompress::detect() }
    }

    /// Writes a message that is a JSON object or array as JSON instead of a string. Other messages,
    /// such as numbers, stay strings.
    ///
    /// Has no effect on [`messages`](Self::messages).
    #[must_use]
    pub fn with_json_messages(mut self) -> Self {
        if self.form != ItemForm::Message {
            self.form = ItemForm::Event { json_messages: true };
        }
        self
    }

    /// Sets the maximum length of a decompressed record, and of all items of a record together, in
    /// bytes.
    ///
    /// Default: 64 MiB ([`Decompress::DEFAULT_MAX_BYTES`]). A record over the limit is
    /// `ProcessingFailed`.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.decompress = self.decompress.with_max_bytes(bytes);
        self
    }

    fn text(&self, record: &Record) -> Result<ByteString, CloudWatchLogsError> {
        let data = self.decompress.decompress(record.data())?;
        ByteString::try_from(data.clone()).map_err(|error| {
            let error = JsonSyntaxError::from(error).in_text(&data);
            CloudWatchLogsError::Json(JsonError::from(error))
        })
    }
}

impl Split for CloudWatchLogs {
    fn split(&self, record: Record) -> Items {
        match self.text(&record) {
            Ok(text) => {
                Box::new(LogEvents::new(record, text, self.form, self.decompress.max_bytes()))
            }
            Err(error) => Box::new([Err(error.into())].into_iter()),
        }
    }

    /// Splits the log events of a record into two records, with the compression of the record.
    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.decompress.halves(record.data(), |data| {
            halves(str::from_utf8(&data).ok()?).map(|halves| halves.map(Bytes::from))
        })
    }
}

#[cfg(test)]
mod tests {
    use firehose_core::{Record, Split};

    use super::CloudWatchLogs;

    #[test]
    fn items_that_repeat_a_long_name_are_bounded() {
        let name = "n".repeat(1000);
        let envelope = format!(
            r#"{{"messageType":"DATA_MESSAGE","logGroup":"{name}","logStream":"s","owner":"1","logEvents":[{}{{}}]}}"#,
            "{},".repeat(99)
        );
        let splitter = CloudWatchLogs::events().with_max_bytes(10_000);
        let items: Vec<_> = splitter.split(Record::new("1", envelope)).collect();
        let error = items.last().unwrap().as_ref().unwrap_err();
        assert_eq!(
            error.to_string(),
            "not CloudWatch Logs data: the log events take more than 10000 bytes"
        );
        assert_eq!(items.len(), 10);
    }
}
