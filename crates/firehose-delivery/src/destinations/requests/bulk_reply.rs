use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::http_request::HttpReply;
use crate::delivery_stream::SearchFailure;

/// The outcome of one document: the failure and the error of the cluster.
pub(super) type BulkItem = Result<(), (SearchFailure, String)>;

/// The fields of a response that matter.
#[derive(Deserialize)]
struct BulkReply<'a> {
    #[serde(borrow)]
    items: Vec<ItemAction<'a>>,
}

/// The entry of a document. Requests have the action `index` only. An entry of the action `create`
/// is accepted too.
#[derive(Deserialize)]
struct ItemAction<'a> {
    #[serde(borrow, alias = "create")]
    index: ItemResult<'a>,
}

#[derive(Deserialize)]
struct ItemResult<'a> {
    status: u16,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// Reads the response to a bulk request with this number of documents. Returns the outcome of each
/// document.
///
/// A rejected document is sent again until the time for retries is over. Then it fails with the
/// status of its entry as the error code. AWS documents the code
/// (<https://docs.aws.amazon.com/firehose/latest/dev/retry.html#dd-retry-osss>), but not whether a
/// document that the mapping rejects is sent again: our choice.
///
/// # Errors
///
/// If the request failed as a whole, or if the response does not have one entry for each document.
pub(super) fn read_bulk_reply(
    reply: &HttpReply,
    documents: usize,
) -> Result<Vec<BulkItem>, SearchFailure> {
    match reply.status {
        200..300 => {}
        401 | 403 => return Err(SearchFailure::AccessDenied),
        404 => return Err(SearchFailure::ResourceNotFound),
        502 => return Err(SearchFailure::BadGateway),
        504 => return Err(SearchFailure::GatewayTimeout),
        _ => return Err(SearchFailure::ClusterError),
    }
    // serde would read a list as the fields.
    if !reply.body.trim_ascii_start().starts_with(b"{") {
        return Err(SearchFailure::ClusterError);
    }
    let body: BulkReply<'_> =
        serde_json::from_slice(&reply.body).map_err(|_| SearchFailure::ClusterError)?;
    match body.items.len().cmp(&documents) {
        Ordering::Greater => Err(SearchFailure::ResponseEntryCountMismatch),
        Ordering::Less => Err(SearchFailure::ClusterError),
        Ordering::Equal => Ok(body.items.iter().map(outcome).collect()),
    }
}

fn outcome(item: &ItemAction<'_>) -> BulkItem {
    let ItemResult { status, error } = item.index;
    match (status, error) {
        (200..300, None) => Ok(()),
        (status, error) => {
            let text = error.map_or("the cluster gave no reason", RawValue::get);
            Err((SearchFailure::Rejected(status), text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str, documents: usize) -> Result<Vec<BulkItem>, SearchFailure> {
        let body = body.to_owned().into();
        read_bulk_reply(&HttpReply { status, body, ..HttpReply::default() }, documents)
    }

    #[test]
    fn each_document_has_its_outcome() {
        let body = r#"{"took": 3, "errors": true, "items": [
            {"index": {"_index": "i", "_id": "1", "status": 201, "result": "created"}},
            {"index": {"_id": "2", "status": 400, "error": {"type": "mapper_parsing_exception"}}},
            {"create": {"_id": "3", "status": 429, "error": {"type": "es_rejected_execution_exception"}}}
        ]}"#;
        let items = read(200, body, 3).unwrap();
        assert_eq!(items[0], Ok(()));
        let error = |text: &str| format!(r#"{{"type": "{text}"}}"#);
        let parsing = error("mapper_parsing_exception");
        assert_eq!(items[1], Err((SearchFailure::Rejected(400), parsing)));
        let rejected = error("es_rejected_execution_exception");
        assert_eq!(items[2], Err((SearchFailure::Rejected(429), rejected)));
    }

    #[test]
    fn a_response_without_one_entry_for_each_document_fails_the_request() {
        let one = r#"{"items": [{"index": {"status": 201}}]}"#;
        assert_eq!(read(200, one, 1), Ok(vec![Ok(())]));
        assert_eq!(read(200, one, 0), Err(SearchFailure::ResponseEntryCountMismatch));
        for (status, body, documents, expected) in [
            (200, one, 2, SearchFailure::ClusterError),
            (200, "{}", 1, SearchFailure::ClusterError),
            (200, "<html>", 1, SearchFailure::ClusterError),
            (200, r#"[[{"index": {"status": 201}}]]"#, 1, SearchFailure::ClusterError),
            (200, r#"{"items": [{"delete": {"status": 200}}]}"#, 1, SearchFailure::ClusterError),
            (401, "", 1, SearchFailure::AccessDenied),
            (403, one, 1, SearchFailure::AccessDenied),
            (404, "", 1, SearchFailure::ResourceNotFound),
            (502, "", 1, SearchFailure::BadGateway),
            (504, "", 1, SearchFailure::GatewayTimeout),
            (503, "", 1, SearchFailure::ClusterError),
            (302, "", 1, SearchFailure::ClusterError),
        ] {
            assert_eq!(read(status, body, documents), Err(expected), "{status} {body}");
        }
    }
}
