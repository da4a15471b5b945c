//! Splitters, and transforms of the items of a record.

use firehose_core::{
    BoxError, Bytes, InvalidItem, Invocation, ItemErrors, Items, JsonArray, JsonLines, JsonValues,
    Lines, Outcome, Output, Record, Split, Transform, TransformExt, for_each, transform_fn,
};

/// Returns the items, and the error that ends them, if any.
fn items(splitter: &impl Split, data: impl Into<Bytes>) -> Vec<String> {
    let items = splitter.split(Record::new("1", data));
    let text = |item: Record| String::from_utf8_lossy(item.data()).into_owned();
    items.map(|item| item.map_or_else(|error| format!("error: {error}"), text)).collect()
}

#[test]
fn json_values_need_no_separator() {
    for (data, expected) in [
        ("", &[][..]),
        (" \n", &[]),
        ("{\"a\":1}{\"b\":2}", &["{\"a\":1}", "{\"b\":2}"]),
        (
            "{\"a\":\n1}\n\r\n[2]\t3 \"}\\\"{\"null\n",
            &["{\"a\":\n1}", "[2]", "3", "\"}\\\"{\"", "null"],
        ),
        ("1 {\"a\"", &["1", "error: expected `:` at line 1 column 7"]),
        ("1\n,2", &["1", "error: expected a value at line 2 column 1"]),
    ] {
        assert_eq!(items(&JsonValues, data), expected, "{data}");
    }
    let error = items(&JsonValues, b"{}\n\xff".to_vec());
    assert_eq!(error, ["error: expected UTF-8 at line 2 column 1"]);
}

#[test]
fn the_items_of_a_json_array_are_its_elements() {
    for (data, expected) in [
        ("[]", &[][..]),
        (" [ 1 , \"é\",[2]] ", &["1", "\"é\"", "[2]"]),
        ("", &["error: expected an array at line 1 column 1"]),
        ("{}", &["error: expected an array at line 1 column 1"]),
        ("[1", &["1", "error: expected `,` or `]` at line 1 column 3"]),
        ("[1,]", &["1", "error: expected a value at line 1 column 4"]),
        ("[1][2]", &["1", "error: expected the end of the text at line 1 column 4"]),
    ] {
        assert_eq!(items(&JsonArray, data), expected, "{data}");
    }
}

#[test]
fn lines_end_with_a_newline_or_the_record() {
    for (data, lines, json_lines) in [
        ("", &[][..], &[][..]),
        ("\n\r\n", &[], &[]),
        ("a", &["a"], &["a"]),
        ("a\r\n \t\nb\rc\n", &["a", " \t", "b\rc"], &["a", "b\rc"]),
    ] {
        assert_eq!(items(&Lines, data), lines, "{data:?}");
        assert_eq!(items(&JsonLines, data), json_lines, "{data:?}");
    }
}

#[test]
fn items_share_the_bytes_and_the_metadata_of_the_record() {
    let data = Bytes::from_static(b"[10, 20]");
    let record = Record::new("record-1", data.clone()).with_invocation(Invocation::new("i-1"));
    for (item, at) in JsonArray.split(record).zip([1, 5]) {
        let item = item.unwrap();
        assert_eq!((item.id(), item.invocation().id()), ("record-1", Some("i-1")));
        assert_eq!(item.data().as_ptr(), data[at..].as_ptr());
    }
}

/// A transform that fails on `fail`, drops `drop`, returns no data for `empty`, adds a partition
/// key for `key x`, and otherwise converts text to upper case.
fn capitals() -> impl Transform + Clone {
    transform_fn(|record: Record| -> Result<Outcome, BoxError> {
        match record.text()? {
            "fail" => Err("unknown unit".into()),
            "drop" => Ok(Outcome::Dropped),
            "empty" => Ok("".into()),
            text => Ok(match text.strip_prefix("key ") {
                Some(key) => Output::new("keyed").with_partition_key("k", key).into(),
                None => text.to_uppercase().into(),
            }),
        }
    })
}

async fn answer(errors: ItemErrors, data: &'static str) -> (String, Invocation) {
    let invocation = Invocation::new("i-1");
    let record = Record::new("r-1", data).with_invocation(invocation.clone());
    let transform = for_each(Lines, capitals()).on_item_error(errors);
    let text = match transform.transform(record).await.into() {
        Outcome::Ok(output) => format!("{:?} {:?}", output.data(), output.partition_keys()),
        Outcome::Dropped => "dropped".to_owned(),
        Outcome::ProcessingFailed(cause) => format!("failed: {cause}"),
    };
    (text, invocation)
}

#[tokio::test]
async fn a_record_has_one_outcome_for_its_items() {
    for (data, expected) in [
        ("a\nb", r#"b"A\nB\n" {}"#),
        ("a\ndrop\nempty", r#"b"A\n" {}"#),
        ("empty\ndrop", r#"b"" {}"#),
        ("drop\ndrop", "dropped"),
        ("", "dropped"),
        ("fail", "failed: unknown unit"),
        ("a\nfail", "failed: 1 of 2 items failed: item 2: unknown unit"),
        ("key x\nempty\nkey x", r#"b"keyed\nkeyed\n" {"k": "x"}"#),
    ] {
        let (text, invocation) = answer(ItemErrors::FailRecord, data).await;
        assert_eq!(text, expected, "{data:?}");
        assert_eq!(invocation.failed_item_count(), 0);
    }
    let (text, _) = answer(ItemErrors::FailRecord, "key x\nkey y\na").await;
    assert!(text.starts_with("failed: 2 of 3 items failed: item 2: its partition keys"), "{text}");
}

#[tokio::test]
async fn a_failed_item_is_dropped_or_kept_and_reported() {
    for (data, dropped, kept, failed) in [
        ("a\nfail\nb", r#"b"A\nB\n" {}"#, r#"b"A\nfail\nB\n" {}"#, 1),
        ("fail\nfail", "dropped", r#"b"fail\nfail\n" {}"#, 2),
        ("fail\nkey x", r#"b"keyed\n" {"k": "x"}"#, r#"b"fail\nkeyed\n" {"k": "x"}"#, 1),
    ] {
        for (errors, expected) in
            [(ItemErrors::DropItem, dropped), (ItemErrors::KeepOriginal, kept)]
        {
            let (text, invocation) = answer(errors, data).await;
            assert_eq!(text, expected, "{data:?}");
            assert_eq!(invocation.failed_item_count(), failed);
            let first = &invocation.first_failed_items()[0];
            assert_eq!((first.record_id.as_str(), first.cause.as_str()), ("r-1", "unknown unit"));
        }
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_split_fails_with_any_setting() {
    for errors in [ItemErrors::FailRecord, ItemErrors::DropItem, ItemErrors::KeepOriginal] {
        let transform = for_each(JsonValues, capitals()).on_item_error(errors);
        let error = transform.transform(Record::new("1", "1 2 x")).await.unwrap_err();
        assert_eq!(error.to_string(), "expected a value at line 1 column 5");
    }
}

#[tokio::test]
async fn an_invocation_keeps_few_causes_and_counts_all() {
    let invocation = Invocation::default().with_region("eu-west-1");
    let record = Record::new("r-1", "fail\n".repeat(1000)).with_invocation(invocation.clone());
    let transform = for_each(Lines, capitals()).on_item_error(ItemErrors::DropItem);
    assert!(matches!(transform.transform(record).await, Ok(Outcome::Dropped)));
    assert_eq!(invocation.failed_item_count(), 1000);
    let numbers: Vec<_> = invocation.first_failed_items().iter().map(|it| it.number).collect();
    assert_eq!(numbers, (1..=Invocation::MAX_FAILED_ITEMS as u64).collect::<Vec<_>>());
}

/// Lines, of which those that begin with `!` are invalid items. The halves are the first line and the
/// others.
struct Marked;

impl Split for Marked {
    fn split(&self, record: Record) -> Items {
        Box::new(Lines.split(record).map(|item| match item? {
            item if item.data().starts_with(b"!") => {
                Err(InvalidItem::new(item, "unexpected mark").into())
            }
            item => Ok(item),
        }))
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        let end = record.data().iter().position(|byte| *byte == b'\n')? + 1;
        Some([record.data().slice(..end), record.data().slice(end..)])
    }
}

#[tokio::test]
async fn an_invalid_item_costs_only_itself() {
    for (errors, expected) in [
        (ItemErrors::FailRecord, "failed: 1 of 3 items failed: item 2: unexpected mark"),
        (ItemErrors::DropItem, "A\nB\n"),
        (ItemErrors::KeepOriginal, "A\n!x\nB\n"),
    ] {
        let invocation = Invocation::new("i-1");
        let record = Record::new("r-1", "a\n!x\nb").with_invocation(invocation.clone());
        let transform = for_each(Marked, capitals()).on_item_error(errors);
        let text = match transform.transform(record).await.into() {
            Outcome::Ok(output) => String::from_utf8_lossy(output.data()).into_owned(),
            Outcome::Dropped => "dropped".to_owned(),
            Outcome::ProcessingFailed(cause) => format!("failed: {cause}"),
        };
        assert_eq!(text, expected);
        if errors != ItemErrors::FailRecord {
            let failed = &invocation.first_failed_items()[0];
            assert_eq!((failed.number, failed.cause.as_str()), (2, "unexpected mark"));
        }
    }
}

#[tokio::test]
async fn a_start_and_an_end_enclose_outputs_that_are_not_empty() {
    let transform = for_each(Lines, capitals()).with_start("<").with_delimiter(",").with_end(">");
    for (data, expected) in
        [("a\nb", Some("<A,B>")), ("a", Some("<A>")), ("empty", Some("")), ("drop", None)]
    {
        let outcome = transform.transform(Record::new("1", data)).await.unwrap();
        let output = outcome.output().map(|output| output.data().clone());
        assert_eq!(output, expected.map(Bytes::from), "{data:?}");
    }
}

#[tokio::test]
async fn the_end_replaces_only_a_delimiter_that_was_added() {
    for (delimiter, end, data, expected) in [
        (",", "]", "a,\nb,", "A,B,]"),
        (",", "]", "a\nb,\nempty", "A,B,]"),
        (",", "]", "a,\nb", "A,B]"),
        (",", "]", ",", ",]"),
        (",", ",", "a,\nb,", "A,B,"),
        (",", "", "a,\nb,", "A,B,"),
        (",", "", "a\nb", "A,B"),
        ("--", "-", "a--\nb-", "A--B--"),
        ("", "]", "a\nb", "AB]"),
    ] {
        let transform = for_each(Lines, capitals()).with_delimiter(delimiter).with_end(end);
        let outcome = transform.transform(Record::new("1", data)).await.unwrap();
        assert_eq!(outcome.output().unwrap().data(), expected, "{delimiter} {end} {data:?}");
    }
    // An original item stays whole, too.
    let transform = for_each(Marked, capitals()).with_delimiter(",").with_end("]");
    let transform = transform.on_item_error(ItemErrors::KeepOriginal);
    let outcome = transform.transform(Record::new("1", "a\n!x,")).await.unwrap();
    assert_eq!(outcome.output().unwrap().data(), "A,!x,]");
}

#[test]
fn every_combinator_offers_the_halves_of_its_first_transform() {
    let transform = for_each(Marked, capitals())
        .filter(|_: &Record| true)
        .partition_by("k", |_: &Output| Ok("v".to_owned()))
        .then(capitals())
        .with_delimiter("\n")
        .boxed();
    let halves = transform.halves(&Record::new("1", "a\nb\nc"));
    assert_eq!(halves, Some([Bytes::from("a\n"), Bytes::from("b\nc")]));
    assert_eq!(capitals().then(transform).halves(&Record::new("1", "a\nb")), None);
    assert_eq!(for_each(Lines, capitals()).halves(&Record::new("1", "a\nb")), None);
}
