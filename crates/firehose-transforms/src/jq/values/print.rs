//! The JSON text of values.

use super::{
    super::meter::{Exceeded, Meter},
    number::Number,
    stop::Stop,
    string_text::write_string,
    text::Text,
    value::{Value, View, WrittenObject},
    written::Written,
};

/// The maximum length in bytes of a value that jq shows whole in a message.
const SHOWN_BYTES: usize = 14;

/// A writer of compact JSON. Unchanged parts of the item keep their text.
struct Printer<'a> {
    out: &'a mut Vec<u8>,
    /// The length of `out` at which printing stops.
    max_bytes: usize,
    /// True to fail at NaN and infinities, which JSON cannot represent.
    strict: bool,
    meter: &'a Meter,
}

/// Appends an output. Fails at a number that JSON cannot represent, except in runs as in jq 1.6.
pub(crate) fn write_output(value: &Value, out: &mut Vec<u8>, meter: &Meter) -> Result<(), Stop> {
    let start = out.len();
    let max_bytes = start.saturating_add(meter.bytes_left());
    // jq writes `null` for NaN, and the largest number for an infinity.
    let strict = !meter.fidelity().is_jq();
    Printer { out, max_bytes, strict, meter }.value(value)?;
    Ok(meter.build(out.len() - start)?)
}

/// Returns the JSON text of a value. NaN becomes `null`, and an infinity becomes the largest number.
pub(crate) fn to_json(value: &Value, meter: &Meter) -> Result<String, Stop> {
    let mut out = Vec::new();
    let max_bytes = meter.bytes_left();
    Printer { out: &mut out, max_bytes, strict: false, meter }.value(value)?;
    meter.build(out.len())?;
    Ok(String::from_utf8(out).unwrap_or_default())
}

/// Returns a string as it is, and any other value as its JSON text.
pub(crate) fn to_text(value: &Value, meter: &Meter) -> Result<Text, Stop> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        other => to_json(other, meter).map(Text::from),
    }
}

/// Returns the JSON text, cut off like in jq's messages.
pub(crate) fn shown(value: &Value, meter: &Meter) -> String {
    let mut out = Vec::new();
    let max_bytes = SHOWN_BYTES + 1;
    // An error means that a limit was reached. Then `out` has the first bytes of the text.
    let _ = Printer { out: &mut out, max_bytes, strict: false, meter }.value(value);
    let text = String::from_utf8_lossy(&out).into_owned();
    if text.len() <= SHOWN_BYTES {
        return text;
    }
    format!("{}...", &text[..text.floor_char_boundary(SHOWN_BYTES - "...".len())])
}

impl Printer<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Stop> {
        match value {
            // Write the text without reading its parts.
            Value::Lazy(lazy) if !self.meter.fidelity().is_jq() => {
                self.write(lazy.slice().as_str())?
            }
            Value::Text(text) => self.text(text)?,
            Value::Number(number) => self.number(number)?,
            Value::Edited(edited) => self.edited(&edited.object)?,
            other => self.other(other)?,
        }
        Ok(())
    }

    fn other(&mut self, value: &Value) -> Result<(), Stop> {
        match value.view() {
            View::Null => self.write("null")?,
            View::Bool(bool) => self.write(if bool { "true" } else { "false" })?,
            View::Number(number) => self.number(number)?,
            View::Text(text) => self.text(text)?,
            View::Array(_) => {
                self.meter.step()?;
                let mut separator = "[";
                for item in value.as_array().unwrap_or_default() {
                    self.write(separator)?;
                    separator = ",";
                    self.value(item)?;
                }
                self.write(if separator == "[" { "[]" } else { "]" })?;
            }
            View::Object(_) => {
                self.meter.step()?;
                let mut separator = "{";
                for (key, member) in value.as_object().map(|it| it.entries()).unwrap_or_default() {
                    self.write(separator)?;
                    separator = ",";
                    self.text(key)?;
                    self.write(":")?;
                    self.value(member)?;
                }
                self.write(if separator == "{" { "{}" } else { "}" })?;
            }
        }
        Ok(())
    }

    fn edited(&mut self, object: &WrittenObject) -> Result<(), Stop> {
        self.meter.step()?;
        let mut separator = "{";
        object.write(|part| {
            self.write(separator)?;
            separator = ",";
            match part {
                Written::Members(text) => self.write(text)?,
                Written::Member(key, value) => {
                    self.write(key)?;
                    self.write(":")?;
                    self.write(value)?;
                }
                Written::Own(key, value) => {
                    self.text(key)?;
                    self.write(":")?;
                    self.value(value)?;
                }
            }
            Ok::<_, Stop>(())
        })?;
        Ok(self.write(if separator == "{" { "{}" } else { "}" })?)
    }

    fn number(&mut self, number: &Number) -> Result<(), Stop> {
        if self.strict && matches!(number, Number::Float(float) if !float.is_finite()) {
            return Err(Stop::NotFinite);
        }
        if let Some(written) = number.written() {
            return Ok(self.write(written.as_str())?);
        }
        number.write(self.out);
        Ok(self.check()?)
    }

    fn text(&mut self, text: &Text) -> Result<(), Exceeded> {
        match text {
            Text::Plain(slice) => return self.write(slice.with_quotes()),
            Text::Part(slice) => {
                self.write("\"")?;
                self.write(slice.as_str())?;
                return self.write("\"");
            }
            Text::Escaped(escaped) => return self.write(escaped.written().as_str()),
            Text::Shared(text) | Text::Constant(text) => {
                let room = text.floor_char_boundary(self.room());
                write_string(self.out, &text[..room]);
                if room < text.len() {
                    return Err(Exceeded::Bytes);
                }
            }
        }
        self.check()
    }

    #[inline]
    fn write(&mut self, text: &str) -> Result<(), Exceeded> {
        let length = text.len().min(self.room());
        self.out.extend_from_slice(&text.as_bytes()[..length]);
        if length < text.len() { Err(Exceeded::Bytes) } else { Ok(()) }
    }

    fn room(&self) -> usize {
        self.max_bytes.saturating_sub(self.out.len())
    }

    #[inline]
    fn check(&self) -> Result<(), Exceeded> {
        if self.out.len() > self.max_bytes { Err(Exceeded::Bytes) } else { Ok(()) }
    }
}
