use std::sync::Arc;

use super::{
    super::{destination::Destination, endpoint::Endpoint, object_destination::ObjectDestination},
    http_client::HttpClient,
    http_endpoint::HttpEndpoint,
    open_search::OpenSearch,
    request_destination::RequestDestination,
    request_protocol::RequestProtocol,
    retrying_sender::RetryingSender,
    shown_responses::ShownResponses,
    splunk::Splunk,
    transport::Transport,
};
use crate::{
    delivery_stream::{DeliveryStream, DestinationConfig},
    observer::DeliveryObserver,
};

/// Creates a destination that sends requests to an endpoint. `errors` takes the failed records.
/// Requests take at most `memory` bytes.
///
/// # Errors
///
/// If the destination of the delivery stream takes no requests, or if the system has no root
/// certificates for `https`.
pub(crate) fn endpoint_destination(
    stream: &DeliveryStream,
    endpoint: &Endpoint,
    errors: ObjectDestination,
    memory: u64,
    observer: Arc<dyn DeliveryObserver>,
) -> Result<Box<dyn Destination>, String> {
    let max_reply = match &stream.destination {
        DestinationConfig::HttpEndpoint(_) => HttpEndpoint::MAX_REPLY,
        DestinationConfig::Splunk(_) => Splunk::MAX_REPLY,
        _ => OpenSearch::MAX_REPLY,
    };
    let transport = Arc::new(HttpClient::new(&endpoint.url, max_reply)?);
    let protocol = protocol(stream, endpoint, transport)?;
    let responses = ShownResponses::of(stream, endpoint);
    let sender = RetryingSender::new(&stream.name, protocol, responses, observer);
    let hints = stream.destination.buffering();
    Ok(Box::new(RequestDestination::new(sender, hints, errors, memory)))
}

/// Creates the request protocol of a delivery stream.
pub(super) fn protocol(
    stream: &DeliveryStream,
    endpoint: &Endpoint,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn RequestProtocol>, String> {
    let Endpoint { url, retry_duration } = endpoint;
    Ok(match &stream.destination {
        DestinationConfig::HttpEndpoint(config) => {
            let mut config = config.clone();
            config.retry_duration = retry_duration.unwrap_or(config.retry_duration);
            Arc::new(HttpEndpoint::new(&stream.name, config, url.clone(), transport))
        }
        DestinationConfig::Splunk(config) => {
            let mut config = config.clone();
            config.retry_duration = retry_duration.unwrap_or(config.retry_duration);
            let delimiter: &[u8] = if stream.append_delimiter { b"\n" } else { b"" };
            Arc::new(Splunk::new(config, delimiter, url, transport))
        }
        DestinationConfig::OpenSearch(config) => {
            let mut config = config.clone();
            config.retry_duration = retry_duration.unwrap_or(config.retry_duration);
            Arc::new(OpenSearch::new(config, url, transport))
        }
        DestinationConfig::S3(_)
        | DestinationConfig::Redshift(_)
        | DestinationConfig::Snowflake(_)
        | DestinationConfig::Iceberg(_) => {
            let kind = stream.destination.kind();
            return Err(format!("records for {kind} cannot be sent to an endpoint"));
        }
    })
}
