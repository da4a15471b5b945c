use schemars::JsonSchema;
use serde::Deserialize;

/// The form of the outputs.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutputFormat {
    /// Each item as JSON on a line of its own.
    #[default]
    JsonLines,
    /// The only item of the record as JSON, without a newline.
    Json,
    /// Each item as text with a newline. A JSON string is written without quotes and escapes.
    Text,
    /// The only item of the record, byte by byte.
    Raw,
}

impl OutputFormat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "json_lines",
            Self::Json => "json",
            Self::Text => "text",
            Self::Raw => "raw",
        }
    }

    /// Returns the delimiter that ends each item.
    pub(crate) fn delimiter(self) -> &'static str {
        match self {
            Self::JsonLines | Self::Text => "\n",
            Self::Json | Self::Raw => "",
        }
    }

    /// Returns `true` if a record may have only one output.
    pub(crate) fn is_single(self) -> bool {
        matches!(self, Self::Json | Self::Raw)
    }
}
