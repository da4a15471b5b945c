use std::fmt;

/// A shard of a Kinesis stream, by its number.
///
/// The id that Kinesis shows is the number in 12 digits after `shardId-`.
///
/// ```
/// use firehose_delivery::delivery_stream::ShardId;
///
/// assert_eq!(ShardId::new(3).to_string(), "shardId-000000000003");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardId(u32);

impl ShardId {
    /// The first shard of a stream. Records of Direct PUT count as records of this shard.
    pub const FIRST: Self = Self(0);

    /// The length of an id, in bytes.
    pub const TEXT_LEN: usize = Self::PREFIX.len() + Self::DIGITS;

    const PREFIX: &'static str = "shardId-";
    const DIGITS: usize = 12;

    /// Returns the shard with this number, counted from 0.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Returns the number of the shard, counted from 0.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Returns the text of the id. The text is ASCII and needs no escape in JSON.
    pub fn to_ascii(self) -> [u8; Self::TEXT_LEN] {
        let mut text = [b'0'; Self::TEXT_LEN];
        let (prefix, digits) = text.split_at_mut(Self::PREFIX.len());
        prefix.copy_from_slice(Self::PREFIX.as_bytes());
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        text
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:0width$}", Self::PREFIX, self.0, width = Self::DIGITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_text_agree() {
        for number in [0, 7, 10, 999, 1_234_567_890, u32::MAX] {
            let shard = ShardId::new(number);
            assert_eq!(str::from_utf8(&shard.to_ascii()).unwrap(), shard.to_string());
            assert_eq!(shard.to_string().len(), ShardId::TEXT_LEN);
        }
        assert_eq!(ShardId::new(u32::MAX).to_string(), "shardId-004294967295");
    }
}
