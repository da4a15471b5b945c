use firehose_runtime::{Record, Split};
use firehose_transforms::cloudwatch_logs::CloudWatchLogs;

use super::{
    decompression::Decompression,
    first_failure::FirstFailure,
    record_processor::{Payload, RecordProcessor},
};
use crate::delivery_stream::{DeliveryFailure, StreamRecord};

/// Firehose's processor `CloudWatchLogProcessing` with `DataMessageExtraction`: replaces a batch of
/// CloudWatch Logs by its messages, each with a newline.
///
/// A batch stays one record, whatever its number of messages. A control message becomes an empty
/// record, and is not dropped. Data that is not a batch of CloudWatch Logs fails with `Decompression
/// failed.`. [Others observed][stackd] these rules on AWS. Without `DataMessageExtraction`, the
/// processor changes nothing.
///
/// [stackd]: https://github.com/radkawar/stackd/blob/main/docs/firehose.md
#[derive(Debug)]
pub struct CloudWatchLogProcessing {
    logs: CloudWatchLogs,
    failures: FirstFailure,
}

impl CloudWatchLogProcessing {
    const NAME: &str = "CloudWatchLogProcessing";

    /// Creates the processor.
    pub fn new(failures: FirstFailure) -> Self {
        Self { logs: CloudWatchLogs::messages().with_max_bytes(Decompression::MAX_BYTES), failures }
    }
}

impl RecordProcessor for CloudWatchLogProcessing {
    fn process(
        &self,
        record: &StreamRecord,
        payload: Payload,
        out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure> {
        let mut messages = Vec::with_capacity(payload.data.len());
        for message in self.logs.split(Record::new("", payload.data.clone())) {
            let message = message.map_err(|error| {
                self.failures.report(Self::NAME, record, &error);
                DeliveryFailure::DecompressionFailed
            })?;
            messages.extend_from_slice(message.data());
            messages.push(b'\n');
        }
        out.push(Payload { data: messages.into(), ..payload });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processors::conformance::check_record_processor;

    fn batch(messages: &[&str]) -> String {
        let events: Vec<_> = messages
            .iter()
            .map(|message| serde_json::json!({"id": "1", "timestamp": 1, "message": message}))
            .collect();
        serde_json::json!({
            "messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s",
            "subscriptionFilters": ["f"], "logEvents": events,
        })
        .to_string()
    }

    #[test]
    fn the_contract_of_record_processors_is_kept() {
        let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"probe"}]}"#;
        let passing: [(String, &[&str]); 5] = [
            (batch(&["one"]), &["one\n"]),
            (batch(&["{\"a\":1}", "", "t\u{e9}xt\n"]), &["{\"a\":1}\n\nt\u{e9}xt\n\n"]),
            (batch(&[]), &[""]),
            (control.to_owned(), &[""]),
            (
                r#"{"messageType":"DATA_MESSAGE","logEvents":[{"message":"\u0041"}]}"#.to_owned(),
                &["A\n"],
            ),
        ];
        let failing = [
            "",
            "text",
            "[]",
            "{}",
            r#"{"messageType":"OTHER","logEvents":[]}"#,
            r#"{"messageType":"DATA_MESSAGE"}"#,
            r#"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1"}]}"#,
            r#"{"messageType":"DATA_MESSAGE","logEvents":[{"message":1}]}"#,
        ]
        .map(str::to_owned);
        let processor = CloudWatchLogProcessing::new(FirstFailure::unobserved());
        check_record_processor(&processor, &passing, &failing);
    }
}
