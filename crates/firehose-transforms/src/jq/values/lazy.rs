//! Reads the arrays and objects of an item, one level at a time.

use std::{cell::OnceCell, rc::Rc, sync::Arc};

use bytestring::ByteString;
use json_scanner::{JsonScanner, JsonSyntaxError};

use super::{
    super::{fidelity::Fidelity, limits::JqLimits, syntax::node::RootParts},
    checked::from_checked,
    members::Members,
    slice::Slice,
    string_text::decode,
    text::Text,
    value::{Array, FoundFields, Lazy, Object, Opened, Value, WrittenObject},
    written::WrittenMembers,
};

/// The number of opening brackets up to which this number serves as the upper limit of the depth. A
/// text with more brackets is scanned for the exact depth.
const FEW_BRACKETS: usize = 16;

impl Value {
    /// Checks a JSON text and returns it as a value whose parts are read when a filter needs them.
    ///
    /// The text is one value, with white space around it, of at most 4 GiB. The check of an object
    /// finds these parts, too.
    pub(crate) fn from_json(
        text: ByteString,
        parts: &RootParts,
        fidelity: Fidelity,
    ) -> Result<Self, JsonSyntaxError> {
        // Ranges of the text are of no use if the text is written anew.
        let parts = match parts {
            RootParts::Some if fidelity.is_jq() => &RootParts::All,
            parts => parts,
        };
        let Some(document) = Slice::new(text) else {
            return JsonScanner::new("").value().map(|_| Self::Null);
        };
        let text = document.as_str();
        let mut scanner = JsonScanner::new(text);
        let brackets = memchr::memchr2_iter(b'{', b'[', text.as_bytes());
        let few = brackets.take(FEW_BRACKETS + 1).count();
        let reads_parts = !matches!(parts, RootParts::Fields(fields) if fields.is_empty());
        if reads_parts && scanner.peek() == Some(b'{') {
            let start = scanner.offset();
            let depth = if few <= FEW_BRACKETS { few as u8 } else { depth_of(text) };
            let (mut opened, mut written) = (OnceCell::new(), OnceCell::new());
            let mut found = Box::default();
            let again = scanner.clone();
            match parts {
                RootParts::Fields(fields) => {
                    found = find_fields(&document, &mut scanner, depth, fields, fidelity)?;
                }
                RootParts::Some => {
                    let object = written_object(&document, &mut scanner, depth)?;
                    written = OnceCell::from(object.map(Box::new));
                }
                RootParts::All => {}
            }
            if let (RootParts::Some, Some(None)) | (RootParts::All, _) = (parts, written.get()) {
                scanner = again;
                let object = open_object(&document, &mut scanner, depth, fidelity)?;
                opened = OnceCell::from(Opened::Object(Rc::new(object)));
            }
            let slice = document.part(&text[start..scanner.offset()]);
            scanner.end()?;
            let fields = found;
            return Ok(Self::Lazy(Rc::new(Lazy {
                slice,
                depth,
                fidelity,
                opened,
                written,
                fields,
            })));
        }
        let value = scanner.value_within(JqLimits::MAX_NESTING)?;
        scanner.end()?;
        let depth = if few <= FEW_BRACKETS { few as u8 } else { depth_of(text) };
        Ok(from_checked(&document, value, depth, fidelity))
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

    /// Returns the members as ranges of the text, if they fit and are not yet open.
    pub(super) fn written(&self) -> Option<&WrittenObject> {
        if self.fidelity.is_jq()
            || self.written.get().is_none() && (!self.is_object() || self.opened.get().is_some())
        {
            return None;
        }
        let read = || {
            let mut scanner = JsonScanner::new(self.slice.as_str());
            // The text was checked as a part of its record, so that no read fails.
            written_object(&self.slice, &mut scanner, self.depth).ok().flatten().map(Box::new)
        };
        self.written.get_or_init(read).as_deref()
    }

    pub(super) fn into_written(self) -> Option<WrittenObject> {
        self.written.into_inner().flatten().map(|object| *object)
    }

    /// Returns the content, with inner arrays and objects still closed.
    #[inline]
    pub(super) fn open(&self) -> &Opened {
        self.opened.get_or_init(|| self.read())
    }

    fn read(&self) -> Opened {
        if let Some(Some(written)) = self.written.get() {
            return Opened::Object(Rc::new(written.to_object()));
        }
        let mut scanner = JsonScanner::new(self.slice.as_str());
        // The text was checked as a part of its item, so that reading it cannot fail.
        if self.is_object() {
            let object = open_object(&self.slice, &mut scanner, self.depth, self.fidelity);
            Opened::Object(Rc::new(object.unwrap_or_default()))
        } else {
            let array = open_array(&self.slice, &mut scanner, self.depth, self.fidelity);
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
    fidelity: Fidelity,
) -> Result<Object, JsonSyntaxError> {
    let mut pairs = Vec::with_capacity(likely_count(document));
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let value = scanner.value_within(JqLimits::MAX_NESTING - 1)?;
        let key = Text::from_written(document, key, fidelity);
        pairs.push((key, from_checked(document, value, depth.saturating_sub(1), fidelity)));
    }
    Ok(Object { members: Members::from_pairs(pairs), depth })
}

/// Reads an object as ranges of its text. Returns `None` if the members do not fit, maybe before the
/// end of the object.
fn written_object(
    document: &Slice,
    scanner: &mut JsonScanner<'_>,
    depth: u8,
) -> Result<Option<WrittenObject>, JsonSyntaxError> {
    let start = scanner.offset();
    let mut members = WrittenMembers::new(depth, likely_count(document));
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let value = scanner.value_within(JqLimits::MAX_NESTING - 1)?;
        if has_escape(key, scanner) || !members.add(document, key, value) {
            return Ok(None);
        }
    }
    Ok(members.finish(document.part(&document.as_str()[start..scanner.offset()])))
}

#[inline]
fn has_escape(key: &str, scanner: &JsonScanner<'_>) -> bool {
    scanner.has_seen_escapes() && memchr::memchr(b'\\', key.as_bytes()).is_some()
}

/// Reads an object, and returns the values of these fields. A missing field is null, and the last of
/// repeated keys wins.
fn find_fields(
    document: &Slice,
    scanner: &mut JsonScanner<'_>,
    depth: u8,
    fields: &[Arc<str>],
    fidelity: Fidelity,
) -> Result<FoundFields, JsonSyntaxError> {
    let mut found: FoundFields =
        fields.iter().map(|field| (Arc::clone(field), Value::Null)).collect();
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let value = scanner.value_within(JqLimits::MAX_NESTING - 1)?;
        let inner = &key[1..key.len() - 1];
        let field = if has_escape(key, scanner) {
            let key = decode(key);
            found.iter_mut().find(|(field, _)| **field == *key)
        } else {
            found.iter_mut().find(|(field, _)| **field == *inner)
        };
        if let Some((_, found)) = field {
            *found = from_checked(document, value, depth.saturating_sub(1), fidelity);
        }
    }
    Ok(found)
}

fn open_array(
    document: &Slice,
    scanner: &mut JsonScanner<'_>,
    depth: u8,
    fidelity: Fidelity,
) -> Result<Array, JsonSyntaxError> {
    let mut items = Vec::with_capacity(likely_count(document));
    scanner.array()?;
    while scanner.item()? {
        let value = scanner.value_within(JqLimits::MAX_NESTING - 1)?;
        items.push(from_checked(document, value, depth.saturating_sub(1), fidelity));
    }
    Ok(Array { items, depth })
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
                    &RootParts::All,
                    Fidelity::KeepsText,
                )
            };
            assert_eq!(nested(JqLimits::MAX_NESTING).unwrap().depth(), 128);
            assert!(nested(JqLimits::MAX_NESTING + step).is_err());
        }
    }
}
