use std::{collections::BTreeMap, time::Duration};

use clap::Args;

use super::{super::command_error::CommandError, template_args::parse_assignment};
use firehose_delivery::{delivery_stream::DeliveryStream, run::Endpoint};

/// The endpoints of destinations.
#[derive(Args, Debug)]
#[command(next_help_heading = "Endpoints")]
pub(super) struct EndpointArgs {
    /// Send the records of a delivery stream to a URL, in the requests of Firehose; may be repeated
    ///
    /// STREAM is the name or the logical id of a delivery stream whose destination is an HTTP
    /// endpoint, Splunk, OpenSearch or Elasticsearch. Without this option, the records go to the
    /// store. The access key or the token of the template is part of the requests.
    #[arg(long = "endpoint", value_name = "STREAM=URL", value_parser = parse_endpoint,
          conflicts_with = "delivery_stream")]
    pub(super) endpoints: Vec<(String, Endpoint)>,

    /// Time for retries of a request, in place of the template's RetryOptions, 0 to 7200
    #[arg(long, value_name = "SECONDS", requires = "endpoints",
          value_parser = clap::value_parser!(u64).range(0..=7200))]
    pub(super) endpoint_retries: Option<u64>,
}

impl EndpointArgs {
    /// Returns the endpoints by the names of delivery streams, and the notes on the destinations
    /// of the selected delivery streams. `name_of` returns the name of a stream, given its name or its
    /// logical id.
    pub(super) fn endpoints<'a>(
        &'a self,
        streams: &[impl AsRef<DeliveryStream>],
        name_of: impl Fn(&'a str) -> &'a str,
    ) -> Result<(BTreeMap<String, Endpoint>, Vec<String>), CommandError> {
        let mut endpoints = BTreeMap::new();
        for (wanted, endpoint) in &self.endpoints {
            let name = name_of(wanted);
            let stream = streams.iter().map(AsRef::as_ref).find(|stream| stream.name == name);
            let Some(stream) = stream else {
                let reason = format!(
                    "--endpoint {wanted}: no delivery stream of this run has the name or the \
                     logical id {wanted}"
                );
                return Err(CommandError::usage(reason));
            };
            let kind = stream.destination.kind();
            if !kind.takes_endpoint() {
                let reason = format!(
                    "--endpoint {wanted}: the destination of this delivery stream is {kind}, which \
                     has no endpoint; remove the option"
                );
                return Err(CommandError::usage(reason));
            }
            let endpoint = match self.endpoint_retries {
                Some(seconds) => endpoint.clone().with_retry_duration(Duration::from_secs(seconds)),
                None => endpoint.clone(),
            };
            if endpoints.insert(name.to_owned(), endpoint).is_some() {
                let reason = format!("--endpoint {wanted}: this delivery stream has two endpoints");
                return Err(CommandError::usage(reason));
            }
        }
        let notes = streams.iter().map(AsRef::as_ref);
        let notes = notes.filter_map(|stream| note(stream, endpoints.get(&stream.name)));
        let notes = notes.collect();
        Ok((endpoints, notes))
    }
}

/// Returns the note on the destination of a delivery stream that takes an endpoint.
fn note(stream: &DeliveryStream, endpoint: Option<&Endpoint>) -> Option<String> {
    let (name, kind) = (&stream.name, stream.destination.kind());
    match endpoint {
        _ if !kind.takes_endpoint() => None,
        None => Some(format!(
            "{name}: the records for {kind} go to the store, below {}/; --endpoint {name}=URL sends \
             them to a server",
            kind.name()
        )),
        Some(endpoint) if kind.is_signed() => {
            Some(format!("{name}: the requests to {endpoint} are not signed with AWS credentials"))
        }
        Some(_) => None,
    }
}

/// Parses `STREAM=URL`.
fn parse_endpoint(text: &str) -> Result<(String, Endpoint), String> {
    let is_url = |stream: &str| stream.contains([':', '@', '?']);
    match parse_assignment(text) {
        // The text is a URL without a name. Reject it, so that no message shows its password as a name.
        Ok((stream, _)) if is_url(&stream) => Err("must be STREAM=URL".to_owned()),
        Ok((stream, url)) => Ok((stream, Endpoint::parse(&url)?)),
        Err(_) => Err("must be STREAM=URL".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_a_stream_and_a_url() {
        let (stream, endpoint) = parse_endpoint("Logs=http://localhost:1/a=b").unwrap();
        assert_eq!((&*stream, endpoint.to_string().as_str()), ("Logs", "http://localhost:1"));
        for no_name in ["http://localhost", "https://user:word@host/a=b", "host?key=secret"] {
            assert_eq!(parse_endpoint(no_name).unwrap_err(), "must be STREAM=URL");
        }
        let error = parse_endpoint("Logs=localhost:1").unwrap_err();
        assert_eq!(error, "the URL must begin with http:// or https:// and have a host");
    }
}
