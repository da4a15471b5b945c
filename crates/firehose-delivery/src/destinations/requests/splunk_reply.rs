use serde_json::Value;

use super::{http_request::HttpReply, request_protocol::AttemptFailure};
use crate::delivery_stream::SplunkFailure;

/// The answer to a question for an acknowledgment.
#[derive(Debug)]
pub(super) enum Acknowledgment {
    /// The records are indexed.
    Given,
    /// The records are not indexed yet, or the answer does not tell. The value is the answer.
    Pending(String),
    /// The collector will not acknowledge the records.
    Refused(AttemptFailure),
}

/// Reads the response to records. Returns the id of the acknowledgment.
///
/// The codes of the collector are those of
/// <https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector>. AWS
/// does not document which code of the collector leads to which error code of Firehose. The
/// assignment here follows the meanings of the codes. The request is sent again after any failure.
pub(super) fn read_reply(reply: &HttpReply) -> Result<u64, AttemptFailure> {
    let body: Option<Value> = serde_json::from_slice(&reply.body).ok();
    let code = body.as_ref().and_then(|body| body["code"].as_u64());
    if !(200..300).contains(&reply.status) || code.is_some_and(|code| code != 0) {
        return Err(AttemptFailure::retryable(failure_of(reply.status, code), reply.shown()));
    }
    let Some(body) = body.filter(Value::is_object) else {
        let failure = SplunkFailure::InvalidHecResponse;
        return Err(AttemptFailure::retryable(failure, reply.shown()));
    };
    body["ackId"]
        .as_u64()
        .ok_or_else(|| AttemptFailure::retryable(SplunkFailure::DisabledAck, reply.shown()))
}

/// Reads the response to a question for the acknowledgment with this id.
pub(super) fn read_ack(reply: &HttpReply, id: u64) -> Acknowledgment {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if (200..300).contains(&reply.status) {
        return match &body["acks"][id.to_string()] {
            Value::Bool(true) => Acknowledgment::Given,
            _ => Acknowledgment::Pending(reply.shown()),
        };
    }
    match failure_of(reply.status, body["code"].as_u64()) {
        failure @ (SplunkFailure::DisabledAck
        | SplunkFailure::ProxyWithoutStickySessions
        | SplunkFailure::UrlNotFound
        | SplunkFailure::InvalidToken
        | SplunkFailure::DisabledToken) => {
            Acknowledgment::Refused(AttemptFailure::retryable(failure, reply.shown()))
        }
        _ => Acknowledgment::Pending(reply.shown()),
    }
}

fn failure_of(status: u16, code: Option<u64>) -> SplunkFailure {
    match (status, code) {
        (_, Some(1)) => SplunkFailure::DisabledToken,
        (_, Some(2..=4)) => SplunkFailure::InvalidToken,
        (_, Some(5 | 6 | 12 | 13 | 15)) => SplunkFailure::InvalidDataFormat,
        (_, Some(7)) => SplunkFailure::InvalidIndex,
        (_, Some(9 | 18)) => SplunkFailure::IndexerBusy,
        (_, Some(10 | 11)) => SplunkFailure::ProxyWithoutStickySessions,
        (_, Some(14)) => SplunkFailure::DisabledAck,
        (401 | 403, _) => SplunkFailure::InvalidToken,
        (404, _) => SplunkFailure::UrlNotFound,
        (413, _) => SplunkFailure::ContentTooLarge,
        (429 | 503, _) => SplunkFailure::IndexerBusy,
        _ => SplunkFailure::ServerError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery_stream::{DeliveryFailure, DestinationFailure};

    fn reply(status: u16, body: &str) -> HttpReply {
        HttpReply { status, body: body.to_owned().into(), ..HttpReply::default() }
    }

    fn code(failure: DestinationFailure) -> &'static str {
        DeliveryFailure::from(failure).error_code()
    }

    #[test]
    fn a_success_has_the_id_of_an_acknowledgment() {
        let id = |body| read_reply(&reply(200, body)).map_err(|it| code(it.failure));
        assert_eq!(id(r#"{"text":"Success","code":0,"ackId":7}"#), Ok(7));
        assert_eq!(id(r#"{"ackId":0}"#), Ok(0));
        assert_eq!(id(r#"{"text":"Success","code":0}"#), Err("Splunk.DisabledAck"));
        assert_eq!(id("<html>"), Err("Splunk.InvalidHecResponseCharacter"));
        assert_eq!(id("[1]"), Err("Splunk.InvalidHecResponseCharacter"));
        assert_eq!(id(r#"{"code":9}"#), Err("Splunk.IndexerBusy"));
    }

    #[test]
    fn each_code_of_the_collector_has_an_error_code() {
        let found = [
            (403, "{\"code\":1}"),
            (401, "{\"code\":2}"),
            (403, "{\"code\":4}"),
            (400, "{\"code\":6}"),
            (400, "{\"code\":7}"),
            (500, "{\"code\":8}"),
            (503, "{\"code\":9}"),
            (400, "{\"code\":11}"),
            (400, "{\"code\":14}"),
            (404, "not found"),
            (413, ""),
            (302, ""),
            (502, "<html>"),
        ]
        .map(|(status, body)| {
            let failure = read_reply(&reply(status, body)).unwrap_err();
            assert!(!failure.is_final);
            code(failure.failure)
        });
        insta::assert_snapshot!(found.join("\n"), @r"
        Splunk.DisabledToken
        Splunk.InvalidToken
        Splunk.InvalidToken
        Splunk.InvalidDataFormat
        Splunk.InvalidIndex
        Splunk.ServerError
        Splunk.IndexerBusy
        Splunk.ProxyWithoutStickySessions
        Splunk.DisabledAck
        Splunk.URLNotFound
        Splunk.ServerError.ContentTooLarge
        Splunk.ServerError
        Splunk.ServerError
        ");
    }

    #[test]
    fn an_acknowledgment_is_given_pending_or_refused() {
        let ack = |status, body| match read_ack(&reply(status, body), 7) {
            Acknowledgment::Given => "given",
            Acknowledgment::Pending(_) => "pending",
            Acknowledgment::Refused(failure) => code(failure.failure),
        };
        assert_eq!(ack(200, r#"{"acks":{"7":true}}"#), "given");
        assert_eq!(ack(200, r#"{"acks":{"7":false}}"#), "pending");
        assert_eq!(ack(200, r#"{"acks":{"8":true}}"#), "pending");
        assert_eq!(ack(200, "no json"), "pending");
        assert_eq!(ack(503, ""), "pending");
        assert_eq!(ack(400, r#"{"code":14}"#), "Splunk.DisabledAck");
        assert_eq!(ack(400, r#"{"code":11}"#), "Splunk.ProxyWithoutStickySessions");
        assert_eq!(ack(404, ""), "Splunk.URLNotFound");
    }
}
