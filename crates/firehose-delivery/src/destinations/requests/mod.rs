//! Destinations that send requests to an endpoint: HTTP endpoints, Splunk, and OpenSearch or
//! Elasticsearch.
//!
//! `RequestDestination` collects the records into batches, `RetryingSender` sends each batch, and a
//! `RequestProtocol` defines the requests and the responses of one kind of destination. A
//! `Transport` carries the requests: `HttpClient`, or a script in tests.

mod bulk_reply;
#[cfg(test)]
mod conformance_tests;
mod endpoint_destination;
mod http_client;
mod http_endpoint;
mod http_endpoint_reply;
mod http_request;
mod index_name;
mod open_search;
mod request_batch;
mod request_destination;
mod request_protocol;
mod retry_policy;
mod retrying_sender;
#[cfg(test)]
mod scripted_endpoint;
mod shown_responses;
mod splunk;
mod splunk_reply;
#[cfg(test)]
mod tests;
mod transport;

pub(crate) use endpoint_destination::endpoint_destination;
