use firehose_transforms::encode::{BulkAction, ElasticsearchBulk, Encode};
use schemars::JsonSchema;
use serde::Deserialize;

use super::value_text::{ValueText, set};

/// Options of `elasticsearch_bulk`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElasticsearchOptions {
    /// The action. Default: `index`.
    #[serde(default)]
    action: BulkAction,
    /// The index or the data stream. If the value is null or empty, the item fails. Default: none, so
    /// the URL of the bulk request must name the index.
    index: Option<ValueText>,
    /// The id of the document. If the value is null or empty, the item fails. Default: none, so a
    /// record that Firehose delivers twice becomes two documents.
    id: Option<ValueText>,
    /// The routing, which selects the shard. Left out if the value is null or empty.
    routing: Option<ValueText>,
    /// The ingest pipeline. Left out if the value is null or empty.
    pipeline: Option<ValueText>,
}

impl ElasticsearchOptions {
    pub(super) fn encoder(self) -> Result<Box<dyn Encode>, String> {
        let mut bulk = ElasticsearchBulk::new().with_action(self.action);
        if let Some(ValueText(index)) = self.index {
            bulk = bulk.with_index(index).map_err(|error| error.to_string())?;
        }
        bulk = set(bulk, self.id, ElasticsearchBulk::with_id);
        bulk = set(bulk, self.routing, ElasticsearchBulk::with_routing);
        bulk = set(bulk, self.pipeline, ElasticsearchBulk::with_pipeline);
        Ok(Box::new(bulk))
    }
}
