use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use firehose_runtime::async_trait;
use reqwest::Url;
use serde_json::{Map, json};

use super::{
    bulk_reply::read_bulk_reply,
    http_request::HttpRequest,
    index_name::index_name,
    request_batch::RequestBatch,
    request_protocol::{Attempt, AttemptFailure, RequestProtocol},
    retry_policy::RetryPolicy,
    transport::{Transport, TransportError, post_within},
};
use crate::delivery_stream::{
    DestinationFailure, DestinationFields, DestinationKind, OpenSearchConfig, SearchFailure,
    SearchService, StreamRecord,
};

/// The protocol of bulk requests to OpenSearch, OpenSearch Serverless or Elasticsearch:
/// <https://docs.opensearch.org/latest/api-reference/document-apis/bulk/>.
#[derive(Debug)]
pub(super) struct OpenSearch {
    url: Url,
    config: OpenSearchConfig,
    transport: Arc<dyn Transport>,
}

impl OpenSearch {
    /// The time in which the cluster must respond. AWS does not document this time. Our choice:
    /// three minutes, as for an HTTP endpoint.
    const TIMEOUT: Duration = Duration::from_secs(180);

    /// The longest response. An entry takes about 200 bytes, and an entry of a rejected document
    /// about 1,000 bytes.
    pub(super) const MAX_REPLY: usize = 64 * 1024 * 1024;

    /// Creates the protocol for the cluster at `url`.
    pub(super) fn new(config: OpenSearchConfig, url: &Url, transport: Arc<dyn Transport>) -> Self {
        let mut url = url.clone();
        let path = url.path().trim_end_matches('/');
        if !path.ends_with("/_bulk") {
            let path = format!("{path}/_bulk");
            url.set_path(&path);
        }
        Self { url, config, transport }
    }

    fn index(&self, record: &StreamRecord) -> String {
        let OpenSearchConfig { index_name: name, rotation, .. } = &self.config;
        index_name(name, *rotation, record.arrival_timestamp)
    }

    /// Returns the id of a document, the same in each attempt. AWS documents only that the id is
    /// unique: <https://docs.aws.amazon.com/firehose/latest/APIReference/API_DocumentIdOptions.html>.
    fn document_id(&self, record: &StreamRecord) -> Option<String> {
        self.config.has_document_ids.then(|| record.data_id())
    }

    /// Returns two lines for each record: the action and the document.
    fn body<'a>(&self, records: impl Iterator<Item = &'a StreamRecord>) -> Bytes {
        let mut body = Vec::new();
        for record in records {
            let mut action = Map::from_iter([("_index".to_owned(), json!(self.index(record)))]);
            if let Some(type_name) = &self.config.type_name {
                action.insert("_type".to_owned(), json!(type_name));
            }
            if let Some(id) = self.document_id(record) {
                action.insert("_id".to_owned(), json!(id));
            }
            body.extend_from_slice(json!({ "index": action }).to_string().as_bytes());
            body.push(b'\n');
            body.extend_from_slice(record.data.trim_ascii());
            body.push(b'\n');
        }
        body.into()
    }

    fn failure(&self, failure: SearchFailure) -> DestinationFailure {
        match self.config.service {
            SearchService::Elasticsearch => DestinationFailure::Elasticsearch(failure),
            SearchService::OpenSearch | SearchService::OpenSearchServerless => {
                DestinationFailure::OpenSearch(failure)
            }
        }
    }
}

#[async_trait]
impl RequestProtocol for OpenSearch {
    fn kind(&self) -> DestinationKind {
        match self.config.service {
            SearchService::OpenSearch => DestinationKind::Opensearch,
            SearchService::OpenSearchServerless => DestinationKind::OpensearchServerless,
            SearchService::Elasticsearch => DestinationKind::Elasticsearch,
        }
    }

    fn retry_policy(&self) -> RetryPolicy {
        // <https://docs.aws.amazon.com/firehose/latest/APIReference/API_AmazonopensearchserviceRetryOptions.html>
        RetryPolicy { duration: self.config.retry_duration, includes_attempts: true }
    }

    /// Refuses an empty record, and a record that would break the lines of a request. White space
    /// around a document does not matter, so a newline at the end of a record is allowed: our
    /// choice.
    fn refusal(&self, data: &[u8]) -> Option<DestinationFailure> {
        let data = data.trim_ascii();
        let is_malformed = data.is_empty() || data.contains(&b'\n');
        is_malformed.then(|| self.failure(SearchFailure::MalformedData))
    }

    fn error_fields(&self, record: &StreamRecord) -> DestinationFields {
        let (document_id, index) = (self.document_id(record), self.index(record));
        match self.config.service {
            SearchService::OpenSearchServerless => {
                DestinationFields::OpenSearchServerless { document_id, index }
            }
            SearchService::OpenSearch | SearchService::Elasticsearch => {
                let type_name = self.config.type_name.clone();
                DestinationFields::Elasticsearch { document_id, index, type_name }
            }
        }
    }

    async fn attempt(&self, batch: &RequestBatch, pending: &[usize]) -> Attempt {
        let records = pending.iter().filter_map(|index| batch.records.get(*index));
        let headers = vec![("Content-Type", "application/x-ndjson".to_owned())];
        let request = HttpRequest { url: self.url.clone(), headers, body: self.body(records) };
        let failed =
            |failure, response: String| AttemptFailure::retryable(self.failure(failure), response);
        let reply = match post_within(&*self.transport, request, Self::TIMEOUT).await {
            Ok(reply) => reply,
            Err(error) => {
                return Attempt::Whole(Err(failed(failure_of(&error), error.to_string())));
            }
        };
        match read_bulk_reply(&reply, pending.len()) {
            Ok(items) => Attempt::Each(
                items
                    .into_iter()
                    .map(|item| item.map_err(|(failure, response)| failed(failure, response)))
                    .collect(),
            ),
            Err(failure) => Attempt::Whole(Err(failed(failure, reply.shown()))),
        }
    }
}

fn failure_of(error: &TransportError) -> SearchFailure {
    match error {
        TransportError::Connect(_) | TransportError::Tls(_) => SearchFailure::ConnectionFailed,
        TransportError::TimedOut(_) => SearchFailure::RequestTimeout,
        TransportError::Closed(_) => SearchFailure::ConnectionReset,
        TransportError::TooLong(_) | TransportError::Header(_) => SearchFailure::ClusterError,
    }
}
