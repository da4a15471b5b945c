//! A limit on the nesting of JSON.

use crate::parse::parse_error::ParseError;

/// The maximum number of nested objects and arrays.
pub(crate) const MAX_LEVELS: usize = 128;

/// Checks the levels of nesting of a text, which must be valid JSON.
pub(crate) fn check_depth(json: &str) -> Result<(), ParseError> {
    let mut depth = 0_usize;
    let mut is_in_text = false;
    let mut bytes = json.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => is_in_text = !is_in_text,
            b'\\' => {
                bytes.next();
            }
            b'{' | b'[' if !is_in_text => {
                depth += 1;
                if depth > MAX_LEVELS {
                    return Err(ParseError::at(at, "the JSON has more than 128 levels"));
                }
            }
            b'}' | b']' if !is_in_text => depth -= 1,
            _ => {}
        }
    }
    Ok(())
}
