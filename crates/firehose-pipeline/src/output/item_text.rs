use firehose_core::BoxError;
use json_scanner::push_on_one_line;

use super::output_format::OutputFormat;
use crate::items::{item::Item, item_kind::ItemKind, utf8::utf8};

/// Appends an item in the output format, without a delimiter.
pub(super) fn push_item(
    out: &mut Vec<u8>,
    format: OutputFormat,
    item: &Item,
) -> Result<(), BoxError> {
    let data = &item.data;
    match (format, item.kind) {
        (OutputFormat::Raw, _)
        | (OutputFormat::Text, ItemKind::Text | ItemKind::Bytes)
        | (OutputFormat::Json, ItemKind::Json) => out.extend_from_slice(data),
        (OutputFormat::Json | OutputFormat::JsonLines, ItemKind::Text | ItemKind::Bytes) => {
            serde_json::to_writer(out, utf8(data)?)?;
        }
        (OutputFormat::JsonLines | OutputFormat::Text, ItemKind::Json) => {
            match (format, data.trim_ascii()) {
                (OutputFormat::Text, string @ [b'"', ..]) => {
                    out.extend_from_slice(serde_json::from_slice::<String>(string)?.as_bytes());
                }
                (_, json) => push_on_one_line(out, json),
            }
        }
    }
    Ok(())
}
