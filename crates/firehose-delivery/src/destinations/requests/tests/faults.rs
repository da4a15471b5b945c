use super::{
    super::{http_request::HttpReply, scripted_endpoint::Answer, transport::TransportError},
    delivery::{deliver, http, open_search, splunk},
};
use crate::delivery_stream::DestinationConfig;

/// The faults of an endpoint, with the error codes of an HTTP endpoint, Splunk and OpenSearch.
#[tokio::test(start_paused = true)]
async fn every_fault_has_an_error_code_and_accounts_for_every_record() {
    let reply = |status: u16, body: &str| {
        let body = body.to_owned().into();
        let json = Some("application/json".to_owned());
        Answer::Reply(HttpReply {
            status,
            content_type: json,
            is_encoded: false,
            has_length: true,
            body,
        })
    };
    let faults = [
        ("no connection", Answer::Fail(TransportError::Connect("refused".to_owned()))),
        ("no TLS", Answer::Fail(TransportError::Tls("bad certificate".to_owned()))),
        ("closed early", Answer::Fail(TransportError::Closed("end of file".to_owned()))),
        ("too long", Answer::Fail(TransportError::TooLong(9))),
        ("bad header", Answer::Fail(TransportError::Header("X-Key"))),
        ("no answer", Answer::Hang),
        ("malformed JSON", reply(200, "{\"requestId\":")),
        ("another document", reply(200, "{\"a\":1}")),
        ("no content", reply(200, "")),
        ("302", reply(302, "")),
        ("400", reply(400, "no")),
        ("401", reply(401, "no")),
        ("404", reply(404, "no")),
        ("429", reply(429, "slow down")),
        ("500", reply(500, "no")),
        ("503", reply(503, "busy")),
    ];
    let mut table = Vec::new();
    for (name, fault) in faults {
        let configs: [DestinationConfig; 3] =
            [http().into(), splunk().into(), open_search().into()];
        let mut codes = Vec::new();
        for config in configs {
            let fault = fault.clone();
            let found = deliver(config, &["{}", "{\"a\":1}"], move |_, _| fault.clone()).await;
            assert_eq!(found.delivered, 0, "{name}");
            assert_eq!(found.lines.len(), 2, "{name}");
            codes.extend(found.failed.into_keys());
        }
        table.push(format!("{name}: {}", codes.join(", ")));
    }
    insta::assert_snapshot!(table.join("\n"), @r"
    no connection: HttpEndpoint.ConnectionFailed, Splunk.InvalidEndpoint, OS.ConnectionFailed
    no TLS: HttpEndpoint.SSLHandshakeFailure, Splunk.SSLHandshake, OS.ConnectionFailed
    closed early: HttpEndpoint.ConnectionReset, Splunk.ConnectionClosed, OS.ConnectionReset
    too long: HttpEndpoint.ResponseTooLarge, Splunk.InvalidHecResponseCharacter, OS.ClusterError
    bad header: HttpEndpoint.MakeRequestFailure.IllegalCharacterInHeaderValue, Splunk.InvalidToken, OS.ClusterError
    no answer: HttpEndpoint.RequestTimeout, Splunk.ConnectionTimeout, OS.RequestTimeout
    malformed JSON: HttpEndpoint.InvalidResponseFromDestination, Splunk.InvalidHecResponseCharacter, OS.ClusterError
    another document: HttpEndpoint.InvalidResponseFromDestination, Splunk.DisabledAck, OS.ClusterError
    no content: HttpEndpoint.InvalidResponseFromDestination, Splunk.InvalidHecResponseCharacter, OS.ClusterError
    302: HttpEndpoint.InvalidStatusCode, Splunk.ServerError, OS.ClusterError
    400: HttpEndpoint.DestinationException, Splunk.ServerError, OS.ClusterError
    401: HttpEndpoint.DestinationException, Splunk.InvalidToken, OS.AccessDenied
    404: HttpEndpoint.DestinationException, Splunk.URLNotFound, OS.ResourceNotFound
    429: HttpEndpoint.DestinationException, Splunk.IndexerBusy, OS.ClusterError
    500: HttpEndpoint.DestinationException, Splunk.ServerError, OS.ClusterError
    503: HttpEndpoint.DestinationException, Splunk.IndexerBusy, OS.ClusterError
    ");
}
