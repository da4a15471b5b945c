//! Lines of `key=value` pairs.
//!
//! Grammar: <https://pkg.go.dev/github.com/kr/logfmt>. Keys without a value, repeated keys and types
//! are as in Vector's `parse_logfmt`, <https://vector.dev/docs/reference/vrl/functions/#parse_logfmt>.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use firehose_core::Timestamp;

use crate::parse::{
    fields::Fields,
    format_error::InvalidFormat,
    format_options::OptionReader,
    json_text::decoded_text,
    line_parser::LineParser,
    object_writer::{ObjectWriter, escaped_name, write_text},
    parse_error::ParseError,
    parsed::Parsed,
};

pub(crate) fn build(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(Logfmt))
}

#[derive(Debug)]
struct Logfmt;

/// All values of one key. The value of a key without `=` is `None`, which is written as `true`.
struct Pair<'a> {
    key: &'a str,
    values: Vec<Option<Cow<'a, str>>>,
}

impl LineParser for Logfmt {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let mut fields = Fields::new(line)?;
        let mut pairs: Vec<Pair<'_>> = Vec::new();
        let mut numbers = HashMap::new();
        while !fields.is_at_end() {
            let (key, value) = read_pair(&mut fields)?;
            let number = *numbers.entry(key).or_insert(pairs.len());
            match pairs.get_mut(number) {
                Some(pair) => pair.values.push(value),
                None => pairs.push(Pair { key, values: vec![value] }),
            }
        }
        if pairs.is_empty() {
            return Err(ParseError::new("the line has no keys"));
        }
        for Pair { key, values } in &pairs {
            object.value(&escaped_name(key), |out| write_values(values, out));
        }
        Ok(Parsed::Object)
    }
}

fn write_values(values: &[Option<Cow<'_, str>>], out: &mut Vec<u8>) {
    let write = |value: &Option<Cow<'_, str>>, out: &mut Vec<u8>| match value {
        Some(text) => write_text(out, text),
        None => out.extend_from_slice(b"true"),
    };
    if let [value] = values {
        return write(value, out);
    }
    out.push(b'[');
    for (number, value) in values.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write(value, out);
    }
    out.push(b']');
}

fn read_pair<'a>(fields: &mut Fields<'a>) -> Result<(&'a str, Option<Cow<'a, str>>), ParseError> {
    let rest = fields.rest();
    let end = rest.find([' ', '=']).unwrap_or(rest.len());
    let key = &rest[..end];
    if key.is_empty() {
        return Err(ParseError::at(fields.offset(), "expected a key before `=`"));
    }
    if key.contains('"') {
        return Err(ParseError::at(fields.offset(), "a key contains a quote"));
    }
    fields.skip(end);
    if !rest[end..].starts_with('=') {
        return Ok((key, None));
    }
    fields.skip(1);
    let value = &rest[end + 1..];
    if value.is_empty() || value.starts_with(' ') {
        return Ok((key, Some(Cow::Borrowed(""))));
    }
    let is_quoted = value.starts_with('"');
    // Keys are part of the payload, so errors do not name them.
    let text = fields.quoted("value")?.text;
    if is_quoted && !fields.rest().is_empty() && !fields.rest().starts_with(' ') {
        return Err(ParseError::at(fields.offset(), "expected a space after the quote"));
    }
    let value = if is_quoted && text.contains('\\') { unescaped(text) } else { text.into() };
    Ok((key, Some(value)))
}

/// Decodes JSON escapes. In a text that also has other escapes, decodes only `\"` and `\\`.
fn unescaped(text: &str) -> Cow<'_, str> {
    if let Some(Cow::Owned(decoded)) = decoded_text(&format!("\"{text}\"")) {
        return decoded.into();
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        decoded.push_str(&rest[..at]);
        let is_escape = matches!(rest.as_bytes().get(at + 1), Some(b'"' | b'\\'));
        let start = if is_escape { at + 1 } else { at };
        // `start` is the offset of an ASCII character: a quote, or a backslash.
        decoded.push_str(&rest[start..=start]);
        rest = &rest[start + 1..];
    }
    decoded.push_str(rest);
    decoded.into()
}
