use std::ops::Range;

use firehose_runtime::contract::MAX_RESPONSE_BYTES;

use super::{Batches, BufferSize, batches::sums};

/// How long a response is for any batch of a sample, by how long the answer to each record was.
#[derive(Clone, Debug)]
pub struct AnswerSizes {
    /// Before each record, and after all; with the comma that follows an answer.
    sums: Vec<u64>,
}

/// What a response has beside its answers: `{"records":[]}`, and a little for whatever another
/// runtime adds.
const ENVELOPE_BYTES: u64 = 32;

impl AnswerSizes {
    /// The lengths of the answers to the records of a sample that is repeated until there are
    /// `records` of them.
    pub fn new(answers: &[u64], records: usize) -> Self {
        Self { sums: sums(answers.iter().copied().cycle().take(records)) }
    }

    /// How long a response to this batch is.
    pub fn response_bytes(&self, batch: &Range<usize>) -> u64 {
        self.sums[batch.end] - self.sums[batch.start] + ENVELOPE_BYTES
    }

    /// The batch of consecutive records with the longest response.
    pub fn densest(&self, batches: &Batches, setting: BufferSize) -> Range<usize> {
        let all = (0..batches.starts()).map(|start| batches.batch(start, setting));
        // There is at least one.
        all.rev().max_by_key(|batch| self.response_bytes(batch)).unwrap_or(0..0)
    }
}

/// Which settings are safe: those at which no batch of consecutive records of the sample has a
/// longer response than Lambda takes, less some headroom for records that the sample does not
/// have.
#[derive(Clone, Copy, Debug)]
pub struct SafetyRule {
    /// In percent of Lambda's limit.
    pub headroom: u8,
}

impl SafetyRule {
    /// How long a response may be.
    pub fn max_response_bytes(self) -> u64 {
        MAX_RESPONSE_BYTES as u64 * u64::from(100 - self.headroom.min(100)) / 100
    }

    /// The largest setting that is safe by the lengths of the answers and of the events, and
    /// smaller than one that was seen not to be safe.
    pub fn largest(
        self,
        batches: &Batches,
        answers: &AnswerSizes,
        unsafe_from: Option<BufferSize>,
    ) -> Option<BufferSize> {
        let max = self.max_response_bytes();
        let smaller = |setting: &BufferSize| unsafe_from.is_none_or(|limit| *setting < limit);
        BufferSize::steps().filter(smaller).find(|setting| {
            let densest = answers.densest(batches, *setting);
            let is_cut = batches.is_cut(&densest, *setting);
            answers.response_bytes(&densest) <= max && (!is_cut || *setting == BufferSize::SMALLEST)
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
            kinesis: None,
        };
        Batches::new(&lengths.iter().map(record).collect::<Vec<_>>(), starts)
    }

    #[test]
    fn the_densest_batch_counts_and_not_the_average() {
        // 2 MB take 20 records. Of those in the middle, each answer has 290,000 bytes.
        let mut answers = [10_000; 60];
        answers[20..40].fill(290_000);
        let batches = batches(&[104_858; 120], 60);
        let answers = AnswerSizes::new(&answers, 120);
        let setting = BufferSize::steps().nth(10).unwrap();
        assert_eq!(answers.densest(&batches, setting), 20..40);
        // Headroom of 10 % leaves 5,662,400 bytes, which 19 of the answers fit into: 1.9 MB.
        let rule = SafetyRule { headroom: 10 };
        assert_eq!(rule.max_response_bytes(), 5_662_400);
        assert_eq!(rule.largest(&batches, &answers, None).unwrap().to_string(), "1.9");
        // 7 % leaves 5,851,147 bytes: all 20, and five of the shorter ones.
        let rule = SafetyRule { headroom: 7 };
        assert_eq!(rule.largest(&batches, &answers, None).unwrap().to_string(), "2.5");
    }

    #[test]
    fn a_setting_that_was_seen_to_fail_is_not_safe_nor_is_a_larger_one() {
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
        fn no_batch_of_the_largest_safe_setting_is_too_long_and_one_of_the_next_is(
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
            for setting in BufferSize::steps() {
                prop_assert_eq!(fits(setting), largest.is_some_and(|largest| setting <= largest));
            }
        }
    }
}
