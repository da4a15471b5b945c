use std::fmt;

use jiff::Timestamp;

use crate::delivery_stream::ShardId;

/// The number that a Kinesis stream gives to a record, in 56 digits.
///
/// AWS documents that the numbers increase, but not their parts. The authors of emulators found the
/// parts ([Kinesalite](https://github.com/mhart/kinesalite/blob/master/db/index.js)), and captured
/// numbers confirm them. From the highest bit on:
///
/// | bits | value |
/// |---|---|
/// | 4 | 2 |
/// | 36 | creation of the shard, in seconds since 1970 |
/// | 4 | number of the shard, modulo 16 |
/// | 64 | index, which increases within the shard |
/// | 8 | 0 |
/// | 36 | arrival of the record, in seconds since 1970 |
/// | 32 | number of the shard |
/// | 4 | 2, the version |
///
/// For shards created before 2055, each number has 56 digits and begins with 49.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SequenceNumber([u8; DIGITS]);

const DIGITS: usize = 56;

/// The digits of one step of the conversion; 7 steps give all digits.
const GROUP: usize = 8;

/// The largest number of 36 bits.
const MAX_SECONDS: i64 = (1 << 36) - 1;

impl SequenceNumber {
    /// Returns the number of the record with this index in a shard. Times are whole seconds since
    /// 1970 in 36 bits. A time out of this range becomes the nearest limit.
    pub(super) fn new(created: Timestamp, shard: ShardId, index: u64, arrived: Timestamp) -> Self {
        let seconds = |time: Timestamp| time.as_second().clamp(0, MAX_SECONDS) as u128;
        let shard = u128::from(shard.number());
        // The upper 108 bits, and the lower 80.
        let high = (2 << 104) | (seconds(created) << 68) | ((shard & 0xf) << 64);
        let high = high | u128::from(index);
        let low = (seconds(arrived) << 36) | (shard << 4) | 2;
        Self(decimal(high, low))
    }

    /// Returns the digits.
    pub(super) fn as_str(&self) -> &str {
        // Digits are always valid UTF-8.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Returns the digits of `high` * 2^80 + `low`. `high` has at most 112 bits, and `low` at most 80.
fn decimal(high: u128, low: u128) -> [u8; DIGITS] {
    let number = [high >> 80, high >> 48, high >> 16, (high << 16) | (low >> 64), low >> 32, low];
    // Parts of 32 bits, the highest first: the compiler turns their division by a constant into a
    // multiplication.
    let mut number = number.map(|part| part as u32);
    let mut digits = [b'0'; DIGITS];
    for group in digits.chunks_exact_mut(GROUP).rev() {
        let mut rest = 0;
        for part in &mut number {
            let value = (rest << 32) | u64::from(*part);
            *part = (value / 100_000_000) as u32;
            rest = value % 100_000_000;
        }
        for digit in group.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    }
    digits
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number_of(created: i64, shard: u32, index: u64, arrived: i64) -> SequenceNumber {
        let second = |second| Timestamp::from_second(second).unwrap();
        SequenceNumber::new(second(created), ShardId::new(shard), index, second(arrived))
    }

    #[test]
    fn the_parts_of_captured_numbers_give_these_numbers() {
        // Three numbers of `fixtures/events`, and one of the seventh shard of a stream.
        let number = number_of(0x067c_5fa06, 0, 0x8312_3e16, 0x067c_6bb47);
        insta::assert_snapshot!(
            number,
            @"49661076801743525278240094265250233678755086501549178882"
        );
        let number = number_of(1_741_027_846, 0, 2_199_009_830, 1_741_077_317);
        insta::assert_snapshot!(
            number,
            @"49661076801743525278240094264031636452583540156006400002"
        );
        let number = number_of(0x054b_6fffe, 0, 0x1d5, 0x054b_7009a);
        insta::assert_snapshot!(
            number,
            @"49546986683135544286507457936321625675700192471156785154"
        );
        let number = number_of(0x05bf_4e5c2, 6, 0x6764_8a17, 0x05c1_81eea);
        insta::assert_snapshot!(
            number,
            @"49590338271490256608559692538361571095921575989136588898"
        );
    }

    #[test]
    fn times_outside_the_range_are_cut() {
        let number =
            SequenceNumber::new(Timestamp::MIN, ShardId::new(u32::MAX), u64::MAX, Timestamp::MAX);
        insta::assert_snapshot!(
            number,
            @"49039857308065255390643594839073261164708893934441463794"
        );
        assert!(
            SequenceNumber::new(Timestamp::MAX, ShardId::FIRST, 0, Timestamp::MIN).as_str().len()
                == DIGITS
        );
    }

    proptest! {
        #[test]
        fn numbers_of_a_shard_increase_with_the_index_at_any_time(
            created in 0i64..2_690_000_000,
            shard: u32,
            index in 0..u64::MAX,
            one in -377_705_023_201..=253_402_207_200i64,
            other in -377_705_023_201..=253_402_207_200i64,
        ) {
            let first = number_of(created, shard, index, one);
            let next = number_of(created, shard, index + 1, other);
            prop_assert!(first.as_str() < next.as_str());
            prop_assert!(first.as_str().starts_with("49"));
        }

        #[test]
        fn shards_have_different_numbers(index: u64, one: u32, other: u32) {
            prop_assume!(one != other);
            let number = |shard| number_of(1_700_000_000, shard, index, 1_700_000_000);
            prop_assert_ne!(number(one), number(other));
        }
    }
}
