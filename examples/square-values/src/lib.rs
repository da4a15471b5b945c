#![doc = include_str!("../README.md")]

use std::fmt;

use firehose_runtime::{BoxError, JsonError, Record, Transform, transform_fn};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The transform: squares every value of an object of numbers.
pub fn transform() -> impl Transform {
    transform_fn(|record: Record| square_values(&record))
}

fn square_values(record: &Record) -> Result<String, BoxError> {
    let not_an_object = |error: JsonError| format!("not a JSON object of numbers: {error}");
    let Members(members) = record.json().map_err(not_an_object)?;
    let mut squares = String::with_capacity(2 * record.data().len());
    for (key, value) in members {
        // The key goes into the log on purpose: it says which field is wrong, and no value.
        let square = square(value.get()).map_err(|why| format!("key {:.100}: {why}", key.get()))?;
        squares.push(if squares.is_empty() { '{' } else { ',' });
        squares.push_str(key.get());
        squares.push(':');
        squares.push_str(&square);
    }
    squares.push_str(if squares.is_empty() { "{}" } else { "}" });
    Ok(squares)
}

/// Squares one JSON value: an integer exactly, any other number as a double.
fn square(value: &str) -> Result<String, &'static str> {
    match value.as_bytes()[0] {
        b'-' | b'0'..=b'9' => {}
        b'"' => return Err("expected a number, found a string"),
        b'[' => return Err("expected a number, found an array"),
        b'{' => return Err("expected a number, found an object"),
        b'n' => return Err("expected a number, found null"),
        _ => return Err("expected a number, found a boolean"),
    }
    if value.contains(['.', 'e', 'E']) {
        let square = value.parse::<f64>().map_or(f64::NAN, |number| number * number);
        // Debug writes the shortest text that reads as the same double, in a form that is JSON.
        if square.is_finite() {
            Ok(format!("{square:?}"))
        } else {
            Err("its square is too large for a double")
        }
    } else {
        let magnitude = value.trim_start_matches('-').parse::<u128>().ok();
        let square = magnitude.and_then(|number| number.checked_mul(number));
        square.map(|square| square.to_string()).ok_or("its square has more than 128 bits")
    }
}

/// The members of an object in their order, as they are written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
