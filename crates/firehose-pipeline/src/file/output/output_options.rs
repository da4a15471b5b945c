use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    csv_options::CsvOptions, elasticsearch_options::ElasticsearchOptions,
    loki_options::LokiOptions, splunk_options::SplunkOptions,
};
use crate::{
    file::short_or_long::ShortForm,
    output::{item_output::ItemOutput, output_format::OutputFormat},
};

/// The format of the outputs, with its options. The second paragraph of a format applies to all its
/// options.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "format", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum OutputOptions {
    /// Each item as JSON on a line of its own.
    JsonLines {},
    /// The only item of the record as JSON, without a newline.
    Json {},
    /// Each item as text with a newline. A JSON string is written without quotes and escapes.
    Text {},
    /// The only item of the record, byte by byte.
    Raw {},
    /// Each item as a row of CSV.
    Csv(CsvOptions),
    /// Each item as an event of Splunk's HTTP Event Collector.
    ///
    /// A value that begins with `.` is a jq filter of the item, and any other value is a constant. If
    /// `event` is null or empty, the item fails. Any other member whose value is null or empty is left out.
    SplunkHec(SplunkOptions),
    /// Each item as an action and a document for the bulk API of Elasticsearch and OpenSearch.
    ///
    /// A value that begins with `.` is a jq filter of the item, and any other value is a constant.
    ElasticsearchBulk(ElasticsearchOptions),
    /// The items of a record as a push request of Loki.
    ///
    /// A value that begins with `.` is a jq filter of the item, and any other value is a constant.
    Loki(LokiOptions),
}

/// The format of the outputs.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutputName {
    /// Each item as JSON on a line of its own.
    #[default]
    JsonLines,
    /// The only item of the record as JSON, without a newline.
    Json,
    /// Each item as text with a newline. A JSON string is written without quotes and escapes.
    Text,
    /// The only item of the record, byte by byte.
    Raw,
    /// Each item as a row of CSV. Needs the option `columns`.
    Csv,
    /// Each item as an event of Splunk's HTTP Event Collector.
    SplunkHec,
    /// Each item as an action and a document for the bulk API of Elasticsearch and OpenSearch.
    ElasticsearchBulk,
    /// The items of a record as a push request of Loki. Needs the option `labels`.
    Loki,
}

impl Default for OutputOptions {
    fn default() -> Self {
        Self::from_short(OutputName::default())
    }
}

impl ShortForm for OutputOptions {
    type Short = OutputName;

    const SHORT: &'static str = "the name of a format";

    fn from_short(name: OutputName) -> Self {
        match name {
            OutputName::JsonLines => Self::JsonLines {},
            OutputName::Json => Self::Json {},
            OutputName::Text => Self::Text {},
            OutputName::Raw => Self::Raw {},
            OutputName::Csv => Self::Csv(CsvOptions::default()),
            OutputName::SplunkHec => Self::SplunkHec(SplunkOptions::default()),
            OutputName::ElasticsearchBulk => {
                Self::ElasticsearchBulk(ElasticsearchOptions::default())
            }
            OutputName::Loki => Self::Loki(LokiOptions::default()),
        }
    }
}

impl OutputOptions {
    /// Returns the output with these options.
    pub(crate) fn output(self) -> Result<ItemOutput, String> {
        Ok(match self {
            Self::JsonLines {} => ItemOutput::Plain(OutputFormat::JsonLines),
            Self::Json {} => ItemOutput::Plain(OutputFormat::Json),
            Self::Text {} => ItemOutput::Plain(OutputFormat::Text),
            Self::Raw {} => ItemOutput::Plain(OutputFormat::Raw),
            Self::Csv(options) => ItemOutput::Encoded(options.encoder()?),
            Self::SplunkHec(options) => ItemOutput::Encoded(options.encoder()?),
            Self::ElasticsearchBulk(options) => ItemOutput::Encoded(options.encoder()?),
            Self::Loki(options) => ItemOutput::Encoded(options.encoder()?),
        })
    }
}
