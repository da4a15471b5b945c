//! `tostring` and `tonumber`.

use super::super::{
    meter::Meter,
    values::{
        arithmetic::value_error,
        number::{Number, ParsedNumber},
        print::to_text,
        stop::Stop,
        value::Value,
    },
};

pub(crate) fn to_string(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::Text(to_text(&input, meter)?))
}

/// Converts a text to a number. Accepts white space around the number, and jq's notations `+1`, `.5`,
/// `5.` and `01`.
pub(crate) fn to_number(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let text = match &input {
        Value::Number(_) => return Ok(input),
        Value::Text(text) => {
            meter.read(text.as_str().len())?;
            text.as_str()
        }
        _ => return Err(value_error(&input, meter, "cannot be parsed as a number")),
    };
    let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let is_number = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    // Leading zeros do not count toward the 38 digits of an exact integer.
    let kept = digits.trim_start_matches('0');
    let kept = if kept.starts_with(|first: char| first.is_ascii_digit()) { kept } else { digits };
    let parsed = is_number.then(|| format!("{sign}{kept}").parse::<f64>().ok()).flatten();
    let parsed = parsed.map(|float| match ParsedNumber::from_text(&format!("{sign}{kept}")) {
        ParsedNumber::Int(int) => Number::from_int(int),
        ParsedNumber::Float(_) => Number::Float(float),
    });
    parsed.map(|number| Value::Number(number.in_run(meter.fidelity()))).ok_or_else(|| {
        Stop::error(
            format!("Invalid numeric literal (while parsing '{text}')"),
            "Invalid numeric literal",
        )
    })
}
