use firehose_core::{JsonArray, JsonLines, JsonValues, Lines, Split};
use firehose_transforms::{
    cloudwatch_logs::CloudWatchLogs, compression::Decompressed, csv::CsvRows,
};
use kpl_aggregation::KplUserRecords;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    decompress::DecompressOptions,
    one_or_many::OneOrMany,
    short_or_long::{ShortForm, ShortOrLong},
};
use crate::items::{item_kind::ItemKind, whole_record::WholeRecord};

/// The form of the records, and how to split them into items.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The form of the records.
    pub(crate) format: InputFormat,
    /// The form of the messages of CloudWatch Logs. Default: `text`.
    messages: Option<Messages>,
    /// The form of the user records of `kpl`. Default: `json`.
    user_records: Option<UserRecords>,
    /// The names of the columns of `csv`. Default: the first row of each record.
    fields: Option<OneOrMany<String>>,
    /// The delimiter of `csv`. Default: a comma.
    delimiter: Option<char>,
    /// The compression of the records, for any format. Default: none. `cloudwatch_logs` decompresses
    /// gzip by itself.
    decompress: Option<ShortOrLong<DecompressOptions>>,
}

/// The form of the records.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InputFormat {
    /// One JSON value per record.
    #[default]
    Json,
    /// Lines with one JSON value each.
    JsonLines,
    /// One JSON array per record. Its elements are the items.
    JsonArray,
    /// JSON values one after the other, with or without white space between them.
    JsonValues,
    /// One text per record.
    Text,
    /// Lines of text.
    Lines,
    /// Rows of CSV. An item is a JSON object with a text for each column.
    Csv,
    /// Bytes, which the pipeline passes on unchanged.
    Raw,
    /// Data of a CloudWatch Logs subscription. Its log events are the items.
    CloudwatchLogs,
    /// KPL aggregates. Their user records are the items.
    Kpl,
}

/// The form of the messages of CloudWatch Logs.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Messages {
    /// An item is a log event, and its message is a text.
    Text,
    /// An item is a log event, and its message is JSON if it is a JSON object or array.
    Json,
    /// An item is the text of a message.
    Only,
}

/// The form of the user records of a KPL aggregate.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UserRecords {
    /// A JSON value.
    Json,
    /// A text.
    Text,
}

impl ShortForm for Input {
    type Short = InputFormat;

    const SHORT: &'static str = "the name of a format";

    fn from_short(format: InputFormat) -> Self {
        Self { format, ..Self::default() }
    }
}

impl Input {
    /// Checks that each option belongs to the format.
    pub(crate) fn check(&self) -> Result<(), String> {
        let unused = |option: &str, format: &str| {
            Err(format!("`{option}` has an effect only with `format: {format}`; remove it"))
        };
        let options = [
            ("messages", self.messages.is_some(), InputFormat::CloudwatchLogs, "cloudwatch_logs"),
            ("user_records", self.user_records.is_some(), InputFormat::Kpl, "kpl"),
            ("fields", self.fields.is_some(), InputFormat::Csv, "csv"),
            ("delimiter", self.delimiter.is_some(), InputFormat::Csv, "csv"),
        ];
        for (option, is_set, format, name) in options {
            if is_set && self.format != format {
                return unused(option, name);
            }
        }
        Ok(())
    }

    /// Returns the splitter of the records.
    ///
    /// # Errors
    ///
    /// If an option is not valid.
    pub(crate) fn splitter(&self) -> Result<Box<dyn Split>, String> {
        let splitter = self.splitter_of_format()?;
        Ok(match &self.decompress {
            Some(options) => Box::new(Decompressed::new(options.0.decompress()?, splitter)),
            None => splitter,
        })
    }

    fn splitter_of_format(&self) -> Result<Box<dyn Split>, String> {
        Ok(match self.format {
            InputFormat::Json | InputFormat::Text | InputFormat::Raw => Box::new(WholeRecord),
            InputFormat::JsonLines => Box::new(JsonLines),
            InputFormat::JsonArray => Box::new(JsonArray),
            InputFormat::JsonValues => Box::new(JsonValues),
            InputFormat::Lines => Box::new(Lines),
            InputFormat::CloudwatchLogs => Box::new(match self.messages {
                None | Some(Messages::Text) => CloudWatchLogs::events(),
                Some(Messages::Json) => CloudWatchLogs::events().with_json_messages(),
                Some(Messages::Only) => CloudWatchLogs::messages(),
            }),
            InputFormat::Kpl => Box::new(KplUserRecords),
            InputFormat::Csv => Box::new(self.csv_rows()?),
        })
    }

    fn csv_rows(&self) -> Result<CsvRows, String> {
        let rows = match &self.fields {
            None => CsvRows::with_header(),
            Some(OneOrMany(names)) => {
                let delimiter = self.delimiter.unwrap_or(',');
                if let [name] = names.as_slice()
                    && name.contains(delimiter)
                {
                    return Err(format!(
                        "fields: the name `{name}` has a delimiter; write a list, such as [id, name]"
                    ));
                }
                CsvRows::with_names(names).map_err(|error| format!("fields: {error}"))?
            }
        };
        match self.delimiter {
            Some(delimiter) => rows.with_delimiter(delimiter).map_err(|error| error.to_string()),
            None => Ok(rows),
        }
    }

    /// Returns the kind of the items.
    pub(crate) fn kind(&self) -> ItemKind {
        match self.format {
            InputFormat::Json
            | InputFormat::JsonLines
            | InputFormat::JsonArray
            | InputFormat::JsonValues
            | InputFormat::Csv => ItemKind::Json,
            InputFormat::Text | InputFormat::Lines => ItemKind::Text,
            InputFormat::Raw => ItemKind::Bytes,
            InputFormat::CloudwatchLogs => match self.messages {
                Some(Messages::Only) => ItemKind::Text,
                None | Some(Messages::Text | Messages::Json) => ItemKind::Json,
            },
            InputFormat::Kpl => match self.user_records {
                None | Some(UserRecords::Json) => ItemKind::Json,
                Some(UserRecords::Text) => ItemKind::Text,
            },
        }
    }

    /// Returns `true` if the splitter writes the items, as valid JSON or text, instead of cutting them
    /// out of the record.
    pub(crate) fn makes_items(&self) -> bool {
        matches!(self.format, InputFormat::CloudwatchLogs | InputFormat::Csv)
    }

    /// Returns `true` if a record may have several items.
    pub(crate) fn may_have_several_items(&self) -> bool {
        !matches!(self.format, InputFormat::Json | InputFormat::Text | InputFormat::Raw)
    }
}
