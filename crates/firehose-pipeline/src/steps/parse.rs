use std::str;

use firehose_core::{BoxError, Record};
use firehose_transforms::parse::{FormatOptions, LineFormat, Parse, Parsed};
use schemars::JsonSchema;
use serde::Deserialize;

use super::step_options::StepOptions;
use crate::{
    file::{
        one_or_many::OneOrMany,
        short_or_long::{ShortForm, ShortOrLong},
        unique_names::UniqueNames,
    },
    items::{
        item::Item,
        item_kind::ItemKind,
        step::{ItemStep, Next},
    },
};

/// The format of the lines, with options.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParseOptions {
    /// The name of the format, such as `apache_combined`.
    format: String,
    /// The path of the field that holds the line. Default: the whole item is the line.
    from: Option<String>,
    /// The path of the field that receives the parsed fields. Default: the parsed fields become
    /// top-level fields of the item.
    into: Option<String>,
    /// The names of the fields in their order, for `csv` and for logs whose fields are configurable.
    fields: Option<OneOrMany<String>>,
    /// The regular expression of `regex`, or the pattern of `grok`.
    pattern: Option<String>,
    /// Named patterns that the pattern of `grok` can use.
    #[serde(default)]
    definitions: UniqueNames<String>,
    /// The delimiter of `csv`. Default: a comma.
    delimiter: Option<char>,
    /// The time zone of times that do not name one, such as `+02:00`. Default: `UTC`.
    time_zone: Option<String>,
}

impl ShortForm for ParseOptions {
    type Short = String;

    const SHORT: &'static str = "the name of a format";

    fn from_short(format: String) -> Self {
        Self { format, ..Self::default() }
    }
}

impl StepOptions for ShortOrLong<ParseOptions> {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0;
        let mut format = FormatOptions::default();
        if let Some(fields) = options.fields {
            format = format.with_fields(fields.0);
        }
        if let Some(pattern) = options.pattern {
            format = format.with_pattern(pattern);
        }
        for (name, pattern) in options.definitions.0 {
            format = format.with_definition(name, pattern);
        }
        if let Some(delimiter) = options.delimiter {
            format = format.with_delimiter(delimiter);
        }
        if let Some(time_zone) = options.time_zone {
            format = format.with_time_zone(time_zone);
        }
        let mut parse = Parse::new(LineFormat::with_options(&options.format, &format)?);
        let line = match (&options.from, options.format.as_str()) {
            (Some(_), _) => LineIn::Field,
            (None, "waf") => LineIn::JsonItem,
            (None, _) => LineIn::TextItem,
        };
        if let Some(path) = &options.from {
            parse = parse.with_from(path)?;
        }
        if let Some(path) = &options.into {
            parse = parse.with_into(path)?;
        }
        Ok(Box::new(ParseStep { parse, line }))
    }
}

#[derive(Debug)]
struct ParseStep {
    parse: Parse,
    line: LineIn,
}

/// The part of an item that is the line.
#[derive(Clone, Copy, Debug)]
enum LineIn {
    /// A field of a JSON object.
    Field,
    /// The whole item, a text.
    TextItem,
    /// The whole item, whose format is itself JSON.
    JsonItem,
}

impl ItemStep for ParseStep {
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str> {
        match (self.line, input) {
            (LineIn::Field, ItemKind::Json)
            | (LineIn::TextItem, ItemKind::Text)
            | (LineIn::JsonItem, ItemKind::Json | ItemKind::Text) => Ok(ItemKind::Json),
            (LineIn::TextItem, ItemKind::Json) => {
                Err("reads text; set `from` to the path of the field with the text")
            }
            (LineIn::TextItem, ItemKind::Bytes) => Err("reads text"),
            (LineIn::Field | LineIn::JsonItem, _) => Err("reads JSON"),
        }
    }

    fn apply(&self, record: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError> {
        let mut object = Vec::with_capacity(2 * item.data.len());
        let line = str::from_utf8(&item.data)?;
        match self.parse.parse_payload(line, record.arrival_time(), &mut object)? {
            Parsed::Object => next(Item::json(object)),
            // A header line has no output.
            Parsed::Header => Ok(()),
        }
    }
}
