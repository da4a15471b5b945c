use std::fmt::{self, Write as _};

use json_scanner::push_on_one_line;

/// A writer of one JSON object into a buffer.
///
/// Names are written unchanged. The caller must escape any name that may contain special characters, with
/// [`escaped_name`].
pub(crate) struct ObjectWriter<'b> {
    out: &'b mut Vec<u8>,
    is_first: bool,
}

impl<'b> ObjectWriter<'b> {
    /// Begins an object at the end of the buffer.
    pub(crate) fn begin(out: &'b mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_first: true }
    }

    pub(crate) fn end(self) {
        self.out.push(b'}');
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        write_text(self.out, value);
    }

    /// Writes a text, or null for `None`.
    pub(crate) fn text_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.json(name, "null"),
        }
    }

    /// Writes a value that is valid JSON, without its line breaks, because the object is one line.
    pub(crate) fn json(&mut self, name: &str, value: &str) {
        self.name(name);
        push_on_one_line(self.out, value.as_bytes());
    }

    /// Writes a value whose `Display` is valid JSON.
    pub(crate) fn display(&mut self, name: &str, value: impl fmt::Display) {
        self.name(name);
        let _ = write!(Utf8Sink(self.out), "{value}");
    }

    /// Writes a value as a JSON string, such as a timestamp. Its `Display` output must not need escapes.
    pub(crate) fn display_as_text(&mut self, name: &str, value: impl fmt::Display) {
        self.display(name, format_args!("\"{value}\""));
    }

    /// Writes a member. `write` appends the value to the buffer, as valid JSON.
    pub(crate) fn value(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.name(name);
        write(self.out);
    }

    fn name(&mut self, name: &str) {
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }
}

/// Appends a text as a JSON string with quotes and escapes.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    // Writing a string to a vector cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Returns a name with JSON escapes and without quotes.
pub(crate) fn escaped_name(name: &str) -> String {
    let mut quoted = Vec::with_capacity(name.len() + 2);
    write_text(&mut quoted, name);
    String::from_utf8_lossy(&quoted[1..quoted.len() - 1]).into_owned()
}

struct Utf8Sink<'b>(&'b mut Vec<u8>);

impl fmt::Write for Utf8Sink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
