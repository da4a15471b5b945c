//! Regular expressions.

use std::{cell::RefCell, collections::HashMap};

use regex::{Captures, Regex, RegexBuilder};

use super::super::{
    meter::{Exceeded, Meter},
    values::{
        arithmetic::value_error,
        number::Number,
        stop::Stop,
        text::Text,
        value::{Array, Object, Value, View},
    },
};

/// The number of compiled expressions that a thread keeps. A filter has fewer expressions, unless it
/// builds them from values of items.
const KEPT: usize = 64;

/// The longest expression that is kept, with its flags, in bytes.
const KEPT_LENGTH: usize = 4096;

/// An estimate of the memory that the parser needs for each byte of an expression.
const PARSED_BYTES: usize = 128;

/// The number of operations that the compilation of an expression counts: about a millisecond.
const COMPILE_OPERATIONS: usize = 20_000;

/// The largest size of a compiled expression, in bytes.
const MAX_COMPILED_BYTES: usize = 1024 * 1024;

thread_local! {
    static COMPILED: RefCell<HashMap<(String, String), Expression>> = RefCell::default();
}

/// A compiled expression and the flags of its search.
#[derive(Clone, Debug)]
struct Expression {
    regex: Regex,
    global: bool,
    skip_empty: bool,
}

/// The reason why an expression is not valid.
#[derive(Debug)]
pub(crate) enum Invalid {
    Flag(char),
    /// The message of the crate `regex`, which quotes the expression.
    Pattern(String),
}

/// Checks an expression and its flags.
pub(crate) fn check(pattern: &str, flags: &str) -> Result<(), Invalid> {
    Expression::compile(pattern, flags).map(drop)
}

impl Expression {
    /// Returns the compiled expression, compiled by an earlier call if possible.
    fn get(pattern: &str, flags: &str, meter: &Meter) -> Result<Self, Stop> {
        // The search in the map copies both.
        meter.read(pattern.len() + flags.len())?;
        COMPILED.with_borrow_mut(|compiled| {
            let key = (pattern.to_owned(), flags.to_owned());
            if let Some(expression) = compiled.get(&key) {
                return Ok(expression.clone());
            }
            meter.steps(COMPILE_OPERATIONS)?;
            // The parser needs many times the memory of the expression, which may come from the item.
            meter.build(pattern.len().saturating_mul(PARSED_BYTES))?;
            let expression = Self::compile(pattern, flags).map_err(|invalid| match invalid {
                Invalid::Flag(_) => Stop::error(
                    format!("{flags} is not a valid modifier string"),
                    "the flags are not a valid modifier string",
                ),
                // The message of the error quotes the expression, which may come from the item.
                Invalid::Pattern(_) => {
                    Stop::public("Regex failure: the expression is not valid, or not supported")
                }
            })?;
            if pattern.len() + flags.len() <= KEPT_LENGTH {
                if compiled.len() >= KEPT {
                    compiled.clear();
                }
                compiled.insert(key, expression.clone());
            }
            Ok(expression)
        })
    }

    fn compile(pattern: &str, flags: &str) -> Result<Self, Invalid> {
        let mut builder = RegexBuilder::new(pattern);
        builder.size_limit(MAX_COMPILED_BYTES);
        let (mut global, mut skip_empty) = (false, false);
        for flag in flags.chars() {
            match flag {
                'g' => global = true,
                'n' => skip_empty = true,
                'i' => drop(builder.case_insensitive(true)),
                'x' => drop(builder.ignore_whitespace(true)),
                'p' => drop(builder.dot_matches_new_line(true)),
                // `^` and `$` match only at the ends of the text, with and without this flag.
                's' => {}
                other => return Err(Invalid::Flag(other)),
            }
        }
        let regex = builder.build().map_err(|error| Invalid::Pattern(error.to_string()))?;
        Ok(Self { regex, global, skip_empty })
    }

    /// Calls `found` for the first match, or with the flag `g` for each match from left to right.
    /// The flag `n` skips empty matches.
    fn each<'t>(
        &self,
        text: &'t str,
        meter: &Meter,
        mut found: impl FnMut(Captures<'t>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut start = 0;
        let groups = self.regex.captures_len();
        loop {
            // A search mostly ends at its match, but may read the rest of the text.
            meter.steps(1 + groups / 8 + (text.len() - start) / 128)?;
            let Some(captures) = self.regex.captures_at(text, start) else { return Ok(()) };
            let Some(whole) = captures.get(0) else { return Ok(()) };
            let range = whole.range();
            if groups > 1 {
                // A search for groups reads the match again, with a slower engine.
                meter.steps(range.len() / 8)?;
            }
            if !(self.skip_empty && range.is_empty()) {
                found(captures)?;
            }
            start = if range.is_empty() {
                text.ceil_char_boundary((range.end + 1).min(text.len()))
            } else {
                range.end
            };
            // As in jq 1.6, no search starts at the end of the text, except in an empty text. So an
            // empty match there counts only if an earlier start finds it.
            if !self.global || start == text.len() {
                return Ok(());
            }
        }
    }
}

/// Returns the text to search and the compiled expression. The arguments are an expression and
/// flags, or one argument that is an expression or an array of both.
fn parse<'v>(
    meter: &Meter,
    input: &'v Value,
    arguments: &[Value],
) -> Result<(&'v Text, Expression), Stop> {
    let (pattern, flags) = match arguments {
        [pattern, flags] => (pattern, flags),
        [Value::Text(_)] => (&arguments[0], &Value::Null),
        _ => match arguments[0].as_array() {
            Some([pattern]) => (pattern, &Value::Null),
            Some([pattern, flags, ..]) => (pattern, flags),
            _ => {
                let kind = arguments[0].kind();
                return Err(Stop::public(format!("{kind} not a string or array")));
            }
        },
    };
    let not_text = "cannot be matched, as it is not a string";
    let text = input.as_text().ok_or_else(|| value_error(input, meter, not_text))?;
    let pattern = pattern.as_text().ok_or_else(|| value_error(pattern, meter, not_text))?;
    let flags = match flags.view() {
        View::Null => "",
        View::Text(flags) => flags.as_str(),
        _ => return Err(value_error(flags, meter, "is not a string")),
    };
    Ok((text, Expression::get(pattern.as_str(), flags, meter)?))
}

pub(crate) fn test(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let (text, expression) = parse(meter, &input, arguments)?;
    let text = text.as_str();
    meter.steps(1 + text.len() / 16)?;
    if !expression.skip_empty {
        return Ok(Value::Bool(expression.regex.is_match(text)));
    }
    let mut found = false;
    expression.each(text, meter, |_| {
        found = true;
        Ok(())
    })?;
    Ok(Value::Bool(found))
}

/// Returns the array of the matches that `match` outputs, each as an object.
pub(crate) fn matches(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let (text, expression) = parse(meter, &input, arguments)?;
    let mut places = Places { text: text.as_str(), byte: 0, character: 0 };
    let mut found = Array::default();
    let names: Vec<_> = expression.regex.capture_names().skip(1).collect();
    expression.each(text.as_str(), meter, |groups| {
        let mut captures = Array::default();
        for (group, name) in groups.iter().skip(1).zip(&names) {
            let range = group.map(|group| group.range());
            let mut capture = match_object(text, range.clone(), &mut places, meter)?;
            if range.is_none() {
                // jq 1.6 writes the members of a group without a match in another order.
                capture = Object::default();
                capture.insert("offset".into(), Value::Number(Number::Int(-1)), meter)?;
                capture.insert("string".into(), Value::Null, meter)?;
                capture.insert("length".into(), Value::count(0), meter)?;
            }
            let name = name.map_or(Value::Null, Value::text);
            capture.insert("name".into(), name, meter)?;
            captures.push(capture.into(), meter)?;
        }
        let whole = groups.get(0).map(|whole| whole.range());
        let mut object = match_object(text, whole, &mut places, meter)?;
        object.insert("captures".into(), captures.into(), meter)?;
        Ok(found.push(object.into(), meter)?)
    })?;
    Ok(found.into())
}

fn match_object(
    text: &Text,
    range: Option<std::ops::Range<usize>>,
    places: &mut Places<'_>,
    meter: &Meter,
) -> Result<Object, Stop> {
    let mut object = Object::default();
    let Some(range) = range else { return Ok(object) };
    let length = text.as_str()[range.clone()].chars().count();
    let offset = places.character_of(range.start, meter)?;
    object.insert("offset".into(), Value::count(offset), meter)?;
    object.insert("length".into(), Value::count(length), meter)?;
    meter.build(range.len())?;
    object.insert("string".into(), Value::Text(text.part(range)), meter)?;
    Ok(object)
}

/// A counter of the characters before a byte. It counts from the byte of the previous call.
struct Places<'t> {
    text: &'t str,
    byte: usize,
    character: usize,
}

impl Places<'_> {
    fn character_of(&mut self, byte: usize, meter: &Meter) -> Result<usize, Exceeded> {
        meter.read(byte.abs_diff(self.byte))?;
        if byte < self.byte {
            self.character -= self.text[byte..self.byte].chars().count();
        } else {
            self.character += self.text[self.byte..byte].chars().count();
        }
        self.byte = byte;
        Ok(self.character)
    }
}

/// Returns an object with the names and the texts of the named groups of a match.
pub(crate) fn capture(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let mut object = Object::default();
    let captures = input.as_object().and_then(|it| it.get("captures")).and_then(Value::as_array);
    for capture in captures.unwrap_or_default() {
        meter.step()?;
        let Some(members) = capture.as_object() else { continue };
        if let Some(Value::Text(name)) = members.get("name") {
            let text = members.get("string").cloned().unwrap_or(Value::Null);
            object.insert(name.clone(), text, meter)?;
        }
    }
    Ok(object.into())
}

/// Returns the parts of a text between the matches.
pub(crate) fn split(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let mut parts = Array::default();
    for part in pieces(meter, &input, arguments)? {
        parts.push(part.before, meter)?;
    }
    Ok(parts.into())
}

/// The part of a text before a match, with the named groups of the match, or the part after the last
/// match.
pub(crate) struct Piece {
    pub(crate) before: Value,
    pub(crate) groups: Option<Value>,
}

/// Splits a text at the matches of an expression. The last piece has no groups.
pub(crate) fn pieces(
    meter: &Meter,
    input: &Value,
    arguments: &[Value],
) -> Result<Vec<Piece>, Stop> {
    let (text, expression) = parse(meter, input, arguments)?;
    let names: Vec<_> = expression.regex.capture_names().skip(1).collect();
    let mut pieces = Vec::new();
    let mut start = 0;
    expression.each(text.as_str(), meter, |captures| {
        let mut groups = Object::default();
        for (group, name) in captures.iter().skip(1).zip(&names) {
            if let Some(name) = name {
                let mut part = Value::Null;
                if let Some(group) = group {
                    meter.build(group.len())?;
                    part = Value::Text(text.part(group.range()));
                }
                groups.insert((*name).into(), part, meter)?;
            }
        }
        let whole = captures.get(0).map_or(start..start, |whole| whole.range());
        meter.build(whole.start - start)?;
        let before = Value::Text(text.part(start..whole.start));
        pieces.push(Piece { before, groups: Some(groups.into()) });
        start = whole.end;
        Ok(())
    })?;
    meter.build(text.as_str().len() - start)?;
    let rest = text.part(start..text.as_str().len());
    pieces.push(Piece { before: Value::Text(rest), groups: None });
    Ok(pieces)
}
