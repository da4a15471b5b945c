use std::ops::Range;

use firehose_runtime::contract::MAX_RESPONSE_BYTES;

use super::{
    batches::{Batches, sums},
    buffer_size::BufferSize,
};

/// The lengths of the answers to the records of a sample, which give the length of the response to
/// any batch.
#[derive(Clone, Debug)]
pub struct AnswerSizes {
    /// The bytes of the answers before each record, then the bytes of all answers. Each answer
    /// includes the comma after it.
    sums: Vec<u64>,
}

/// The bytes of a response besides its answers: `{"records":[]}`, and some space for the additions
/// of other runtimes.
const RESPONSE_ENVELOPE_BYTES: u64 = 32;

impl AnswerSizes {
    /// Creates the lengths for a sample that is repeated until it has `records` records.
    /// `answers` has the length of the answer to each record of the sample itself.
    pub fn new(answers: &[u64], records: usize) -> Self {
        Self { sums: sums(answers.iter().copied().cycle().take(records)) }
    }

    /// Returns the length of the response to a batch, in bytes.
    pub fn response_bytes(&self, batch: &Range<usize>) -> u64 {
        self.sums[batch.end] - self.sums[batch.start] + RESPONSE_ENVELOPE_BYTES
    }

    /// Returns the batch of consecutive records with the longest response.
    pub fn densest(&self, batches: &Batches, setting: BufferSize) -> Range<usize> {
        let all = (0..batches.starts()).map(|start| batches.batch(start, setting));
        // At least one batch exists.
        all.rev().max_by_key(|batch| self.response_bytes(batch)).unwrap_or(0..0)
    }
}

/// The rule for a safe setting.
///
/// At a safe setting, the response to each batch of consecutive records of the sample stays within
/// Lambda's limit, less some headroom for records that the sample does not contain.
#[derive(Clone, Copy, Debug)]
pub struct SafetyRule {
    /// The part of Lambda's limit that stays free, in percent.
    pub headroom: u8,
}

impl SafetyRule {
    /// Returns the length that a response may have, in bytes.
    pub fn max_response_bytes(self) -> u64 {
        MAX_RESPONSE_BYTES as u64 * u64::from(100 - self.headroom.min(100)) / 100
    }

    /// Returns the largest setting that is safe according to the lengths of answers and events.
    ///
    /// The setting is smaller than `unsafe_from`, which a measurement found to be unsafe.
    pub fn largest(
        self,
        batches: &Batches,
        answers: &AnswerSizes,
        unsafe_from: Option<BufferSize>,
    ) -> Option<BufferSize> {
        let max = self.max_response_bytes();
        let smaller = |setting: &BufferSize| unsafe_from.is_none_or(|limit| *setting < limit);
        BufferSize::candidates().filter(smaller).find(|setting| {
            let densest = answers.densest(batches, *setting);
            let is_cut = batches.is_cut(&densest, *setting);
            answers.response_bytes(&densest) <= max && !is_cut
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::delivery_stream::StreamRecord;

    fn batches(lengths: &[usize], starts: usize) -> Batches {
        let record = |length: &usize| StreamRecord {
            position: 1,
            record_id: "1".to_owned(),
            arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
            data: Bytes::from(vec![0; *length]),
            processed: None,
            kinesis: None,
            msk: None,
        };
        Batches::new(&lengths.iter().map(record).collect::<Vec<_>>(), starts)
    }

    #[test]
    fn the_densest_batch_counts_and_not_the_average() {
        // 2 MB take 20 records. Each answer to the 20 records in the middle has 290,000 bytes.
        let mut answers = [10_000; 60];
        answers[20..40].fill(290_000);
        let batches = batches(&[104_858; 120], 60);
        let answers = AnswerSizes::new(&answers, 120);
        let setting = BufferSize::MEASURED[5];
        assert_eq!(answers.densest(&batches, setting), 20..40);
        // Headroom of 10 % leaves 5,662,400 bytes: 19 of the answers, and so 1.9 MB.
        let rule = SafetyRule { headroom: 10 };
        assert_eq!(rule.max_response_bytes(), 5_662_400);
        assert_eq!(rule.largest(&batches, &answers, None).unwrap().to_string(), "1.9");
        // Headroom of 7 % leaves 5,851,147 bytes: all 20 answers, and five shorter ones.
        let rule = SafetyRule { headroom: 7 };
        assert_eq!(rule.largest(&batches, &answers, None).unwrap().to_string(), "2.5");
    }

    #[test]
    fn a_setting_that_failed_and_all_larger_settings_are_unsafe() {
        let batches = batches(&[100_000; 40], 1);
        let answers = AnswerSizes::new(&[10], 40);
        let rule = SafetyRule { headroom: 10 };
        let largest = |seen| rule.largest(&batches, &answers, seen);
        assert_eq!(largest(None), Some(BufferSize::LARGEST));
        assert_eq!(largest(Some(BufferSize::MEASURED[2])).unwrap().to_string(), "0.4");
        assert_eq!(largest(Some(BufferSize::SMALLEST)), None);
    }

    proptest! {
        #[test]
        fn all_batches_of_the_largest_safe_setting_fit_and_one_of_the_next_does_not(
            sample in prop::collection::vec((1000usize..300_000, 0u64..2_000_000), 1..30),
            headroom in 0u8..50,
        ) {
            let lengths: Vec<_> = sample.iter().map(|record| record.0).collect();
            let bytes: usize = lengths.iter().sum();
            let repeats = 2 + BufferSize::LARGEST.bytes() as usize / bytes;
            let repeated = lengths.repeat(repeats);
            let answers: Vec<_> = sample.iter().map(|record| record.1).collect();
            let batches = batches(&repeated, lengths.len());
            let answers = AnswerSizes::new(&answers, repeated.len());
            let rule = SafetyRule { headroom };
            let fits = |setting| (0..lengths.len()).all(|start| {
                let batch = batches.batch(start, setting);
                answers.response_bytes(&batch) <= rule.max_response_bytes()
            });
            let largest = rule.largest(&batches, &answers, None);
            for setting in BufferSize::candidates() {
                prop_assert_eq!(fits(setting), largest.is_some_and(|largest| setting <= largest));
            }
        }
    }
}
