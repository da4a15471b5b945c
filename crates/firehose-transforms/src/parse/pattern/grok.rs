//! Grok patterns.
//!
//! The crate `grok` contains the pattern library of Logstash, and finds the references in a pattern. The
//! library needs look-around and atomic groups, so the engine is `fancy-regex`, which backtracks. Limits
//! on the backtracks and on the length of a line bound the time.

use std::{collections::BTreeMap, sync::Arc};

use fancy_regex::{Error, Regex, RegexBuilder, RuntimeError};
use firehose_core::Timestamp;

use crate::parse::{
    column::json_number,
    format_error::InvalidFormat,
    format_options::OptionReader,
    line_parser::LineParser,
    object_writer::{ObjectWriter, escaped_name},
    parse_error::ParseError,
    parsed::Parsed,
    pattern::grok_expansion::{GrokExpansion, GrokType, group_name},
};

/// The maximum number of backtracks for a line.
const MAX_BACKTRACKS: usize = 100_000;

/// The maximum length of a line in bytes.
const MAX_LINE_BYTES: usize = 64 * 1024;

pub(crate) fn build(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    let pattern = options.pattern()?;
    let definitions: BTreeMap<_, _> = options.definitions().into_iter().collect();
    let invalid = |problem| options.invalid("pattern", problem);
    let expansion = GrokExpansion::new(&pattern, &definitions).map_err(invalid)?;
    let regex = RegexBuilder::new(&expansion.regex)
        .backtrack_limit(MAX_BACKTRACKS)
        .build()
        .map_err(|error| invalid(error.to_string()))?;
    let fields = fields(&regex, &expansion);
    if fields.is_empty() {
        let problem = "the pattern has no field; write for example `%{NUMBER:bytes:int}`";
        return Err(invalid(problem.to_owned()));
    }
    Ok(Arc::new(Grok { regex, fields }))
}

#[derive(Debug)]
struct GrokField {
    /// The name with JSON escapes.
    name: String,
    field_type: GrokType,
    /// The groups with this name. The first group that matches gives the value.
    groups: Vec<usize>,
}

/// Returns the fields of references and of named groups, in their order in the pattern.
fn fields(regex: &Regex, expansion: &GrokExpansion) -> Vec<GrokField> {
    let mut fields: Vec<GrokField> = Vec::new();
    let mut references = expansion.fields.iter().enumerate().peekable();
    for (index, group) in regex.capture_names().enumerate() {
        let Some(group) = group else { continue };
        let reference = references.next_if(|(number, _)| group_name(*number) == group);
        let (name, field_type) = match reference {
            Some((_, (name, field_type))) => (name.as_str(), *field_type),
            None => (group, GrokType::Text),
        };
        let name = escaped_name(name);
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.groups.push(index),
            None => fields.push(GrokField { name, field_type, groups: vec![index] }),
        }
    }
    fields
}

#[derive(Debug)]
struct Grok {
    regex: Regex,
    fields: Vec<GrokField>,
}

impl LineParser for Grok {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        if line.len() > MAX_LINE_BYTES {
            let problem = format!("the line has more than {MAX_LINE_BYTES} bytes");
            return Err(ParseError::new(problem));
        }
        let captures = match self.regex.captures(line) {
            Ok(Some(captures)) => captures,
            Ok(None) => return Err(ParseError::new("the line does not match the pattern")),
            Err(Error::RuntimeError(RuntimeError::BacktrackLimitExceeded)) => {
                let problem = "the pattern needs too many backtracks for the line";
                return Err(ParseError::new(problem));
            }
            Err(_) => return Err(ParseError::new("the pattern engine failed for the line")),
        };
        for field in &self.fields {
            let group = field.groups.iter().find_map(|group| captures.get(*group));
            match group {
                None => object.json(&field.name, "null"),
                Some(text) if field.field_type == GrokType::Text => {
                    object.text(&field.name, text.as_str());
                }
                Some(text) => {
                    let number = number(text.as_str(), field.field_type).ok_or_else(|| {
                        ParseError::at(text.start(), "not a number").in_column(&field.name)
                    })?;
                    object.json(&field.name, number);
                }
            }
        }
        Ok(Parsed::Object)
    }
}

/// Returns a number in JSON notation. For an integer, ignores the decimal point and all characters after
/// it.
fn number(text: &str, field_type: GrokType) -> Option<&str> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let text = match field_type {
        GrokType::Integer => text.split('.').next().unwrap_or(text),
        GrokType::Text | GrokType::Float => text,
    };
    json_number(text)
}
