//! Reads the arrays and objects of an item, one level at a time.

use std::{cell::OnceCell, rc::Rc, sync::Arc};

use bytestring::ByteString;
use json_scanner::{JsonScanner, JsonSyntaxError};

use super::{
    super::limits::JqLimits,
    members::Members,
    number::Number,
    slice::Slice,
    string_text::decode,
    text::Text,
    value::{Array, FoundFields, Lazy, Object, Opened, Value},
};

/// The number of opening brackets up to which this number serves as the upper limit of the depth. A
/// text with more brackets is scanned for the exact depth.
const FEW_BRACKETS: usize = 16;

impl Value {
    /// Checks a JSON text and returns it as a value whose parts are read when a filter needs them.
    ///
    /// The text is one value with optional white space around it, of at most 4 GiB. If the value is
    /// an object, the check also finds these fields, or all its members if `fields` is `None`.
    pub(crate) fn from_json(
        text: ByteString,
        fields: Option<&[Arc<str>]>,
    ) -> Result<Self, JsonSyntaxError> {
        let Some(document) = Slice::new(text) else {
            return JsonScanner::new("").value().map(|_| Self::Null);
        };
        let text = document.as_str();
        let mut scanner = JsonScanner::new(text);
        let brackets = memchr::memchr2_iter(b'{', b'[', text.as_bytes());
        let few = brackets.take(FEW_BRACKETS + 1).count();
        if fields.is_none_or(|fields| !fields.is_empty()) && scanner.peek() == Some(b'{') {
            let start = scanner.offset();
            let depth = if few <= FEW_BRACKETS { few as u8 } else { depth_of(text) };
            let mut opened = OnceCell::new();
            let mut found = Box::default();
            match fields {
                Some(fields) => found = find_fields(&document, &mut scanner, depth, fields)?,
                None => {
                    let object = open_object(&document, &mut scanner, depth)?;
                    opened = OnceCell::from(Opened::Object(Rc::new(object)));
                }
            }
            let slice = document.part(&text[start..scanner.offset()]);
            scanner.end()?;
            return Ok(Self::Lazy(Rc::new(Lazy { slice, depth, opened, fields: found })));
        }
        let value = scanner.value_within(JqLimits::MAX_NESTING)?;
        scanner.end()?;
        let depth = if few <= FEW_BRACKETS { few as u8 } else { depth_of(text) };
        Ok(from_checked(&document, value, depth))
    }
}

impl Lazy {
    pub(super) fn is_object(&self) -> bool {
        self.slice.as_str().starts_with('{')
    }

    pub(crate) fn slice(&self) -> &Slice {
        &self.slice
    }

    /// Returns a field that the check of the text found.
    #[inline]
    pub(super) fn found_field(&self, key: &str) -> Option<&Value> {
        self.fields.iter().find(|(own, _)| **own == *key).map(|(_, value)| value)
    }

    /// Returns the content, whose inner arrays and objects are still unread.
    #[inline]
    pub(super) fn open(&self) -> &Opened {
        self.opened.get_or_init(|| self.read())
    }

    fn read(&self) -> Opened {
        let mut scanner = JsonScanner::new(self.slice.as_str());
        // The text was checked as a part of its item, so that reading it cannot fail.
        if self.is_object() {
            let object = open_object(&self.slice, &mut scanner, self.depth);
            Opened::Object(Rc::new(object.unwrap_or_default()))
        } else {
            let array = open_array(&self.slice, &mut scanner, self.depth);
            Opened::Array(Rc::new(array.unwrap_or_default()))
        }
    }
}

/// Estimates the number of members or items of a text, for the capacity of a list.
fn likely_count(text: &Slice) -> usize {
    (text.as_str().len() / 16).clamp(2, 64)
}

fn open_object(
    document: &Slice,
    scanner: &mut JsonScanner<'_>,
    depth: u8,
) -> Result<Object, JsonSyntaxError> {
    let mut pairs = Vec::with_capacity(likely_count(document));
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let value = scanner.value_within(JqLimits::MAX_NESTING - 1)?;
        let key = Text::from_written(document, key);
        pairs.push((key, from_checked(document, value, depth.saturating_sub(1))));
    }
    Ok(Object { members: Members::from_pairs(pairs), depth })
}

/// Reads an object, and returns the values of these fields. A missing field is null, and the last of
/// repeated keys wins.
fn find_fields(
    document: &Slice,
    scanner: &mut JsonScanner<'_>,
    depth: u8,
    fields: &[Arc<str>],
) -> Result<FoundFields, JsonSyntaxError> {
    let mut found: FoundFields =
        fields.iter().map(|field| (Arc::clone(field), Value::Null)).collect();
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let value = scanner.value_within(JqLimits::MAX_NESTING - 1)?;
        let inner = &key[1..key.len() - 1];
        let field = if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
            found.iter_mut().find(|(field, _)| **field == *inner)
        } else {
            let key = decode(key);
            found.iter_mut().find(|(field, _)| **field == *key)
        };
        if let Some((_, found)) = field {
            *found = from_checked(document, value, depth.saturating_sub(1));
        }
    }
    Ok(found)
}

fn open_array(
    document: &Slice,
    scanner: &mut JsonScanner<'_>,
    depth: u8,
) -> Result<Array, JsonSyntaxError> {
    let mut items = Vec::with_capacity(likely_count(document));
    scanner.array()?;
    while scanner.item()? {
        let value = scanner.value_within(JqLimits::MAX_NESTING - 1)?;
        items.push(from_checked(document, value, depth.saturating_sub(1)));
    }
    Ok(Array { items, depth })
}

/// Returns the value of a text that is valid JSON, without white space around it.
#[inline]
fn from_checked(document: &Slice, text: &str, depth: u8) -> Value {
    match text.as_bytes().first() {
        Some(b'"') => Value::Text(Text::from_written(document, text)),
        Some(b'{' | b'[') => {
            let depth = depth.max(1);
            let slice = document.part(text);
            let (opened, fields) = (OnceCell::new(), Box::default());
            Value::Lazy(Rc::new(Lazy { slice, depth, opened, fields }))
        }
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') | None => Value::Null,
        Some(_) => Value::Number(Number::from_written(document.part(text))),
    }
}

/// Returns the levels of nesting of a JSON text, up to 255.
fn depth_of(text: &str) -> u8 {
    let (mut depth, mut deepest) = (0_u8, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth = depth.saturating_add(1);
                deepest = depth.max(deepest);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        for (text, expected) in
            [("1", 0), ("[]", 1), (r#"{"a[[[":["\"[",{}]}"#, 3), (r#"["\\",[[]],[]]"#, 3)]
        {
            assert_eq!(depth_of(text), expected, "{text}");
        }
    }

    #[test]
    fn accepts_exactly_the_levels_of_the_limit() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"{"a":["#, "]}")] {
            let step = open.matches(['[', '{']).count();
            let nested = |levels: usize| {
                let times = levels / step;
                Value::from_json(
                    format!("{}1{}", open.repeat(times), close.repeat(times)).into(),
                    None,
                )
            };
            assert_eq!(nested(JqLimits::MAX_NESTING).unwrap().depth(), 128);
            assert!(nested(JqLimits::MAX_NESTING + step).is_err());
        }
    }
}
