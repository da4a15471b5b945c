//! The formats, such as `@base64` and `@csv`.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    super::{
        meter::Meter,
        values::{
            arithmetic::value_error,
            print::{to_json, to_text},
            stop::Stop,
            value::Value,
        },
    },
    conversions::to_string,
    json_text::to_json_text,
};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Applies the format with the name in the argument.
pub(crate) fn format(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let format = match arguments[0].as_text().map(|name| name.as_str()) {
        Some("base64") => base64,
        Some("base64d") => base64d,
        Some("csv") => csv,
        Some("html") => html,
        Some("json") => to_json_text,
        Some("sh") => sh,
        Some("text") => to_string,
        Some("tsv") => tsv,
        Some("uri") => uri,
        Some(name) => {
            meter.read(name.len())?;
            let message = format!("{name} is not a valid format");
            return Err(Stop::error(message, "the argument is not a valid format"));
        }
        None => return Err(value_error(&arguments[0], meter, "is not a valid format")),
    };
    format(meter, input, &[])
}

pub(crate) fn base64(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let text = to_text(&input, meter)?;
    meter.build(text.as_str().len() / 3 * 4)?;
    Ok(Value::text(BASE64.encode(text.as_str())))
}

pub(crate) fn base64d(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let text = to_text(&input, meter)?;
    meter.build(text.as_str().len())?;
    match BASE64.decode(text.as_str()) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            // A byte that is not UTF-8 becomes a character of three bytes.
            meter.build(text.len().saturating_sub(bytes.len()))?;
            Ok(Value::text(text))
        }
        Err(base64::DecodeError::InvalidLength(_)) => {
            Err(value_error(&Value::Text(text), meter, "trailing base64 byte found"))
        }
        Err(_) => Err(value_error(&Value::Text(text), meter, "is not valid base64 data")),
    }
}

pub(crate) fn html(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    replace(meter, &input, |character| match character {
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '&' => Some("&amp;"),
        '\'' => Some("&apos;"),
        '"' => Some("&quot;"),
        _ => None,
    })
}

fn replace(
    meter: &Meter,
    input: &Value,
    replacement: fn(char) -> Option<&'static str>,
) -> Result<Value, Stop> {
    let text = to_text(input, meter)?;
    let mut replaced = String::with_capacity(text.as_str().len());
    for character in text.as_str().chars() {
        match replacement(character) {
            Some(text) => replaced.push_str(text),
            None => replaced.push(character),
        }
    }
    meter.build(replaced.len())?;
    Ok(Value::text(replaced))
}

pub(crate) fn uri(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let text = to_text(&input, meter)?;
    let mut encoded = String::with_capacity(text.as_str().len());
    for byte in text.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 0xf] {
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    meter.build(encoded.len())?;
    Ok(Value::text(encoded))
}

pub(crate) fn csv(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    row(meter, &input, "csv", ",", |line, text| {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    })
}

pub(crate) fn tsv(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    row(meter, &input, "tsv", "\t", |line, text| {
        for character in text.chars() {
            match character {
                '\t' => line.push_str("\\t"),
                '\n' => line.push_str("\\n"),
                '\r' => line.push_str("\\r"),
                '\\' => line.push_str("\\\\"),
                other => line.push(other),
            }
        }
    })
}

fn row(
    meter: &Meter,
    input: &Value,
    format: &str,
    separator: &str,
    quote: fn(&mut String, &str),
) -> Result<Value, Stop> {
    let not_array =
        || value_error(input, meter, &format!("cannot be {format}-formatted, only array"));
    let mut line = String::new();
    for (place, item) in input.as_array().ok_or_else(not_array)?.iter().enumerate() {
        meter.step()?;
        if place > 0 {
            line.push_str(separator);
        }
        match item {
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) => line.push_str(&to_json(item, meter)?),
            Value::Text(text) => {
                meter.build(text.as_str().len())?;
                quote(&mut line, text.as_str());
            }
            _ => return Err(value_error(item, meter, "is not valid in a csv row")),
        }
    }
    meter.build(line.len())?;
    Ok(Value::text(line))
}

pub(crate) fn sh(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let single = std::slice::from_ref(&input);
    let mut line = String::new();
    for (place, item) in input.as_array().unwrap_or(single).iter().enumerate() {
        meter.step()?;
        if place > 0 {
            line.push(' ');
        }
        match item {
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                line.push_str(&to_json(item, meter)?);
            }
            Value::Text(text) => {
                meter.build(text.as_str().len())?;
                line.push('\'');
                line.push_str(&text.as_str().replace('\'', r"'\''"));
                line.push('\'');
            }
            _ => return Err(value_error(item, meter, "can not be escaped for shell")),
        }
    }
    meter.build(line.len())?;
    Ok(Value::text(line))
}
