//! The logs of AWS WAF, which are JSON. The parser converts the list of headers to an object.
//!
//! Fields: <https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>. Columns:
//! <https://docs.aws.amazon.com/athena/latest/ug/create-waf-table.html>.

use std::{borrow::Cow, sync::Arc};

use firehose_core::Timestamp;
use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::parse::{
    format_error::InvalidFormat,
    format_options::OptionReader,
    json_depth::check_depth,
    json_text::decoded_text,
    line_parser::LineParser,
    object_writer::{ObjectWriter, escaped_name},
    parse_error::ParseError,
    parsed::Parsed,
};

pub(crate) fn build(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(WafLog))
}

#[derive(Debug)]
struct WafLog;

impl LineParser for WafLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        write_log(line, object).map_err(|error| match error {
            WafError::Syntax(error) => {
                ParseError::at(error.offset(), format!("expected {}", error.expected()))
            }
            WafError::Headers => {
                let problem = "not a list of objects with the strings `name` and `value`";
                ParseError::new(problem).in_column("httpRequest.headers")
            }
        })?;
        check_depth(line)?;
        Ok(Parsed::Object)
    }
}

enum WafError {
    Syntax(JsonSyntaxError),
    Headers,
}

impl From<JsonSyntaxError> for WafError {
    fn from(error: JsonSyntaxError) -> Self {
        Self::Syntax(error)
    }
}

/// Writes all members unchanged, except for the headers, which become an object.
fn write_log(line: &str, object: &mut ObjectWriter<'_>) -> Result<(), WafError> {
    let mut scanner = JsonScanner::new(line);
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let is_request = key == r#""httpRequest""# && scanner.peek() == Some(b'{');
        let value = scanner.value()?;
        let name = &key[1..key.len() - 1];
        if is_request {
            let mut result = Ok(());
            object.value(name, |out| result = write_request(value, out));
            result?;
        } else {
            object.json(name, value);
        }
    }
    scanner.end()?;
    Ok(())
}

fn write_request(json: &str, out: &mut Vec<u8>) -> Result<(), WafError> {
    let mut request = ObjectWriter::begin(out);
    let mut scanner = JsonScanner::new(json);
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let is_headers = key == r#""headers""# && scanner.peek() == Some(b'[');
        let value = scanner.value()?;
        let name = &key[1..key.len() - 1];
        if is_headers {
            let headers = Headers::read(value)?;
            request.value(name, |out| headers.write(out));
        } else {
            request.json(name, value);
        }
    }
    request.end();
    Ok(())
}

/// The headers of a request, each with its name in lower case and its value. Sorted by name. The values of
/// a repeated header keep their order.
struct Headers<'a>(Vec<(String, Cow<'a, str>)>);

impl<'a> Headers<'a> {
    fn read(json: &'a str) -> Result<Self, WafError> {
        let mut headers = Vec::new();
        let mut scanner = JsonScanner::new(json);
        scanner.array()?;
        while scanner.item()? {
            if scanner.peek() != Some(b'{') {
                return Err(WafError::Headers);
            }
            scanner.object()?;
            let (mut name, mut value) = (None, None);
            while let Some(key) = scanner.key()? {
                let text = scanner.value()?;
                match key {
                    r#""name""# => name = decoded_text(text),
                    r#""value""# => value = decoded_text(text),
                    _ => {}
                }
            }
            let (Some(name), Some(value)) = (name, value) else { return Err(WafError::Headers) };
            headers.push((name.to_lowercase(), value));
        }
        // A stable sort, so that the values of a repeated header keep their order.
        headers.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Self(headers))
    }

    /// Writes an object. Joins the values of a repeated header as RFC 9110, section 5.3 does.
    fn write(&self, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::begin(out);
        for group in self.0.chunk_by(|(one, _), (other, _)| one == other) {
            let (name, first) = &group[0];
            let name = escaped_name(name);
            // A cookie is a list with semicolons: RFC 6265, section 4.2.1.
            let separator = if name == "cookie" { "; " } else { ", " };
            if group.len() == 1 {
                object.text(&name, first);
            } else {
                let values: Vec<_> = group.iter().map(|(_, value)| value.as_ref()).collect();
                object.text(&name, &values.join(separator));
            }
        }
        object.end();
    }
}
