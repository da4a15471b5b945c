use bytes::Bytes;
use firehose_core::Timestamp;
use json_scanner::push_on_one_line;

use super::{
    encoder::{Encode, transform_encoded},
    error::{EncodeError, InvalidEncoder},
    field_reader::FieldReader,
    field_value::FieldValue,
    index_name::check_index_name,
    json_members::JsonMembers,
};

/// An encoder of items for the bulk API of Elasticsearch and OpenSearch: a line with the action,
/// and a line with the document.
///
/// ```
/// use firehose_core::{Record, Transform};
/// use firehose_transforms::encode::ElasticsearchBulk;
///
/// let bulk = ElasticsearchBulk::new()
///     .with_index(r#". | "logs-" + .time[0:10]"#.parse()?)?
///     .with_id(".id".parse()?);
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let item = r#"{"id":7,"time":"2026-01-31T12:30:00Z"}"#;
/// let outcome = bulk.transform(Record::new("record-1", item)).await?;
/// let lines = concat!(
///     r#"{"index":{"_index":"logs-2026-01-31","_id":"7"}}"#,
///     "\n",
///     r#"{"id":7,"time":"2026-01-31T12:30:00Z"}"#,
/// );
/// assert_eq!(outcome.output().unwrap().data(), lines);
/// # Ok::<_, firehose_core::BoxError>(())
/// # }).unwrap();
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ElasticsearchBulk {
    action: BulkAction,
    metadata: FieldReader,
    /// The name of each member of `metadata`, in order, and `true` if it must have a value.
    members: Vec<(&'static str, bool)>,
}

/// The action of a bulk request for a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum BulkAction {
    /// Adds the document, or replaces the document with the same id. This is the default.
    #[default]
    Index,
    /// Adds the document, or fails if a document with the same id exists. Data streams accept only
    /// this action.
    Create,
}

impl ElasticsearchBulk {
    /// Creates an encoder for the action `index`, without the name of an index and without an id.
    ///
    /// If you set no index, the URL of the bulk request must contain the index.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the action. Default: [`BulkAction::Index`].
    #[must_use]
    pub fn with_action(mut self, action: BulkAction) -> Self {
        self.action = action;
        self
    }

    /// Sets the name of the index or data stream. An item for which the value is null or empty fails.
    ///
    /// # Errors
    ///
    /// If the value is a constant that is not the name of an index, such as `logs-{day}` or `Logs`.
    pub fn with_index(self, index: FieldValue) -> Result<Self, InvalidEncoder> {
        check_index_name(&index)?;
        Ok(self.with("_index", true, "index", index))
    }

    /// Sets the id of the document. An item for which the value is null or empty fails.
    ///
    /// Firehose may deliver a record more than once. With an id, Elasticsearch replaces the document.
    /// Without an id, Elasticsearch adds a document each time.
    #[must_use]
    pub fn with_id(self, id: FieldValue) -> Self {
        self.with("_id", true, "id", id)
    }

    /// Sets the routing, which selects the shard. The encoder omits a routing that is null or empty.
    #[must_use]
    pub fn with_routing(self, routing: FieldValue) -> Self {
        self.with("routing", false, "routing", routing)
    }

    /// Sets the ingest pipeline. The encoder omits a pipeline that is null or empty.
    #[must_use]
    pub fn with_pipeline(self, pipeline: FieldValue) -> Self {
        self.with("pipeline", false, "pipeline", pipeline)
    }

    fn with(
        mut self,
        name: &'static str,
        is_required: bool,
        option: &str,
        value: FieldValue,
    ) -> Self {
        if self.metadata.set(option, value).is_none() {
            self.members.push((name, is_required));
        }
        self
    }
}

impl Encode for ElasticsearchBulk {
    fn encode(
        &self,
        item: &Bytes,
        _: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        if !item.trim_ascii_start().starts_with(b"{") {
            return Err(EncodeError::Item("is not a JSON object"));
        }
        let action = match self.action {
            BulkAction::Index => "index",
            BulkAction::Create => "create",
        };
        let mut line = JsonMembers::begin(out);
        let mut metadata = JsonMembers::begin(line.key(action));
        for ((name, is_required), value) in self.members.iter().zip(self.metadata.read(item)?) {
            match value.label()? {
                Some(text) => metadata.text(name, &text),
                None if *is_required => return Err(value.error("is null or empty")),
                None => {}
            }
        }
        metadata.end();
        line.end();
        out.push(b'\n');
        push_on_one_line(out, item.trim_ascii());
        Ok(())
    }
}

transform_encoded!(ElasticsearchBulk);
