use super::stream_counter::{RecordChanges, StreamCounter};
use crate::{
    delivery_stream::PartitionKeys,
    destinations::{Destination, OutputRecord, RecordFailure},
    now::now,
    processors::{Payload, RecordChain},
};

/// The processors of single records after the function, and the check for double newlines.
#[derive(Debug, Default)]
pub(super) struct OutputStage {
    chain: RecordChain,
    /// `true` until the stage has warned about double newlines. Always `false` for a delivery
    /// stream that adds no newlines.
    checks_delimiters: bool,
}

impl OutputStage {
    pub(super) fn set_chain(&mut self, chain: RecordChain) {
        self.chain = chain;
    }

    pub(super) fn set_checks_delimiters(&mut self, checks_delimiters: bool) {
        self.checks_delimiters = checks_delimiters;
    }

    /// Sends outputs through the processors, and delivers the results.
    pub(super) fn deliver(
        &mut self,
        outputs: &[OutputRecord<'_>],
        destination: &mut dyn Destination,
        counter: &StreamCounter,
    ) {
        if self.checks_delimiters && outputs.iter().any(|output| output.data.ends_with(b"\n")) {
            self.checks_delimiters = false;
            counter.warn(&format!(
                "{}: an output ends in a newline, and AppendDelimiterToRecord adds another one; the \
                 objects have empty lines",
                counter.stream()
            ));
        }
        if self.chain.is_empty() {
            return destination.deliver(outputs);
        }
        let (mut passed, mut failures) = (Vec::with_capacity(outputs.len()), Vec::new());
        let mut changes = RecordChanges::default();
        for output in outputs {
            let payload = Payload {
                raw_data: output.record.data.clone(),
                data: output.data.clone(),
                lambda_keys: output.partition_keys.from_lambda.clone(),
                query_keys: output.partition_keys.from_query.clone(),
            };
            match self.chain.process(output.record, payload) {
                Ok(payloads) => {
                    changes.add(output.record.position, payloads.len());
                    passed.extend(payloads.into_iter().map(|payload| (output, payload)));
                }
                Err(failure) => {
                    let (record, attempts) = (output.record, output.attempts.max(1));
                    failures.push(RecordFailure { record, failure, attempts, ended: now() });
                }
            }
        }
        counter.count_changes(&changes);
        let passed: Vec<_> = passed
            .iter()
            .map(|(output, payload)| OutputRecord {
                data: &payload.data,
                partition_keys: PartitionKeys {
                    from_lambda: &payload.lambda_keys,
                    from_query: &payload.query_keys,
                },
                ..**output
            })
            .collect();
        destination.deliver(&passed);
        destination.fail(&failures);
    }
}
