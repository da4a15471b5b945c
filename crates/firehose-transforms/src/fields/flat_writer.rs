use std::collections::{HashMap, hash_map::Entry};

use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::paths::{item_error::ItemError, json_string::DecodedString, rewriter::MAX_LEVELS};

/// A writer of the members of nested objects as one flat object.
pub(super) struct FlatWriter<'a> {
    text: &'a str,
    scanner: JsonScanner<'a>,
    /// The separator, escaped for a JSON string.
    separator: &'a str,
    arrays: bool,
    max_output_bytes: usize,
    out: String,
    /// The joined names of the current value, with JSON escapes and without quotes.
    name: String,
    /// The number of joined names in `name`.
    depth: usize,
    /// The decoded name of each written member, with `true` if the value was nested.
    names: HashMap<String, bool>,
}

impl<'a> FlatWriter<'a> {
    pub(super) fn new(
        text: &'a str,
        separator: &'a str,
        arrays: bool,
        max_output_bytes: usize,
    ) -> Self {
        Self {
            text,
            scanner: JsonScanner::new(text),
            separator,
            arrays,
            max_output_bytes,
            out: String::new(),
            name: String::new(),
            depth: 0,
            names: HashMap::new(),
        }
    }

    /// Returns the flat object, or `None` if the object is flat already.
    pub(super) fn write(mut self) -> Result<Option<String>, ItemError> {
        let is_object = self.scanner.peek() == Some(b'{');
        if is_object {
            self.out.reserve(self.text.len() + 32);
            self.out.push('{');
            self.object(MAX_LEVELS)?;
            self.out.push('}');
        } else {
            self.scanner.value_within(MAX_LEVELS).map_err(|it| self.syntax(it))?;
        }
        self.scanner.end().map_err(|it| self.syntax(it))?;
        match is_object {
            false => Err(ItemError::NotAnObject),
            true => Ok(self.names.values().any(|is_nested| *is_nested).then_some(self.out)),
        }
    }

    fn object(&mut self, levels: usize) -> Result<(), ItemError> {
        let start = self.scanner.offset();
        self.scanner.object().map_err(|it| self.syntax(it))?;
        while let Some(key) = self.scanner.key().map_err(|it| self.syntax(it))? {
            let name = &key[1..key.len() - 1];
            self.member(name, start, levels - 1)?;
        }
        Ok(())
    }

    fn array(&mut self, levels: usize) -> Result<(), ItemError> {
        let start = self.scanner.offset();
        self.scanner.array().map_err(|it| self.syntax(it))?;
        for index in 0.. {
            if !self.scanner.item().map_err(|it| self.syntax(it))? {
                break;
            }
            self.member(&index.to_string(), start, levels - 1)?;
        }
        Ok(())
    }

    /// Writes the next value under a name. `start` is the offset of the object or array around the value.
    fn member(&mut self, name: &str, start: usize, levels: usize) -> Result<(), ItemError> {
        let outer = self.name.len();
        if self.depth > 0 {
            self.name.push_str(self.separator);
        }
        self.name.push_str(name);
        self.depth += 1;
        let first = self.scanner.peek();
        let is_entered = levels > 0
            && match first {
                Some(b'{') => !self.is_empty(b'}'),
                Some(b'[') => self.arrays && !self.is_empty(b']'),
                _ => false,
            };
        match first {
            Some(b'{') if is_entered => self.object(levels)?,
            Some(b'[') if is_entered => self.array(levels)?,
            _ => {
                let value = self.scanner.value_within(levels).map_err(|it| self.syntax(it))?;
                self.write_member(value, start)?;
            }
        }
        self.depth -= 1;
        self.name.truncate(outer);
        Ok(())
    }

    /// Returns `true` if the next object or array is empty. `end` is its closing bracket.
    fn is_empty(&self, end: u8) -> bool {
        let inside = self.text.as_bytes()[self.scanner.offset()..].iter().skip(1);
        inside.copied().find(|byte| !byte.is_ascii_whitespace()) == Some(end)
    }

    fn write_member(&mut self, value: &str, start: usize) -> Result<(), ItemError> {
        // 5 bytes: a comma, two quotes, a colon and the closing bracket of the result.
        if self.out.len() + self.name.len() + value.len() + 5 > self.max_output_bytes {
            return Err(ItemError::TooLong(self.max_output_bytes));
        }
        if self.out.len() > 1 {
            self.out.push(',');
        }
        let key_start = self.out.len();
        self.out.push('"');
        self.out.push_str(&self.name);
        self.out.push('"');
        let name = DecodedString::new(&self.out[key_start..]).text.into_owned();
        self.out.push(':');
        self.out.push_str(value);
        let is_nested = self.depth > 1;
        match self.names.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert(is_nested);
                Ok(())
            }
            // The item itself repeats a key at the top level. Both members stay.
            Entry::Occupied(entry) if !is_nested && !entry.get() => Ok(()),
            Entry::Occupied(_) => Err(ItemError::NameConflict(start)),
        }
    }

    fn syntax(&self, error: JsonSyntaxError) -> ItemError {
        ItemError::syntax(self.text, error)
    }
}
