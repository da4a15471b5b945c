//! Regular expressions with named groups. The crate `regex` matches in time proportional to the length of
//! the line.

use std::sync::Arc;

use firehose_core::Timestamp;
use regex::Regex;

use crate::parse::{
    format_error::InvalidFormat,
    format_options::OptionReader,
    line_parser::LineParser,
    object_writer::{ObjectWriter, escaped_name},
    parse_error::ParseError,
    parsed::Parsed,
};

pub(crate) fn build(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    let pattern = options.pattern()?;
    let regex =
        Regex::new(&pattern).map_err(|error| options.invalid("pattern", error.to_string()))?;
    let names = regex.capture_names().enumerate();
    let groups: Vec<_> =
        names.filter_map(|(index, name)| Some((index, escaped_name(name?)))).collect();
    if groups.is_empty() {
        let problem = "the pattern has no named group; write for example `(?<status>[0-9]+)`";
        return Err(options.invalid("pattern", problem));
    }
    Ok(Arc::new(RegexLine { regex, groups }))
}

#[derive(Debug)]
struct RegexLine {
    regex: Regex,
    /// The index and the name of each named group. The name has JSON escapes.
    groups: Vec<(usize, String)>,
}

impl LineParser for RegexLine {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let Some(captures) = self.regex.captures(line) else {
            return Err(ParseError::new("the line does not match the pattern"));
        };
        for (index, name) in &self.groups {
            object.text_or_null(name, captures.get(*index).map(|group| group.as_str()));
        }
        Ok(Parsed::Object)
    }
}
