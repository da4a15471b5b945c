use std::{cell::OnceCell, rc::Rc};

use super::{
    super::fidelity::Fidelity,
    number::{Number, ParsedNumber},
    slice::Slice,
    text::Text,
    value::{Lazy, Value},
};

/// Returns the value of a text that is valid JSON, without white space around it.
#[inline]
pub(super) fn from_checked(document: &Slice, text: &str, depth: u8, fidelity: Fidelity) -> Value {
    match text.as_bytes().first() {
        Some(b'"') => Value::Text(Text::from_written(document, text, fidelity)),
        Some(b'{' | b'[') => {
            let depth = depth.max(1);
            let slice = document.part(text);
            let (opened, written) = (OnceCell::new(), OnceCell::new());
            let fields = Box::default();
            Value::Lazy(Rc::new(Lazy { slice, depth, fidelity, opened, written, fields }))
        }
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') | None => Value::Null,
        Some(_) if fidelity.is_jq() => Value::Number(ParsedNumber::from_text(text).rounded()),
        Some(_) => Value::Number(Number::from_written(document.part(text))),
    }
}
