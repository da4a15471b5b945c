use firehose_core::{JsonArray, JsonLines, JsonValues, Lines, Split};
use firehose_transforms::{
    cloudwatch_logs::CloudWatchLogs, compression::Decompressed, csv::CsvRows,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    decompress::DecompressOptions,
    one_or_many::OneOrMany,
    short_or_long::{ShortForm, ShortOrLong},
};
use crate::items::{item_kind::ItemKind, kpl_records::KplRecords, whole_record::WholeRecord};

/// The format of the records, which determines how they are split into items.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The format of the records.
    pub(crate) format: InputFormat,
    /// The form of the messages of `cloudwatch_logs`. Default: `text`.
    messages: Option<Messages>,
    /// The form of the user records of `kpl`. Default: `json`.
    user_records: Option<UserRecords>,
    /// The names of the columns of `csv`. Default: the fields in the first row of each record, so that
    /// a record of one row has no items and is dropped. Rows that are equal to the names are left out.
    fields: Option<OneOrMany<String>>,
    /// The delimiter of `csv`. Default: a comma.
    delimiter: Option<char>,
    /// The compression of the records, for any format. Default: none, except that `cloudwatch_logs`
    /// always decompresses its records, as `auto` does.
    decompress: Option<ShortOrLong<DecompressOptions>>,
}

/// The format of the records.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InputFormat {
    /// One JSON value per record.
    #[default]
    Json,
    /// One JSON value per line.
    JsonLines,
    /// One JSON array per record. Its elements are the items.
    JsonArray,
    /// JSON values one after the other, with or without white space between them.
    JsonValues,
    /// One text per record: the whole record in UTF-8.
    Text,
    /// One text per line.
    Lines,
    /// Rows of CSV. An item is a JSON object with a string for each column.
    Csv,
    /// Any bytes. A file with `raw` cannot have steps.
    Raw,
    /// Data of a CloudWatch Logs subscription. Its log events are the items.
    CloudwatchLogs,
    /// KPL aggregates. Their user records are the items. A record that is not an aggregate is one
    /// item. An aggregate that is damaged always fails.
    Kpl,
}

/// The form of the messages of `cloudwatch_logs`.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Messages {
    /// An item is a log event. Its message is a string.
    Text,
    /// An item is a log event. A message that holds a JSON object or array becomes JSON. Any other
    /// message stays a string.
    Json,
    /// An item is the text of a message, without the other fields of the log event.
    Only,
}

/// The form of the user records of a KPL aggregate.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UserRecords {
    /// Each user record is a JSON value.
    Json,
    /// Each user record is a text.
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
            InputFormat::Kpl => Box::new(KplRecords),
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

    /// Returns `true` if the splitter guarantees that each item is valid JSON or text, so that the
    /// pipeline need not check it.
    pub(crate) fn makes_items(&self) -> bool {
        matches!(self.format, InputFormat::CloudwatchLogs | InputFormat::Csv)
    }

    /// Returns `true` if a record may have several items.
    pub(crate) fn may_have_several_items(&self) -> bool {
        !matches!(self.format, InputFormat::Json | InputFormat::Text | InputFormat::Raw)
    }
}
