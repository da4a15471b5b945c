use std::{error, fmt, str::FromStr};

use md5::{Digest, Md5};

/// A hash key of a stream, from 0 to 2^128 - 1. The hash key decides the shard of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashKey(pub u128);

impl HashKey {
    /// Returns the hash key that Kinesis computes from a partition key: the MD5 of the key as a
    /// number.
    ///
    /// ```
    /// use kpl_aggregation::HashKey;
    ///
    /// let key = HashKey::of_partition_key("a");
    /// assert_eq!(key.to_string(), "16955237001963240173058271559858726497");
    /// ```
    pub fn of_partition_key(partition_key: &str) -> Self {
        Self(u128::from_be_bytes(Md5::digest(partition_key).into()))
    }

    /// Parses the explicit hash key of a put. Kinesis rejects leading zeros.
    pub(crate) fn from_explicit(text: &str) -> Option<Self> {
        text.parse().ok().filter(|_| text == "0" || !text.starts_with('0'))
    }
}

impl fmt::Display for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Parses decimal text, the form of an explicit hash key: only digits, without a sign.
impl FromStr for HashKey {
    type Err = InvalidHashKey;

    fn from_str(text: &str) -> Result<Self, InvalidHashKey> {
        // 2^128 - 1 has 39 digits. A longer text is too large or has leading zeros.
        let digits = text.len() <= 39 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self).ok_or(InvalidHashKey)
    }
}

/// An error for a text that is not a decimal number from 0 to 2^128 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHashKey;

impl fmt::Display for InvalidHashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number from 0 to 2^128 - 1")
    }
}

impl error::Error for InvalidHashKey {}

/// The hash keys of a shard, including both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HashKeyRange {
    starting: HashKey,
    ending: HashKey,
}

impl HashKeyRange {
    /// Creates a range from `StartingHashKey` and `EndingHashKey` of a shard of `ListShards`.
    ///
    /// # Errors
    ///
    /// If a text is not a hash key, or if `starting` is greater than `ending`.
    pub fn new(starting: &str, ending: &str) -> Result<Self, InvalidHashKeyRange> {
        let Ok(starting) = starting.parse() else {
            return Err(InvalidHashKeyRange(RangeFault::Start));
        };
        let Ok(ending) = ending.parse() else { return Err(InvalidHashKeyRange(RangeFault::End)) };
        if starting > ending {
            return Err(InvalidHashKeyRange(RangeFault::Order));
        }
        Ok(Self { starting, ending })
    }

    /// Returns the first hash key.
    pub(crate) fn starting(&self) -> HashKey {
        self.starting
    }

    /// Returns `true` if the range contains this hash key.
    pub fn contains(&self, key: HashKey) -> bool {
        (self.starting..=self.ending).contains(&key)
    }
}

/// An error for two texts that are not a range of hash keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHashKeyRange(RangeFault);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RangeFault {
    Start,
    End,
    Order,
}

impl fmt::Display for InvalidHashKeyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid range of hash keys: ")?;
        match self.0 {
            RangeFault::Start => write!(f, "the start is {InvalidHashKey}"),
            RangeFault::End => write!(f, "the end is {InvalidHashKey}"),
            RangeFault::Order => f.write_str("the start is greater than the end"),
        }
    }
}

impl error::Error for InvalidHashKeyRange {}
