use std::fmt;

use firehose_runtime::{JsonScanner, error_chain};
use firehose_transforms::compression::{Compression, decompress};

use super::{
    first_failure::FirstFailure,
    record_processor::{Payload, RecordProcessor},
};
use crate::delivery_stream::{DeliveryFailure, StreamRecord};

/// Firehose's processor `Decompression`: unpacks gzip records of CloudWatch Logs.
///
/// The unpacked record is one JSON value, and stays as it is. A record that is not gzip, or whose
/// content is not JSON, fails with `Decompression failed.`, and its error line has the record as
/// the delivery stream received it. [Others observed][stackd] these rules on AWS.
///
/// AWS does not document how large an unpacked record may be. The limit of 64 MiB is our choice.
///
/// [stackd]: https://github.com/radkawar/stackd/blob/main/docs/firehose.md
#[derive(Debug)]
pub struct Decompression {
    max_bytes: usize,
    failures: FirstFailure,
}

impl Decompression {
    /// The largest unpacked record, in bytes.
    pub const MAX_BYTES: usize = 64 * 1024 * 1024;

    const NAME: &str = "Decompression";

    /// Creates the processor.
    pub fn new(failures: FirstFailure) -> Self {
        Self { max_bytes: Self::MAX_BYTES, failures }
    }

    fn fail(&self, record: &StreamRecord, cause: &dyn fmt::Display) -> DeliveryFailure {
        self.failures.report(Self::NAME, record, cause);
        DeliveryFailure::DecompressionFailed
    }
}

impl RecordProcessor for Decompression {
    fn process(
        &self,
        record: &StreamRecord,
        payload: Payload,
        out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure> {
        let data = decompress(Compression::Gzip, &payload.data, self.max_bytes)
            .map_err(|error| self.fail(record, &error_chain(&error)))?;
        if !is_json(&data) {
            return Err(self.fail(record, &"the decompressed record is not one JSON value"));
        }
        out.push(Payload { data, ..payload });
        Ok(())
    }
}

/// Returns `true` for one JSON value.
fn is_json(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else { return false };
    let mut scanner = JsonScanner::new(text);
    scanner.value().is_ok() && scanner.end().is_ok()
}

#[cfg(test)]
mod tests {
    use firehose_transforms::compression::Compress;

    use super::*;
    use crate::processors::conformance::check_record_processor;

    fn gzip(data: &[u8]) -> Vec<u8> {
        Compress::new(Compression::Gzip).compress(data).unwrap()
    }

    #[test]
    fn the_contract_of_record_processors_is_kept() {
        let envelope = r#" {"messageType":"DATA_MESSAGE","logEvents":[]} "#;
        let passing: [(Vec<u8>, &[&str]); 3] = [
            (gzip(envelope.as_bytes()), &[envelope]),
            // JSON that is not of CloudWatch Logs passes: observed.
            (gzip(b"[1, 2]"), &["[1, 2]"]),
            // Two members of a gzip file are one content.
            ([gzip(b"[1,"), gzip(b"2]")].concat(), &["[1,2]"]),
        ];
        let mut damaged = gzip(envelope.as_bytes());
        let end = damaged.len() - 9;
        damaged[end] ^= 1;
        let failing = [
            Vec::new(),
            envelope.as_bytes().to_vec(),
            gzip(b"text"),
            gzip(b""),
            gzip(b"{}{}"),
            gzip(b"[\"\xff\"]"),
            gzip(envelope.as_bytes())[..20].to_vec(),
            damaged,
        ];
        let processor = Decompression::new(FirstFailure::unobserved());
        check_record_processor(&processor, &passing, &failing);
    }

    #[test]
    fn a_record_that_unpacks_to_more_than_the_limit_fails() {
        let text = |length| format!("\"{}\"", "x".repeat(length - 2));
        let max_bytes = 10_000;
        let processor =
            Decompression { max_bytes, ..Decompression::new(FirstFailure::unobserved()) };
        let (longest, longer) = (text(max_bytes), text(max_bytes + 1));
        let passing: [(Vec<u8>, &[&str]); 1] = [(gzip(longest.as_bytes()), &[&longest])];
        check_record_processor(&processor, &passing, &[gzip(longer.as_bytes())]);
    }
}
