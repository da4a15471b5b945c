use std::collections::BTreeMap;

use jiff::{civil::date, tz::TimeZone};
use proptest::prelude::*;

use super::*;

fn evaluated(text: &str, keys: &[(&str, &str)]) -> Result<String, PrefixError> {
    let arrival = date(2018, 8, 27).at(10, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    let keys = keys.iter().map(|&(key, value)| (key.into(), value.into())).collect();
    let keys = PartitionKeys::of_lambda(&keys);
    let mut uuid = 0x046b_6c7f_0b00_0000_0000_0000_0000_0000;
    Prefix::parse(text).unwrap().evaluate(&arrival, keys, &mut || {
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
fn a_missing_or_empty_partition_key_is_an_error() {
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
fn the_keys_in_the_prefix_decide_the_partition() {
    let prefix = Prefix::parse(
        "!{partitionKeyFromLambda:b}!{partitionKeyFromLambda:a}!{partitionKeyFromLambda:b}",
    )
    .unwrap();
    assert_eq!(prefix.keys_of(KeySource::Lambda).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(prefix.keys_of(KeySource::Query).count(), 0);

    let mut keys = BTreeMap::from(["a", "b", "c"].map(|key| (key.to_owned(), format!("{key}1"))));
    assert_eq!(prefix.partition(PartitionKeys::of_lambda(&keys)).unwrap(), ["b1", "a1"]);
    keys.insert("a".to_owned(), "x".repeat(513));
    assert_eq!(prefix.partition(PartitionKeys::of_lambda(&keys)), Err(PrefixError::TooLong));
    keys.remove("a");
    assert!(prefix.partition(PartitionKeys::of_lambda(&keys)).is_err());
    assert!(
        Prefix::parse("data/")
            .unwrap()
            .partition(PartitionKeys::of_lambda(&keys))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn keys_of_the_function_and_of_a_query_are_told_apart() {
    let text = "!{partitionKeyFromQuery:k}/!{partitionKeyFromLambda:k}/!{partitionKeyFromQuery:k}";
    let prefix = Prefix::parse(text).unwrap();
    let keys = |value: &str| BTreeMap::from([("k".to_owned(), value.to_owned())]);
    let (from_lambda, from_query) = (&keys("l"), &keys("q"));
    let values = prefix.partition(PartitionKeys { from_lambda, from_query }).unwrap();
    assert_eq!(values, ["q", "l"]);
    let arrival = date(2018, 8, 27).at(10, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    let evaluated = prefix.evaluate_partition(&arrival, &values, &mut Uuid::nil);
    assert_eq!(evaluated.unwrap(), "q/l/q");
    for missing in [PartitionKeys::of_lambda(from_lambda), PartitionKeys::NONE] {
        assert!(prefix.partition(missing).is_err());
    }
}

#[test]
fn an_evaluated_prefix_has_at_most_512_characters_beside_the_hour() {
    assert_eq!(evaluated(&"ü".repeat(512), &[]).unwrap().chars().count(), 512 + 14);
    assert_eq!(evaluated(&"a".repeat(513), &[]), Err(PrefixError::TooLong));

    let text = "!{partitionKeyFromLambda:k}/!{partitionKeyFromLambda:k}";
    assert!(evaluated(text, &[("k", &"a".repeat(255))]).is_ok());
    assert_eq!(evaluated(text, &[("k", &"a".repeat(256))]), Err(PrefixError::TooLong));
    assert_eq!(evaluated(text, &[("k", &"a".repeat(1 << 20))]), Err(PrefixError::TooLong));
}

#[test]
fn an_error_names_the_position() {
    let error = |text: &str| Prefix::parse(text).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            "dä/!{timestamp:yyyy",
            "a!{firehose:random-string}/!{aws:region}",
            "!{timestamp}",
            "!{partitionKeyFromLambda:}",
            "x/!{timestamp:yyyy-bb}",
            "!{firehose:error-output-type}/",
            "!{partitionKeyFromQuery:}/",
            &"a".repeat(1025),
        ]
        .map(error)
        .join("\n"),
        @r"
    the `!{` at character 4 is not closed; add a `}`
    the expression `!{aws:region}` at character 28 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
    the expression `!{timestamp}` at character 1 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
    the expression `!{partitionKeyFromLambda:}` at character 1 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
    the timestamp at character 3 has an invalid pattern
    `!{firehose:error-output-type}` at character 1 is allowed only in ErrorOutputPrefix
    the expression `!{partitionKeyFromQuery:}` at character 1 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
    the prefix has 1025 characters; Firehose accepts at most 1024
    "
    );
}

proptest! {
    #[test]
    fn nothing_panics_or_grows_beyond_the_limit(
        text in "(!\\{|\\}|timestamp:|yyyy|'|firehose:random-string|partitionKeyFromLambda:|partitionKeyFromQuery:|k|é|.){0,40}",
        value in ".{0,600}",
    ) {
        if let Ok(prefix) = Prefix::parse(&text) {
            let arrival = date(2018, 8, 27).at(10, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap();
            let keys = BTreeMap::from([("k".to_owned(), value)]);
            if let Ok(prefix) = prefix.evaluate(&arrival, PartitionKeys::of_lambda(&keys), &mut Uuid::nil) {
                prop_assert!(prefix.chars().count() <= 512 + 14);
            }
        }
    }
}
