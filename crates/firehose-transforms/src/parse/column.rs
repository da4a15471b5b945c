use std::borrow::Cow;

use json_scanner::JsonScanner;

use crate::parse::{
    fields::Field,
    object_writer::{ObjectWriter, escaped_name},
    parse_error::ParseError,
};

/// A column of a log: the name of the JSON member and its type.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// The name with JSON escapes and without quotes.
    name: Cow<'static, str>,
    is_number: bool,
}

impl Column {
    pub(crate) const fn text(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), is_number: false }
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), is_number: true }
    }

    /// Creates a column from a name that may need escapes.
    pub(crate) fn named(name: &str, is_number: bool) -> Self {
        Self { name: Cow::Owned(escaped_name(name)), is_number }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Writes a field as a member. Writes null for `-`, which marks an unknown value.
    pub(crate) fn write(
        &self,
        object: &mut ObjectWriter<'_>,
        field: Field<'_>,
    ) -> Result<(), ParseError> {
        match field.text {
            "-" => object.json(&self.name, "null"),
            text if self.is_number => match json_number(text) {
                Some(number) => object.json(&self.name, number),
                None => {
                    let error = ParseError::at(field.offset, "not a number");
                    return Err(error.in_column(&self.name));
                }
            },
            text => object.text(&self.name, text),
        }
        Ok(())
    }

    pub(crate) fn write_null(&self, object: &mut ObjectWriter<'_>) {
        object.json(&self.name, "null");
    }
}

/// Returns a number in JSON notation: the same digits without leading zeros. Returns `None` if the text
/// is not a number.
pub(crate) fn json_number(text: &str) -> Option<&str> {
    // CloudFront writes the status 000 if the viewer closed the connection.
    let significant = text.trim_start_matches('0');
    let number = if significant.starts_with(|first: char| first.is_ascii_digit()) {
        significant
    } else {
        &text[(text.len() - significant.len()).saturating_sub(1)..]
    };
    if !number.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        return None;
    }
    let mut scanner = JsonScanner::new(number);
    let value = scanner.value().ok()?;
    (value.len() == number.len()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_lose_leading_zeros() {
        let cases = [
            ("0", "0"),
            ("000", "0"),
            ("007", "7"),
            ("-1", "-1"),
            ("0.100", "0.100"),
            ("00.5", "0.5"),
            ("1672531200.123", "1672531200.123"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("1e-3", "1e-3"),
        ];
        for (text, expected) in cases {
            assert_eq!(json_number(text), Some(expected), "{text}");
        }
        for text in
            ["", "-", "a", "1 ", " 1", "1a", "0x1", "+1", ".5", "5.", "-01", "true", "\"1\""]
        {
            assert_eq!(json_number(text), None, "{text}");
        }
    }
}
