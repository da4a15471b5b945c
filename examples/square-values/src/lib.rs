#![doc = include_str!("../README.md")]

use firehose_runtime::{BoxError, JsonError, Record, Transform, transform_fn};

/// Returns the transform, which squares every value of a JSON object of numbers.
pub fn transform() -> impl Transform {
    transform_fn(|record: Record| square_values(&record))
}

fn square_values(record: &Record) -> Result<String, BoxError> {
    let not_an_object = |error: JsonError| format!("not a JSON object of numbers: {error}");
    let mut squares = String::with_capacity(2 * record.data().len());
    for member in record.json_members().map_err(not_an_object)? {
        let member = member.map_err(not_an_object)?;
        squares.push(if squares.is_empty() { '{' } else { ',' });
        squares.push_str(member.key);
        squares.push(':');
        // The log may show the key of a wrong value, but never the value itself.
        push_square(&mut squares, member.value)
            .map_err(|why| format!("key {:.100}: {why}", member.key))?;
    }
    squares.push_str(if squares.is_empty() { "{}" } else { "}" });
    Ok(squares)
}

/// Appends the square of one JSON value: exact for an integer, a double for any other number.
fn push_square(squares: &mut String, value: &str) -> Result<(), &'static str> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    // The fast path: most values are integers with a square of at most 64 bits.
    if let Ok(number) = digits.parse::<u32>() {
        squares.push_str(itoa::Buffer::new().format(u64::from(number).pow(2)));
        return Ok(());
    }
    match digits.as_bytes()[0] {
        b'0'..=b'9' => {}
        b'"' => return Err("expected a number, found a string"),
        b'[' => return Err("expected a number, found an array"),
        b'{' => return Err("expected a number, found an object"),
        b'n' => return Err("expected a number, found null"),
        _ => return Err("expected a number, found a boolean"),
    }
    if digits.contains(['.', 'e', 'E']) {
        let square = digits.parse::<f64>().map_or(f64::NAN, |number| number * number);
        if !square.is_finite() {
            return Err("its square is too large for a double");
        }
        squares.push_str(zmij::Buffer::new().format_finite(square));
    } else {
        let square = digits.parse::<u128>().ok().and_then(|number| number.checked_mul(number));
        squares.push_str(
            itoa::Buffer::new().format(square.ok_or("its square has more than 128 bits")?),
        );
    }
    Ok(())
}
