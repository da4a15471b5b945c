use std::{cell::OnceCell, rc::Rc};

use super::{
    number::Number,
    slice::Slice,
    text::Text,
    value::{Lazy, Value},
};

/// Returns the value of a text that is valid JSON, without white space around it.
#[inline]
pub(super) fn from_checked(document: &Slice, text: &str, depth: u8) -> Value {
    match text.as_bytes().first() {
        Some(b'"') => Value::Text(Text::from_written(document, text)),
        Some(b'{' | b'[') => {
            let depth = depth.max(1);
            let slice = document.part(text);
            let (opened, written) = (OnceCell::new(), OnceCell::new());
            Value::Lazy(Rc::new(Lazy { slice, depth, opened, written, fields: Box::default() }))
        }
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') | None => Value::Null,
        Some(_) => Value::Number(Number::from_written(document.part(text))),
    }
}
