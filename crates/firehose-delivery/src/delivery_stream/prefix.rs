use std::collections::BTreeMap;

use jiff::Zoned;
use uuid::Uuid;

use super::{
    InvalidPrefix, PrefixError,
    expression::{MAX_EVALUATED, Part, evaluate, hour, partition_value, parts},
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
    parts: Vec<Part>,
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
            if let Part::ErrorOutputType { position } = *part {
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
            <[Part]>::iter(parts).filter_map(|part| match part {
                Part::PartitionKey { key, .. } => Some(key.as_str()),
                Part::Text(_)
                | Part::Timestamp(_)
                | Part::RandomString
                | Part::ErrorOutputType { .. } => None,
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
        self.parts.iter().any(|part| !matches!(part, Part::Text(_)))
    }

    pub(super) fn into_parts(self) -> Vec<Part> {
        self.parts
    }
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};
    use proptest::prelude::*;

    use super::*;

    fn evaluated(text: &str, keys: &[(&str, &str)]) -> Result<String, PrefixError> {
        let arrival = date(2018, 8, 27).at(10, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
        let keys = keys.iter().map(|&(key, value)| (key.into(), value.into())).collect();
        let mut uuid = 0x046b_6c7f_0b00_0000_0000_0000_0000_0000;
        Prefix::parse(text).unwrap().evaluate(&arrival, &keys, &mut || {
            uuid += 1 << 88;
            Uuid::from_u128(uuid)
        })
    }

    #[test]
    fn a_prefix_without_expressions_gets_the_hour() {
        assert_eq!(evaluated("", &[]).unwrap(), "2018/08/27/10/");
        assert_eq!(evaluated("data/", &[]).unwrap(), "data/2018/08/27/10/");
        assert_eq!(evaluated("legacy", &[]).unwrap(), "legacy2018/08/27/10/");
        assert_eq!(evaluated("{a}!/$", &[]).unwrap(), "{a}!/$2018/08/27/10/");
    }

    #[test]
    fn expressions_are_evaluated_and_nothing_is_appended() {
        let evaluated = |text| evaluated(text, &[("customer", "acme"), ("other", "x")]).unwrap();
        insta::assert_snapshot!(
            [
                "year=!{timestamp:yyyy}/!{timestamp:'month='MM}/!{timestamp:HH}",
                "!{firehose:random-string}/again=!{firehose:random-string}/",
                "!{partitionKeyFromLambda:customer}/!{timestamp:EEE}!{partitionKeyFromLambda:customer}",
            ]
            .map(evaluated)
            .join("\n"),
            @r"
        year=2018/month=08/10
        046b6c7f-0c/again=046b6c7f-0d/
        acme/Monacme
        "
        );
    }

    #[test]
    fn a_partition_key_has_to_be_there_and_not_to_be_empty() {
        let text = "!{partitionKeyFromLambda:customer}/";
        let missing = PrefixError::MissingPartitionKey { key: "customer".into() };
        assert_eq!(evaluated(text, &[]), Err(missing.clone()));
        assert_eq!(evaluated(text, &[("customer", "")]), Err(missing.clone()));
        assert_eq!(
            missing.to_string(),
            "the partition key `customer` of the prefix is missing or empty"
        );
    }

    #[test]
    fn a_partition_is_told_by_the_keys_that_the_prefix_names() {
        let prefix = Prefix::parse(
            "!{partitionKeyFromLambda:b}!{partitionKeyFromLambda:a}!{partitionKeyFromLambda:b}",
        )
        .unwrap();
        assert_eq!(prefix.partition_keys().collect::<Vec<_>>(), ["b", "a"]);

        let mut keys =
            BTreeMap::from(["a", "b", "c"].map(|key| (key.to_owned(), format!("{key}1"))));
        assert_eq!(prefix.partition(&keys).unwrap(), ["b1", "a1"]);
        keys.insert("a".to_owned(), "x".repeat(513));
        assert_eq!(prefix.partition(&keys), Err(PrefixError::TooLong));
        keys.remove("a");
        assert!(prefix.partition(&keys).is_err());
        assert!(Prefix::parse("data/").unwrap().partition(&keys).unwrap().is_empty());
    }

    #[test]
    fn an_evaluated_prefix_has_at_most_512_characters_and_the_hour() {
        assert_eq!(evaluated(&"ü".repeat(512), &[]).unwrap().chars().count(), 512 + 14);
        assert_eq!(evaluated(&"a".repeat(513), &[]), Err(PrefixError::TooLong));

        let text = "!{partitionKeyFromLambda:k}/!{partitionKeyFromLambda:k}";
        assert!(evaluated(text, &[("k", &"a".repeat(255))]).is_ok());
        assert_eq!(evaluated(text, &[("k", &"a".repeat(256))]), Err(PrefixError::TooLong));
        assert_eq!(evaluated(text, &[("k", &"a".repeat(1 << 20))]), Err(PrefixError::TooLong));
    }

    #[test]
    fn an_error_names_the_place() {
        let error = |text: &str| Prefix::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(
            [
                "dä/!{timestamp:yyyy",
                "a!{firehose:random-string}/!{aws:region}",
                "!{timestamp}",
                "!{partitionKeyFromLambda:}",
                "x/!{timestamp:yyyy-bb}",
                "!{firehose:error-output-type}/",
                "!{partitionKeyFromQuery:customer}/",
                &"a".repeat(1025),
            ]
            .map(error)
            .join("\n"),
            @r"
        the `!{` at character 4 is not closed with `}`
        there is no expression `!{aws:region}`, as at character 28; there are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`
        there is no expression `!{timestamp}`, as at character 1; there are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`
        there is no expression `!{partitionKeyFromLambda:}`, as at character 1; there are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`
        the timestamp at character 3 is no pattern of times
        `!{firehose:error-output-type}`, as at character 1, is only for ErrorOutputPrefix
        the partition key `customer` at character 1 comes from a query, which is not simulated; use `partitionKeyFromLambda`
        the prefix has 1025 characters; Firehose takes up to 1024
        "
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_or_grows_beyond_the_limit(
            text in "(!\\{|\\}|timestamp:|yyyy|'|firehose:random-string|partitionKeyFromLambda:|k|é|.){0,40}",
            value in ".{0,600}",
        ) {
            if let Ok(prefix) = Prefix::parse(&text) {
                let arrival = date(2018, 8, 27).at(10, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
                let keys = BTreeMap::from([("k".to_owned(), value)]);
                if let Ok(prefix) = prefix.evaluate(&arrival, &keys, &mut Uuid::nil) {
                    prop_assert!(prefix.chars().count() <= 512 + 14);
                }
            }
        }
    }
}
