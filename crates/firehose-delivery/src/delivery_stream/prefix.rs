use std::collections::BTreeMap;

use jiff::Zoned;
use uuid::Uuid;

use super::{
    invalid_prefix::InvalidPrefix,
    prefix_error::PrefixError,
    prefix_part::{MAX_EVALUATED, PrefixPart, evaluate, hour, partition_value, parts},
};

/// The `Prefix` of an S3 destination: what the keys of objects begin with.
///
/// It is text with expressions in it, as in
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>:
///
/// | expression | stands for |
/// |---|---|
/// | `!{timestamp:yyyy/MM/dd}` | the arrival of the oldest record in the object, as a [`TimestampFormat`](crate::delivery_stream::TimestampFormat) says |
/// | `!{firehose:random-string}` | 11 characters, new ones each time |
/// | `!{partitionKeyFromLambda:key}` | the partition key of this name that the function gave the record |
///
/// Where there are no expressions, and so also where there is no text, `yyyy/MM/dd/HH/` is
/// appended, with no `/` before it. AWS's page says that this happens to every prefix without a
/// timestamp; it was not so when [others tried it](https://github.com/floci-io/floci/issues/1857),
/// and it is not so here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    parts: Vec<PrefixPart>,
}

impl Prefix {
    /// Reads a prefix.
    ///
    /// # Errors
    ///
    /// The text may have at most 1,024 characters and only expressions of the table above. Keys
    /// that Firehose would find with a query (`partitionKeyFromQuery`) are not simulated.
    pub fn parse(text: &str) -> Result<Self, InvalidPrefix> {
        let parts = parts(text)?;
        for part in &parts {
            if let PrefixPart::ErrorOutputType { position } = *part {
                return Err(InvalidPrefix::ErrorOutputType { position });
            }
        }
        Ok(Self { parts })
    }

    /// The prefix of an object. The arrival is that of its oldest record, in the time zone of the
    /// destination; the UUIDs are what random strings are made of, one for each.
    ///
    /// # Errors
    ///
    /// A partition key has to be there and not to be empty, and the prefix may have at most 512
    /// characters, not counting the hour that is appended.
    pub fn evaluate(
        &self,
        arrival: &Zoned,
        partition_keys: &BTreeMap<String, String>,
        uuids: &mut dyn FnMut() -> Uuid,
    ) -> Result<String, PrefixError> {
        let mut prefix = evaluate(&self.parts, arrival, partition_keys, "", uuids)?;
        if !self.has_expressions() {
            prefix.push_str(&hour(arrival));
        }
        Ok(prefix)
    }

    /// The partition keys that it names, each once, in the order in which they are first named.
    pub fn partition_keys(&self) -> impl Iterator<Item = &str> {
        let keys = |parts| {
            <[PrefixPart]>::iter(parts).filter_map(|part| match part {
                PrefixPart::PartitionKey { key, .. } => Some(key.as_str()),
                PrefixPart::Text(_)
                | PrefixPart::Timestamp(_)
                | PrefixPart::RandomString
                | PrefixPart::ErrorOutputType { .. } => None,
            })
        };
        keys(&self.parts)
            .enumerate()
            .filter(move |&(index, key)| !keys(&self.parts).take(index).any(|other| other == key))
            .map(|(_, key)| key)
    }

    /// The values of [`partition_keys`](Self::partition_keys), in their order. Records with the
    /// same ones go into the same object, whatever their other keys are.
    ///
    /// # Errors
    ///
    /// As for [`evaluate`](Self::evaluate), as far as the keys decide it.
    pub fn partition(
        &self,
        partition_keys: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, PrefixError> {
        self.partition_keys()
            .map(|key| {
                let value = partition_value(key, partition_keys)?;
                if value.chars().nth(MAX_EVALUATED).is_some() {
                    return Err(PrefixError::TooLong);
                }
                Ok(value.to_owned())
            })
            .collect()
    }

    /// Whether there is anything in it to be evaluated.
    pub fn has_expressions(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, PrefixPart::Text(_)))
    }

    pub(super) fn into_parts(self) -> Vec<PrefixPart> {
        self.parts
    }
}

#[cfg(test)]
mod tests;
