use jiff::Zoned;
use uuid::Uuid;

use super::{
    invalid_prefix::InvalidPrefix,
    partition_keys::{KeySource, PartitionKeys},
    prefix_error::PrefixError,
    prefix_part::{MAX_EVALUATED, PrefixPart, evaluate, hour, partition_value, parts},
};

/// The `Prefix` of an S3 destination: the start of the keys of objects.
///
/// A prefix is text with expressions, as in
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>:
///
/// | expression | value |
/// |---|---|
/// | `!{timestamp:yyyy/MM/dd}` | the arrival of the oldest record in the object, formatted by a pattern of Java's `DateTimeFormatter` |
/// | `!{firehose:random-string}` | 11 random characters |
/// | `!{partitionKeyFromLambda:key}` | the partition key of this name that the function gave the record |
/// | `!{partitionKeyFromQuery:key}` | the partition key of this name that the query of MetadataExtraction found in the record |
///
/// Firehose appends `yyyy/MM/dd/HH/`, without a `/` before it, to a prefix without expressions, and
/// to an empty prefix. AWS's page says that Firehose appends the hour to every prefix without a
/// timestamp. [Others observed](https://github.com/floci-io/floci/issues/1857) that Firehose
/// appends nothing to a prefix with expressions. This type follows the observation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    parts: Vec<PrefixPart>,
}

impl Prefix {
    /// Parses a prefix.
    ///
    /// # Errors
    ///
    /// If the text has more than 1,024 characters, or an expression that is not in the table above.
    pub fn parse(text: &str) -> Result<Self, InvalidPrefix> {
        let parts = parts(text)?;
        for part in &parts {
            if let PrefixPart::ErrorOutputType { position } = *part {
                return Err(InvalidPrefix::ErrorOutputType { position });
            }
        }
        Ok(Self { parts })
    }

    /// Returns the prefix of an object. `arrival` is the arrival of its oldest record, in the time
    /// zone of the destination. Each random string is made from one UUID.
    ///
    /// # Errors
    ///
    /// If a partition key is missing or empty, or if the prefix has more than 512 characters, not
    /// counting an appended hour.
    pub fn evaluate(
        &self,
        arrival: &Zoned,
        partition_keys: PartitionKeys<'_>,
        uuids: &mut dyn FnMut() -> Uuid,
    ) -> Result<String, PrefixError> {
        let mut prefix = evaluate(&self.parts, arrival, partition_keys, "", uuids)?;
        if !self.has_expressions() {
            prefix.push_str(&hour(arrival));
        }
        Ok(prefix)
    }

    /// Returns the prefix of an object for the values of a [`partition`](Self::partition). See also
    /// [`evaluate`](Self::evaluate).
    ///
    /// # Errors
    ///
    /// The errors of [`evaluate`](Self::evaluate).
    pub fn evaluate_partition(
        &self,
        arrival: &Zoned,
        values: &[String],
        uuids: &mut dyn FnMut() -> Uuid,
    ) -> Result<String, PrefixError> {
        let of = |wanted| {
            let keys = self.partition_keys().zip(values);
            let keys = keys.filter(|((source, _), _)| *source == wanted);
            keys.map(|((_, key), value)| (key.to_owned(), value.clone())).collect()
        };
        let (from_lambda, from_query) = (&of(KeySource::Lambda), &of(KeySource::Query));
        self.evaluate(arrival, PartitionKeys { from_lambda, from_query }, uuids)
    }

    /// Returns the partition keys in the prefix with their sources, each once, in the order of their
    /// first use.
    pub fn partition_keys(&self) -> impl Iterator<Item = (KeySource, &str)> {
        let keys = |parts| {
            <[PrefixPart]>::iter(parts).filter_map(|part| match part {
                PrefixPart::PartitionKey { source, key, .. } => Some((*source, key.as_str())),
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

    /// Returns the names of the partition keys of one source, each once, in the order of their first
    /// use.
    pub fn keys_of(&self, source: KeySource) -> impl Iterator<Item = &str> {
        self.partition_keys().filter(move |(of, _)| *of == source).map(|(_, key)| key)
    }

    /// Returns the values of [`partition_keys`](Self::partition_keys), in their order. Records with
    /// the same values go into the same object, whatever their other keys are.
    ///
    /// # Errors
    ///
    /// If a partition key is missing or empty, or its value alone has more than 512 characters.
    pub fn partition(&self, partition_keys: PartitionKeys<'_>) -> Result<Vec<String>, PrefixError> {
        self.partition_keys()
            .map(|(source, key)| {
                let value = partition_value(source, key, partition_keys)?;
                if value.chars().nth(MAX_EVALUATED).is_some() {
                    return Err(PrefixError::TooLong);
                }
                Ok(value.to_owned())
            })
            .collect()
    }

    /// Returns `true` if the prefix has an expression.
    pub fn has_expressions(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, PrefixPart::Text(_)))
    }

    /// Returns the parts of the prefix.
    pub(super) fn into_parts(self) -> Vec<PrefixPart> {
        self.parts
    }
}

#[cfg(test)]
mod tests;
