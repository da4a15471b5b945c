use regex_lite::Regex;

use super::arguments::wrong_arguments;
use crate::terraform::language::value::{Fault, Value};

/// The largest length of a regular expression, in bytes.
const MAX_PATTERN: usize = 1_000;

/// Calls a function of texts. Returns `None` for another function.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
    let texts: Option<Vec<String>> = arguments.iter().map(Value::to_text).collect();
    let texts = texts.unwrap_or_default();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Some(match (name, texts.as_slice()) {
        ("lower", [text]) => Ok(text.to_lowercase().into()),
        ("upper", [text]) => Ok(text.to_uppercase().into()),
        ("title", [text]) => Ok(title(text).into()),
        ("trimspace", [text]) => Ok(text.trim().into()),
        ("chomp", [text]) => Ok(text.trim_end_matches(['\n', '\r']).into()),
        ("strrev", [text]) => Ok(text.chars().rev().collect::<String>().into()),
        ("dirname", [text]) => Ok(match text.rsplit_once('/') {
            Some(("", _)) => "/".into(),
            Some((folder, _)) => folder.into(),
            None => ".".into(),
        }),
        ("basename", [text]) => {
            Ok(text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().into())
        }
        ("trim", [text, characters]) => Ok(text.trim_matches(|c| characters.contains(c)).into()),
        ("trimprefix", [text, prefix]) => Ok(text.strip_prefix(prefix).unwrap_or(text).into()),
        ("trimsuffix", [text, suffix]) => Ok(text.strip_suffix(suffix).unwrap_or(text).into()),
        ("startswith", [text, prefix]) => Ok(Value::Bool(text.starts_with(prefix))),
        ("endswith", [text, suffix]) => Ok(Value::Bool(text.ends_with(suffix))),
        ("strcontains", [text, part]) => Ok(Value::Bool(text.contains(part))),
        ("split", ["", text]) => Ok(text.chars().map(|c| c.to_string()).collect()),
        ("split", [_, ""]) => Ok(Value::List(Vec::new())),
        ("split", [separator, text]) => Ok(text.split(separator).collect()),
        ("indent", [width, text]) => match width.parse::<u8>() {
            Ok(width) => {
                let spaces = " ".repeat(usize::from(width));
                Ok(text.replace('\n', &format!("\n{spaces}")).into())
            }
            Err(_) => Err(wrong_arguments(name)),
        },
        ("replace", [text, from, to]) => replace(text, from, to),
        ("substr", [text, offset, length]) => {
            substring(text, offset, length).ok_or_else(|| wrong_arguments(name))
        }
        ("regex", [pattern, text]) => compile(pattern).and_then(|regex| {
            let captures = regex.captures(text);
            let fault = || Fault::new(format!("`{text}` does not match the pattern `{pattern}`"));
            captures.map(|captures| captured(&regex, &captures)).ok_or_else(fault)
        }),
        ("regexall", [pattern, text]) => compile(pattern).map(|regex| {
            regex.captures_iter(text).map(|captures| captured(&regex, &captures)).collect()
        }),
        (
            "lower" | "upper" | "title" | "trimspace" | "chomp" | "strrev" | "dirname" | "basename"
            | "trim" | "trimprefix" | "trimsuffix" | "startswith" | "endswith" | "strcontains"
            | "split" | "indent" | "replace" | "substr" | "regex" | "regexall",
            _,
        ) => Err(wrong_arguments(name)),
        _ => return None,
    })
}

fn title(text: &str) -> String {
    let mut begins_word = true;
    let mut title = String::new();
    for character in text.chars() {
        match begins_word {
            true => title.extend(character.to_uppercase()),
            false => title.push(character),
        }
        begins_word = !character.is_alphanumeric();
    }
    title
}

/// Replaces a text, or a regular expression between slashes.
fn replace(text: &str, from: &str, to: &str) -> Result<Value, Fault> {
    let pattern = from.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    match pattern {
        Some(pattern) if from.len() > 1 => {
            Ok(compile(pattern)?.replace_all(text, to).into_owned().into())
        }
        _ if from.is_empty() => Ok(text.into()),
        _ => Ok(text.replace(from, to).into()),
    }
}

/// Returns `length` characters from `offset`. A negative offset counts from the end, and a negative
/// length means the rest.
fn substring(text: &str, offset: &str, length: &str) -> Option<Value> {
    let (offset, length): (i32, i32) = (offset.parse().ok()?, length.parse().ok()?);
    let characters: Vec<char> = text.chars().collect();
    let start = match usize::try_from(offset) {
        Ok(start) => start.min(characters.len()),
        Err(_) => characters.len().saturating_sub(offset.unsigned_abs() as usize),
    };
    let rest = characters.len() - start;
    let length = usize::try_from(length).map_or(rest, |length| length.min(rest));
    Some(characters[start..start + length].iter().collect::<String>().into())
}

fn compile(pattern: &str) -> Result<Regex, Fault> {
    let fault = |reason: String| Fault::new(format!("the pattern `{pattern}` is wrong: {reason}"));
    if pattern.len() > MAX_PATTERN {
        return Err(Fault::new(format!("a pattern has more than {MAX_PATTERN} bytes")));
    }
    Regex::new(pattern).map_err(|error| fault(error.to_string()))
}

/// Returns the whole match, or the groups of a pattern with groups: a map if they have names.
fn captured(regex: &Regex, captures: &regex_lite::Captures<'_>) -> Value {
    let text = |index: usize| captures.get(index).map_or(Value::Null, |it| it.as_str().into());
    let names: Vec<_> = regex.capture_names().collect();
    if names.len() == 1 {
        return text(0);
    }
    if names.iter().any(Option::is_some) {
        let named = names.iter().enumerate();
        let named = named.filter_map(|(index, name)| Some(((*name)?.to_owned(), text(index))));
        return Value::Map(named.collect());
    }
    (1..names.len()).map(text).collect()
}
