use jiff::Zoned;
use uuid::Uuid;

use super::{
    invalid_prefix::InvalidPrefix,
    partition_keys::{KeySource, PartitionKeys},
    prefix_error::PrefixError,
    timestamp_format::TimestampFormat,
};

/// A part of a prefix: text or an expression. Positions are in characters, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PrefixPart {
    Text(String),
    Timestamp(TimestampFormat),
    RandomString,
    ErrorOutputType { position: usize },
    PartitionKey { source: KeySource, key: String, position: usize },
}

/// The limit of a prefix before evaluation, in characters:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html>.
const MAX_WRITTEN: usize = 1024;

/// The limit of an evaluated prefix, in characters:
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>.
pub(super) const MAX_EVALUATED: usize = 512;

/// Splits a prefix into its parts.
pub(super) fn parts(text: &str) -> Result<Vec<PrefixPart>, InvalidPrefix> {
    let characters = text.chars().count();
    if characters > MAX_WRITTEN {
        return Err(InvalidPrefix::TooLong { characters });
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, expression)) = rest.split_once("!{") {
        let position = characters - rest.chars().count() + before.chars().count() + 1;
        let (expression, after) =
            expression.split_once('}').ok_or(InvalidPrefix::Unclosed { position })?;
        if !before.is_empty() {
            parts.push(PrefixPart::Text(before.to_owned()));
        }
        parts.push(part(expression, position)?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(PrefixPart::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// Parses the text between `!{` and `}`.
fn part(expression: &str, position: usize) -> Result<PrefixPart, InvalidPrefix> {
    let unknown = || InvalidPrefix::UnknownExpression { position, expression: expression.into() };
    let (namespace, value) = expression.split_once(':').ok_or_else(unknown)?;
    match (namespace, value) {
        ("timestamp", pattern) => TimestampFormat::parse(pattern)
            .map(PrefixPart::Timestamp)
            .map_err(|error| InvalidPrefix::Timestamp { position, error }),
        ("firehose", "random-string") => Ok(PrefixPart::RandomString),
        ("firehose", "error-output-type") => Ok(PrefixPart::ErrorOutputType { position }),
        (namespace, key) if !key.is_empty() => {
            let source = [KeySource::Lambda, KeySource::Query]
                .into_iter()
                .find(|source| source.namespace() == namespace)
                .ok_or_else(unknown)?;
            Ok(PrefixPart::PartitionKey { source, key: key.to_owned(), position })
        }
        _ => Err(unknown()),
    }
}

/// Replaces the expressions by their values. The text never grows beyond the limit.
pub(super) fn evaluate(
    parts: &[PrefixPart],
    arrival: &Zoned,
    partition_keys: PartitionKeys<'_>,
    error_output_type: &str,
    uuids: &mut dyn FnMut() -> Uuid,
) -> Result<String, PrefixError> {
    let mut prefix = String::new();
    let mut characters = 0;
    for part in parts {
        let evaluated;
        let piece = match part {
            PrefixPart::Text(text) => text.as_str(),
            PrefixPart::Timestamp(format) => {
                evaluated = format.format(arrival);
                &evaluated
            }
            PrefixPart::RandomString => {
                evaluated = random_string(uuids());
                &evaluated
            }
            PrefixPart::ErrorOutputType { .. } => error_output_type,
            PrefixPart::PartitionKey { source, key, .. } => {
                partition_value(*source, key, partition_keys)?
            }
        };
        // A value may be very long, so the count stops beyond the limit.
        characters += piece.chars().take(MAX_EVALUATED + 1).count();
        if characters > MAX_EVALUATED {
            return Err(PrefixError::TooLong);
        }
        prefix.push_str(piece);
    }
    Ok(prefix)
}

/// Returns the value of a partition key. A missing or empty value is an error.
pub(super) fn partition_value<'a>(
    source: KeySource,
    key: &str,
    partition_keys: PartitionKeys<'a>,
) -> Result<&'a str, PrefixError> {
    match partition_keys.get(source, key) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(PrefixError::MissingPartitionKey { key: key.to_owned() }),
    }
}

/// Returns `yyyy/MM/dd/HH/`, which Firehose appends to a prefix without expressions.
pub(super) fn hour(arrival: &Zoned) -> String {
    let (year, month, day, hour) = (arrival.year(), arrival.month(), arrival.day(), arrival.hour());
    format!("{year:04}/{month:02}/{day:02}/{hour:02}/")
}

/// Returns a random string in the form of Firehose's example: the first 11 characters of a UUID.
fn random_string(uuid: Uuid) -> String {
    let mut uuid = uuid.to_string();
    uuid.truncate(11);
    uuid
}
