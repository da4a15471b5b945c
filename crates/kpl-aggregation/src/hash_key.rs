use std::{error, fmt, str::FromStr};

use md5::{Digest, Md5};

/// A place in the hash key space of a stream, 0 to 2^128 - 1: what decides which shard a
/// record goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashKey(pub u128);

impl HashKey {
    /// The hash key that Kinesis computes from a partition key: its MD5, as a number.
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
}

impl fmt::Display for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Decimal text, as an explicit hash key is written: digits alone, without a sign.
impl FromStr for HashKey {
    type Err = InvalidHashKey;

    fn from_str(text: &str) -> Result<Self, InvalidHashKey> {
        // 2^128 - 1 has 39 digits; more of them could only be zeroes in front.
        let digits = text.len() <= 39 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self).ok_or(InvalidHashKey)
    }
}

/// The text is no decimal number of 0 to 2^128 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHashKey;

impl fmt::Display for InvalidHashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number of 0 to 2^128 - 1")
    }
}

impl error::Error for InvalidHashKey {}

/// The hash keys of a shard, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HashKeyRange {
    starting: HashKey,
    ending: HashKey,
}

impl HashKeyRange {
    /// The range from `starting` to `ending`, as `ListShards` gives them.
    ///
    /// # Errors
    ///
    /// If one of them is no hash key, or `starting` is beyond `ending`.
    pub fn new(starting: &str, ending: &str) -> Result<Self, InvalidHashKeyRange> {
        let [Ok(starting), Ok(ending)] = [starting, ending].map(str::parse) else {
            return Err(InvalidHashKeyRange("one end is not a decimal number of 0 to 2^128 - 1"));
        };
        if starting > ending {
            return Err(InvalidHashKeyRange("it starts beyond its end"));
        }
        Ok(Self { starting, ending })
    }

    /// Whether the range has this hash key in it.
    pub fn contains(&self, key: HashKey) -> bool {
        (self.starting..=self.ending).contains(&key)
    }
}

/// There is no such range of hash keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidHashKeyRange(&'static str);

impl fmt::Display for InvalidHashKeyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a range of hash keys: {}", self.0)
    }
}

impl error::Error for InvalidHashKeyRange {}
