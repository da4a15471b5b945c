use firehose_transforms::encode::{BulkAction, ElasticsearchBulk, Encode};
use schemars::JsonSchema;
use serde::Deserialize;

use super::value_text::{ValueText, set};

/// Options of `elasticsearch_bulk`. A value that begins with `.` is a jq filter of the item, and any
/// other value is a constant.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElasticsearchOptions {
    /// The action. Default: `index`.
    #[serde(default)]
    action: BulkAction,
    /// The index or the data stream. Default: none, so that the URL of the request must name it. An
    /// item without a value fails.
    index: Option<ValueText>,
    /// The id of the document. Default: none, so that a record that Firehose delivers twice becomes
    /// two documents. An item without a value fails.
    id: Option<ValueText>,
    /// The routing, which chooses the shard. Left out for an item without a value.
    routing: Option<ValueText>,
    /// The ingest pipeline. Left out for an item without a value.
    pipeline: Option<ValueText>,
}

impl ElasticsearchOptions {
    pub(super) fn encoder(self) -> Box<dyn Encode> {
        let mut bulk = ElasticsearchBulk::new().with_action(self.action);
        bulk = set(bulk, self.index, ElasticsearchBulk::with_index);
        bulk = set(bulk, self.id, ElasticsearchBulk::with_id);
        bulk = set(bulk, self.routing, ElasticsearchBulk::with_routing);
        bulk = set(bulk, self.pipeline, ElasticsearchBulk::with_pipeline);
        Box::new(bulk)
    }
}
