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
    /// The status: any JSON value, because one entry must not make the others unreadable.
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
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
    match (status_of(status), error) {
        (Some(200..300), None) => Ok(()),
        (Some(status), error) => {
            let text = error.map_or("the cluster gave no reason", RawValue::get);
            Err((SearchFailure::Rejected(status), start_of(text).to_owned()))
        }
        (None, error) => {
            let status = start_of(status.map_or("missing", RawValue::get));
            let error = start_of(error.map_or("the cluster gave no reason", RawValue::get));
            let text = format!("the status of the document is {status}: {error}");
            Err((SearchFailure::ClusterError, text))
        }
    }
}

/// Returns a status that is a whole number from 100 to 999.
fn status_of(status: Option<&RawValue>) -> Option<u16> {
    let number: f64 = status?.get().parse().ok()?;
    let is_status = number.fract() == 0.0 && (100.0..1000.0).contains(&number);
    // The number is in the range of the type.
    is_status.then_some(number as u16)
}

/// Returns the start of a text. A response may be long, and each failed document keeps its own
/// text.
fn start_of(text: &str) -> &str {
    &text[..text.floor_char_boundary(HttpReply::MAX_SHOWN)]
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
    fn an_entry_with_another_status_fails_its_document_alone() {
        let good = r#"{"index": {"status": 201}}"#;
        for status in ["70000", "-1", "99", "400.5", "\"400\"", "null", "{}", "1e99"] {
            let body =
                format!(r#"{{"items": [{good}, {{"index": {{"status": {status}}}}}, {good}]}}"#);
            let items = read(200, &body, 3).unwrap();
            assert_eq!((&items[0], &items[2]), (&Ok(()), &Ok(())), "{status}");
            let (failure, text) = items[1].as_ref().unwrap_err();
            assert_eq!(*failure, SearchFailure::ClusterError, "{status}");
            assert!(text.starts_with("the status of the document is "), "{text}");
        }
        for status in ["201.0", "2.01e2"] {
            let body = format!(r#"{{"items": [{{"index": {{"status": {status}}}}}]}}"#);
            assert_eq!(read(200, &body, 1), Ok(vec![Ok(())]), "{status}");
        }
        let missing = read(200, r#"{"items": [{"index": {}}]}"#, 1).unwrap();
        let text = "the status of the document is missing: the cluster gave no reason".to_owned();
        assert_eq!(missing, [Err((SearchFailure::ClusterError, text))]);
    }

    #[test]
    fn the_error_of_a_document_is_bounded() {
        let error = "x".repeat(1 << 20);
        let body = format!(r#"{{"items": [{{"index": {{"status": 400, "error": "{error}"}}}}]}}"#);
        let items = read(200, &body, 1).unwrap();
        assert_eq!(items[0].as_ref().unwrap_err().1.len(), HttpReply::MAX_SHOWN);
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
