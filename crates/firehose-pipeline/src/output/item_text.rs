use std::borrow::Cow;

use bytes::Bytes;
use firehose_core::{BoxError, JsonError, JsonSyntaxError};

use crate::{
    file::output::OutputFormat,
    items::{item::Item, item_kind::ItemKind},
};

/// Returns an item in the form of the output, without a delimiter.
pub(super) fn item_text(format: OutputFormat, item: &Item) -> Result<Cow<'_, [u8]>, BoxError> {
    let data = &item.data;
    Ok(match (format, item.kind) {
        (OutputFormat::Raw, _)
        | (OutputFormat::Text, ItemKind::Text | ItemKind::Bytes)
        | (OutputFormat::Json, ItemKind::Json) => Cow::Borrowed(data),
        (OutputFormat::JsonLines, ItemKind::Json) => on_one_line(data),
        (OutputFormat::Json | OutputFormat::JsonLines, ItemKind::Text | ItemKind::Bytes) => {
            Cow::Owned(serde_json::to_vec(text(data)?)?)
        }
        (OutputFormat::Text, ItemKind::Json) => match data.trim_ascii() {
            string @ [b'"', ..] => {
                Cow::Owned(serde_json::from_slice::<String>(string)?.into_bytes())
            }
            _ => on_one_line(data),
        },
    })
}

fn text(data: &Bytes) -> Result<&str, JsonError> {
    let located = |error| JsonError::from(JsonSyntaxError::from(error).in_text(data));
    std::str::from_utf8(data).map_err(located)
}

/// Returns JSON without its line breaks, which can only stand between tokens.
fn on_one_line(json: &Bytes) -> Cow<'_, [u8]> {
    let json = json.trim_ascii();
    if memchr::memchr2(b'\n', b'\r', json).is_none() {
        return Cow::Borrowed(json);
    }
    Cow::Owned(json.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect())
}
