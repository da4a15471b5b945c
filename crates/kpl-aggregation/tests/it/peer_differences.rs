//! Tests of the table in the crate docs, which lists the inputs on which the peers disagree. Other
//! files test the rows on damaged frames, on lost user records and on base64.

use bytes::Bytes;
use kpl_aggregation::{Deaggregator, HashKeyRange, RawUserRecord, deaggregate};
use md5::{Digest, Md5};

/// Returns an aggregate of the partition key `k`, the explicit hash key `7` and these fields.
fn aggregate(fields: &[&[u8]]) -> Bytes {
    framed(&[&[0x0a, 1, b'k', 0x12, 1, b'7'], fields.concat().as_slice()].concat())
}

pub(crate) fn framed(message: &[u8]) -> Bytes {
    [&[0xf3, 0x89, 0x9a, 0xc2], message, &Md5::digest(message)].concat().into()
}

/// Returns a record field with this content.
fn record(content: &[u8]) -> Vec<u8> {
    [&[0x1a, u8::try_from(content.len()).unwrap()], content].concat()
}

const INDEX: &[u8] = &[8, 0];
const DATA: &[u8] = &[0x1a, 1, b'x'];

fn only(record: Bytes) -> RawUserRecord {
    let mut items = deaggregate(record);
    let record = items.next().unwrap().unwrap();
    assert!(items.next().is_none());
    record
}

/// Returns `true` if the record is not read as an aggregate, and comes out unchanged.
fn is_plain(record: &Bytes) -> bool {
    let only = only(record.clone());
    !only.is_aggregated() && only.data() == record
}

#[test]
fn a_frame_with_an_empty_message_is_a_plain_record() {
    assert!(is_plain(&framed(&[])));
}

#[test]
fn an_aggregate_without_records_has_no_user_records() {
    assert_eq!(deaggregate(aggregate(&[])).count(), 0);
}

#[test]
fn a_known_field_of_another_wire_type_is_skipped() {
    for content in [
        // The partition key index as 32 bits, the hash key index as bytes, data and tags as
        // varints.
        [&[0x0d, 9, 0, 0, 0], DATA].concat(),
        [INDEX, &[0x12, 1, b'z'], DATA].concat(),
        [INDEX, &[0x18, 5], DATA].concat(),
        [INDEX, DATA, &[0x20, 5]].concat(),
    ] {
        let found = only(aggregate(&[&record(&content)]));
        assert!(found.is_aggregated(), "{content:?}");
        assert_eq!(
            (found.partition_key(), found.explicit_hash_key(), found.data().as_ref()),
            (Some("k"), None, &b"x"[..])
        );
    }
    // A table entry and a record as varints.
    assert_eq!(
        only(aggregate(&[&[0x08, 1], &[0x18, 1], &record(&[INDEX, DATA].concat())])).data(),
        "x"
    );
}

#[test]
fn unknown_fields_are_skipped_and_the_last_of_repeated_fields_counts() {
    let unknown: &[u8] = &[0x7a, 2, 1, 2, 0x7b, 0x08, 1, 0x7c];
    let found = only(aggregate(&[
        unknown,
        &record(&[unknown, &[8, 5], INDEX, &[0x1a, 1, b'y'], DATA].concat()),
    ]));
    assert_eq!((found.partition_key(), found.data().as_ref()), (Some("k"), &b"x"[..]));
    assert!(is_plain(&aggregate(&[&[0x7b, 0x08, 1]])), "a group that does not end");
}

#[test]
fn tags_are_checked_and_dropped() {
    for tag in [&[0x22, 3, 0x0a, 1, b't'][..], &[0x22, 0], &[0x22, 2, 0x08, 1]] {
        assert_eq!(only(aggregate(&[&record(&[INDEX, DATA, tag].concat())])).data(), "x");
    }
    let broken = [INDEX, DATA, &[0x22, 2, 0x0a, 9]].concat();
    assert!(is_plain(&aggregate(&[&record(&broken)])));
}

#[test]
fn missing_required_fields_are_zero_and_empty() {
    let found = only(aggregate(&[&record(&[])]));
    assert_eq!((found.partition_key(), found.data().as_ref()), (Some("k"), &b""[..]));
}

#[test]
fn a_record_has_an_explicit_hash_key_only_with_a_valid_index() {
    assert_eq!(only(aggregate(&[&record(&[INDEX, DATA].concat())])).explicit_hash_key(), None);
    let pointed = [INDEX, &[0x10, 0], DATA].concat();
    assert_eq!(only(aggregate(&[&record(&pointed)])).explicit_hash_key(), Some("7"));
    let no_table = framed(
        &[&[0x0a, 1, b'k'], record(&[INDEX, &[0x10, 5], DATA].concat()).as_slice()].concat(),
    );
    assert_eq!(only(no_table).explicit_hash_key(), None);
}

#[test]
fn a_varint_may_be_padded_to_at_most_ten_bytes() {
    // Two bytes instead of one: for the index 0, and for the tag of the data.
    for content in [[&[8, 0x80, 0][..], DATA].concat(), [INDEX, &[0x9a, 0, 1, b'x']].concat()] {
        let found = only(aggregate(&[&record(&content)]));
        assert_eq!((found.partition_key(), found.data().as_ref()), (Some("k"), &b"x"[..]));
    }
    // Eleven bytes for the index: the message is invalid, so the record is not an aggregate.
    let too_long = [&[8][..], &[0x80; 10], &[0], DATA].concat();
    assert!(is_plain(&aggregate(&[&record(&too_long)])));
}

#[test]
fn invalid_utf_8_in_keys_becomes_the_replacement_character() {
    let key = framed(
        &[&[0x0a, 3, b'a', 0xff, b'b'], record(&[INDEX, DATA].concat()).as_slice()].concat(),
    );
    assert_eq!(only(key).partition_key(), Some("a\u{fffd}b"));
}

#[test]
fn an_explicit_hash_key_that_is_not_a_number_fails_only_with_a_range() {
    let sound = record(&[INDEX, &[0x10, 0], DATA].concat());
    let second = record(&[INDEX, &[0x10, 1], DATA].concat());
    let all = HashKeyRange::new("0", &u128::MAX.to_string()).unwrap();
    for text in ["x", "", "-1", "+1", "340282366920938463463374607431768211456"] {
        let table = [&[0x12, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        let aggregate = aggregate(&[&table, &sound, &second, &sound]);
        let records: Vec<_> = deaggregate(aggregate.clone()).map(Result::unwrap).collect();
        assert_eq!(records[1].explicit_hash_key(), Some(text));
        let items: Vec<_> =
            Deaggregator::default().hash_key_range(all).deaggregate(aggregate).collect();
        let lost = items[1].as_ref().unwrap_err();
        assert_eq!((items.len(), lost.first(), lost.count()), (2, 1, 2), "{text}");
    }
}

#[test]
fn a_range_needs_two_hash_keys_in_order() {
    for (start, end) in [
        ("2", "1"),
        ("", "1"),
        ("0", "x"),
        ("-1", "1"),
        ("0", "340282366920938463463374607431768211456"),
    ] {
        assert!(HashKeyRange::new(start, end).is_err(), "{start} to {end}");
    }
    assert!(HashKeyRange::new("1", "1").is_ok());
}

#[test]
fn a_key_of_many_records_is_hashed_once() {
    let key = vec![b'k'; 200_000];
    let mut message = vec![0x0a, 0xc0, 0x9a, 0x0c];
    message.extend(&key);
    message.extend([0x1a, 0].repeat(100_000));
    let all = HashKeyRange::new("0", &u128::MAX.to_string()).unwrap();
    // Hashing the key once per record would take the MD5 of 20 GB.
    assert_eq!(
        Deaggregator::default().hash_key_range(all).deaggregate(framed(&message)).count(),
        100_000
    );
}

#[test]
fn debug_shows_no_payload() {
    let record = only(aggregate(&[&record(&[INDEX, &[0x1a, 6], b"s3cret"].concat())]));
    let shown = format!("{record:?}");
    assert!(shown.contains("6 bytes") && !shown.contains("s3cret"), "{shown}");
}
