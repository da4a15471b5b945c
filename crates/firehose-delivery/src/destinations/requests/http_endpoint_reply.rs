use serde::Deserialize;

use super::{http_request::HttpReply, request_protocol::AttemptFailure};
use crate::delivery_stream::HttpEndpointFailure;

/// Checks the response of an HTTP endpoint to the request with this id.
///
/// | response | outcome | source |
/// |---|---|---|
/// | 200, in the required format | delivered | [specification] |
/// | 200, in another format | `HttpEndpoint.InvalidResponseFromDestination`, repeated | [specification], [troubleshooting] |
/// | 413 | `HttpEndpoint.DestinationException`, not repeated | [specification] |
/// | another 2xx, 4xx or 5xx | `HttpEndpoint.DestinationException`, repeated | [specification] |
/// | any other status | `HttpEndpoint.InvalidStatusCode`, repeated | [specification] |
///
/// In the required format, the body is a JSON object with the `requestId` of the request, a
/// `timestamp` that is a number, and no other field but `errorMessage`. The content type is
/// `application/json`. The response has a `Content-Length`, and no `Content-Encoding`.
///
/// [specification]: https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
/// [troubleshooting]: https://docs.aws.amazon.com/firehose/latest/dev/http_troubleshooting.html
pub(super) fn check_reply(reply: &HttpReply, request_id: &str) -> Result<(), AttemptFailure> {
    match reply.status {
        200 => check_format(reply, request_id).map_err(|reason| {
            let raw = reply.shown();
            let response = format!(
                "Response for request {request_id} is not valid: {reason}. Raw response received: \
                 {raw}"
            );
            AttemptFailure::retryable(HttpEndpointFailure::InvalidResponse, response)
        }),
        413 => Err(AttemptFailure {
            is_final: true,
            is_lost_in_aws: true,
            ..AttemptFailure::retryable(HttpEndpointFailure::DestinationException, reply.shown())
        }),
        201..300 | 400..600 => {
            Err(AttemptFailure::retryable(HttpEndpointFailure::DestinationException, reply.shown()))
        }
        _ => {
            let failure = HttpEndpointFailure::InvalidStatusCode;
            Err(AttemptFailure::retryable(failure, reply.shown()))
        }
    }
}

/// The fields that a response may have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReplyFields {
    request_id: Option<String>,
    timestamp: Option<i64>,
    #[allow(dead_code)]
    error_message: Option<String>,
}

fn check_format(reply: &HttpReply, request_id: &str) -> Result<(), String> {
    let content_type = reply.content_type.as_deref().unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(match content_type {
            "" => "the header Content-Type is missing".to_owned(),
            other => format!("the content type is {other}, and must be application/json"),
        });
    }
    if reply.is_encoded {
        return Err("the header Content-Encoding must not be used".to_owned());
    }
    if !reply.has_length {
        return Err("the header Content-Length is missing".to_owned());
    }
    // serde would read a list of the right length as the fields.
    if reply.body.trim_ascii_start().starts_with(b"[") {
        return Err("the body is a list, and must be a JSON object".to_owned());
    }
    let fields: ReplyFields = serde_json::from_slice(&reply.body).map_err(|error| {
        format!("the body is not recognized as valid JSON or has unexpected fields ({error})")
    })?;
    match fields.request_id {
        None => return Err("requestId is missing".to_owned()),
        Some(id) if id != request_id => return Err(format!("requestId is {id}")),
        Some(_) => {}
    }
    match fields.timestamp {
        None => Err("timestamp is missing".to_owned()),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery_stream::DestinationFailure;

    fn reply(status: u16, body: &str) -> HttpReply {
        HttpReply {
            status,
            content_type: Some("application/json".to_owned()),
            is_encoded: false,
            has_length: true,
            body: body.to_owned().into(),
        }
    }

    fn outcome(reply: &HttpReply) -> String {
        match check_reply(reply, "id-1") {
            Ok(()) => "delivered".to_owned(),
            Err(AttemptFailure { failure, response, is_final, .. }) => {
                let DestinationFailure::HttpEndpoint(failure) = failure else { panic!() };
                let end = if is_final { " (final)" } else { "" };
                format!("{failure:?}{end}: {response}")
            }
        }
    }

    #[test]
    fn a_response_in_the_required_format_is_a_success() {
        for body in [
            r#"{"requestId": "id-1", "timestamp": 1578090903599}"#,
            r#"{"timestamp": 0, "errorMessage": null, "requestId": "id-1"}"#,
        ] {
            assert_eq!(outcome(&reply(200, body)), "delivered");
        }
        let typed = HttpReply {
            content_type: Some("Application/JSON; charset=utf-8".to_owned()),
            ..reply(200, r#"{"requestId": "id-1", "timestamp": 1}"#)
        };
        assert_eq!(outcome(&typed), "delivered");
    }

    #[test]
    fn a_response_in_another_format_is_a_failure() {
        let good = r#"{"requestId":"id-1","timestamp":1}"#;
        let cases = [
            reply(200, ""),
            reply(200, "{"),
            reply(200, r#"["id-1",1,null]"#),
            reply(200, r#"{"requestId":null}"#),
            reply(200, r#"{"requestId":"id-2","timestamp":1}"#),
            reply(200, r#"{"requestId":"id-1"}"#),
            reply(200, r#"{"requestId":"id-1","timestamp":"1"}"#),
            reply(200, r#"{"requestId":"id-1","timestamp":1,"ok":true}"#),
            HttpReply { content_type: None, ..reply(200, good) },
            HttpReply { content_type: Some("text/html".to_owned()), ..reply(200, good) },
            HttpReply { is_encoded: true, ..reply(200, good) },
            HttpReply { has_length: false, ..reply(200, good) },
        ];
        insta::assert_snapshot!(cases.iter().map(outcome).collect::<Vec<_>>().join("\n"), @r#"
        InvalidResponse: Response for request id-1 is not valid: the body is not recognized as valid JSON or has unexpected fields (EOF while parsing a value at line 1 column 0). Raw response received: 200
        InvalidResponse: Response for request id-1 is not valid: the body is not recognized as valid JSON or has unexpected fields (EOF while parsing an object at line 1 column 1). Raw response received: 200: {
        InvalidResponse: Response for request id-1 is not valid: the body is a list, and must be a JSON object. Raw response received: 200: ["id-1",1,null]
        InvalidResponse: Response for request id-1 is not valid: requestId is missing. Raw response received: 200: {"requestId":null}
        InvalidResponse: Response for request id-1 is not valid: requestId is id-2. Raw response received: 200: {"requestId":"id-2","timestamp":1}
        InvalidResponse: Response for request id-1 is not valid: timestamp is missing. Raw response received: 200: {"requestId":"id-1"}
        InvalidResponse: Response for request id-1 is not valid: the body is not recognized as valid JSON or has unexpected fields (invalid type: string "1", expected i64 at line 1 column 35). Raw response received: 200: {"requestId":"id-1","timestamp":"1"}
        InvalidResponse: Response for request id-1 is not valid: the body is not recognized as valid JSON or has unexpected fields (unknown field `ok`, expected one of `requestId`, `timestamp`, `errorMessage` at line 1 column 38). Raw response received: 200: {"requestId":"id-1","timestamp":1,"ok":true}
        InvalidResponse: Response for request id-1 is not valid: the header Content-Type is missing. Raw response received: 200: {"requestId":"id-1","timestamp":1}
        InvalidResponse: Response for request id-1 is not valid: the content type is text/html, and must be application/json. Raw response received: 200: {"requestId":"id-1","timestamp":1}
        InvalidResponse: Response for request id-1 is not valid: the header Content-Encoding must not be used. Raw response received: 200: {"requestId":"id-1","timestamp":1}
        InvalidResponse: Response for request id-1 is not valid: the header Content-Length is missing. Raw response received: 200: {"requestId":"id-1","timestamp":1}
        "#);
    }

    #[test]
    fn another_status_is_a_failure() {
        let cases = [201, 204, 302, 400, 413, 429, 500, 199, 600];
        let outcomes = cases.map(|status| outcome(&reply(status, "no")));
        insta::assert_snapshot!(outcomes.join("\n"), @r"
        DestinationException: 201: no
        DestinationException: 204: no
        InvalidStatusCode: 302: no
        DestinationException: 400: no
        DestinationException (final): 413: no
        DestinationException: 429: no
        DestinationException: 500: no
        InvalidStatusCode: 199: no
        InvalidStatusCode: 600: no
        ");
    }
}
