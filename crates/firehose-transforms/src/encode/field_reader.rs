use std::{borrow::Cow, sync::OnceLock};

use bytes::Bytes;
use json_scanner::{JsonScanner, JsonSyntaxError};

use super::{
    error::EncodeError,
    field_value::{Choice, FieldValue},
};
use crate::{
    jq::{JqError, JqFilter, JqLimits},
    paths::json_string::exact_text,
};

/// A reader of the values of several options, which reads an item once if all filters together stay
/// within the limits.
#[derive(Clone, Debug, Default)]
pub(super) struct FieldReader {
    options: Vec<(String, FieldValue)>,
    /// The result of [`combine`](Self::combine), which the first read computes.
    combined: OnceLock<Option<JqFilter>>,
}

/// The value of an option for an item.
#[derive(Debug)]
pub(super) struct FieldText<'a> {
    option: &'a str,
    value: Found<'a>,
}

#[derive(Debug)]
enum Found<'a> {
    Constant(&'a str),
    Json(Bytes),
    /// Null, or a filter without an output.
    Null,
}

impl FieldReader {
    /// Sets the value of the option with this name, which errors show. If the option exists,
    /// replaces its value and returns its position. Otherwise appends the option and returns
    /// `None`.
    pub(super) fn set(&mut self, option: impl Into<String>, value: FieldValue) -> Option<usize> {
        self.combined.take();
        let option = option.into();
        let place = self.options.iter().position(|(name, _)| *name == option);
        match place {
            Some(place) => self.options[place].1 = value,
            None => self.options.push((option, value)),
        }
        place
    }

    /// Combines all filters into one filter, so that the item is read once. Its output is an array
    /// with one array for each filter, which holds the outputs of that filter. `None` if there are
    /// fewer than two filters, or if they are too long together.
    ///
    /// An item that passes this filter also passes each filter by itself.
    fn combine(&self) -> Option<JqFilter> {
        let texts: Vec<_> = self.filters().map(JqFilter::text).collect();
        if texts.len() < 2 {
            return None;
        }
        let mut limits = JqLimits::default();
        for own in self.filters().map(JqFilter::limits) {
            limits = limits
                .with_operations(limits.operations().min(own.operations()))
                .with_bytes(limits.bytes().min(own.bytes()));
        }
        // Two line breaks end a comment at the end of a filter: a comment that ends with a backslash
        // goes on in the next line.
        let filter = JqFilter::new(&format!("[[{}\n\n]]", texts.join("\n\n],[")));
        filter.ok().map(|filter| filter.with_limits(limits))
    }

    fn filters(&self) -> impl Iterator<Item = &JqFilter> {
        self.options.iter().filter_map(|(_, value)| match &value.0 {
            Choice::Constant(_) => None,
            Choice::Filter(filter) => Some(filter),
        })
    }

    /// Returns the values in the order of the options.
    pub(super) fn read(&self, item: &Bytes) -> Result<Vec<FieldText<'_>>, EncodeError> {
        if self.filters().next().is_none() {
            check(item)?;
        }
        let mut outputs = self.run(item)?.into_iter();
        let values = self.options.iter().map(|(option, value)| {
            let value = match &value.0 {
                Choice::Constant(text) => Found::Constant(text),
                Choice::Filter(_) => match outputs.next().flatten() {
                    Some(json) if json != "null" => Found::Json(json),
                    _ => Found::Null,
                },
            };
            FieldText { option, value }
        });
        Ok(values.collect())
    }

    /// Returns the first output of each filter.
    fn run(&self, item: &Bytes) -> Result<Vec<Option<Bytes>>, EncodeError> {
        let combined = self.combined.get_or_init(|| self.combine());
        let Some(combined) = combined else { return self.run_each(item) };
        match combined.run(item) {
            Ok(outputs) => Ok(outputs.first().map(firsts).unwrap_or_default()),
            Err(JqError::Json(error)) => Err(EncodeError::Json(error)),
            // The combined filter has the limits of a single filter, so the item may still pass
            // each filter by itself. Otherwise, `run_each` names the option with the error.
            Err(_) => self.run_each(item),
        }
    }

    /// Returns the first output of each filter, and runs one filter after the other.
    fn run_each(&self, item: &Bytes) -> Result<Vec<Option<Bytes>>, EncodeError> {
        let mut outputs = Vec::new();
        for (option, value) in &self.options {
            if let Choice::Filter(filter) = &value.0 {
                let named = |source: JqError| match source {
                    JqError::Json(error) => EncodeError::Json(error),
                    source => EncodeError::Filter { option: option.clone(), source },
                };
                outputs.push(filter.run(item).map_err(named)?.into_iter().next());
            }
        }
        Ok(outputs)
    }
}

/// Checks that an item is one JSON value.
fn check(item: &[u8]) -> Result<(), EncodeError> {
    let located = |error: JsonSyntaxError| EncodeError::Json(error.in_text(item));
    let text = str::from_utf8(item).map_err(|error| located(error.into()))?;
    let value = JsonScanner::new(text).only_value_within(JqLimits::MAX_NESTING);
    value.map(drop).map_err(located)
}

/// Returns the first item of each array in an array.
fn firsts(arrays: &Bytes) -> Vec<Option<Bytes>> {
    let mut firsts = Vec::new();
    // The text is the output of a filter, so that no read fails.
    let text = str::from_utf8(arrays).unwrap_or_default();
    let mut scanner = JsonScanner::new(text);
    if scanner.array().is_err() {
        return firsts;
    }
    while scanner.item() == Ok(true) {
        let Ok(array) = scanner.value() else { break };
        let mut scanner = JsonScanner::new(array);
        let first = match scanner.array().and_then(|()| scanner.item()) {
            Ok(true) => scanner.value().ok(),
            Ok(false) | Err(_) => None,
        };
        firsts.push(first.map(|json| arrays.slice_ref(json.as_bytes())));
    }
    firsts
}

impl FieldText<'_> {
    /// Returns an error about the value. `problem` is the rest of a sentence, such as "is missing".
    pub(super) fn error(&self, problem: &'static str) -> EncodeError {
        EncodeError::value(self.option, problem)
    }

    /// Returns the value as JSON, or `None` for null.
    pub(super) fn json(&self) -> Option<Cow<'_, str>> {
        match &self.value {
            Found::Constant(text) => Some(serde_json::Value::from(*text).to_string().into()),
            Found::Json(json) => Some(str::from_utf8(json).unwrap_or_default().into()),
            Found::Null => None,
        }
    }

    /// Returns the value as text: the decoded text of a string, the JSON of any other value, or
    /// `None` for null.
    pub(super) fn text(&self) -> Result<Option<Cow<'_, str>>, EncodeError> {
        match &self.value {
            Found::Constant(text) => Ok(Some(Cow::Borrowed(text))),
            Found::Null => Ok(None),
            Found::Json(json) => {
                let json = str::from_utf8(json).unwrap_or_default();
                if !json.starts_with('"') {
                    return Ok(Some(Cow::Borrowed(json)));
                }
                let text = exact_text(json);
                text.map(Some).ok_or_else(|| self.error("has half of a surrogate pair"))
            }
        }
    }

    /// Returns the value as a text that is not empty, or `None` for null and for an empty text.
    ///
    /// An array or an object is an error.
    pub(super) fn label(&self) -> Result<Option<Cow<'_, str>>, EncodeError> {
        if let Found::Json(json) = &self.value
            && json.starts_with(b"[")
        {
            return Err(self.error("is an array; it must be a text, a number or a boolean"));
        }
        if let Found::Json(json) = &self.value
            && json.starts_with(b"{")
        {
            return Err(self.error("is an object; it must be a text, a number or a boolean"));
        }
        Ok(self.text()?.filter(|text| !text.is_empty()))
    }
}
