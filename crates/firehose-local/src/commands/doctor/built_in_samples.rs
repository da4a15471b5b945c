use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    super::log_record::LogSource,
    good_sample::GoodSample,
    payload_kind::{PayloadKind, gzip},
};

/// A sample that a function may accept.
#[derive(Clone, Debug)]
pub(super) struct BuiltInSample {
    pub(super) name: &'static str,
    pub(super) payloads: Vec<Bytes>,
}

/// Returns the built-in samples, in the order in which they are tried.
pub(super) fn built_in_samples() -> Vec<BuiltInSample> {
    let sample = |name, payload: fn(usize) -> Bytes| BuiltInSample {
        name,
        payloads: (1..=GoodSample::NEIGHBOURS).map(payload).collect(),
    };
    vec![
        sample("JSON objects with usual fields", |number| json_text(&json_object(number))),
        sample("JSON objects of numbers", |number| {
            json_text(&json!({"a": number, "b": 2 * number}))
        }),
        sample("records of a DynamoDB stream", |number| json_text(&stream_record(number))),
        sample("events of EventBridge", |number| json_text(&event_bridge_event(number))),
        sample("CloudWatch Logs in gzip, with messages of text", |number| {
            log_record(&format!("INFO request {number} took 12 ms"))
        }),
        sample("CloudWatch Logs in gzip, with messages of JSON", |number| {
            log_record(&json_object(number).to_string())
        }),
        sample("JSON objects in gzip", |number| gzip(json_object(number).to_string().as_bytes())),
        sample("lines of an access log of Apache", |number| {
            let line = format!(
                "192.0.2.{number} - frank [01/Jan/2026:00:00:00 +0000] \"GET /a.gif HTTP/1.0\" 200 \
                 2326 \"http://example.com/start\" \"Mozilla/4.08\""
            );
            line.into()
        }),
        sample("lines of syslog", |number| {
            format!("Jan 11 00:00:0{number} host-1 app[123]: request {number} is done").into()
        }),
        sample("lines of a VPC flow log", |number| {
            let line = format!(
                "2 123456789010 eni-0123456789abcdef0 192.0.2.{number} 198.51.100.1 20641 22 6 20 \
                 4249 1767225600 1767225660 ACCEPT OK"
            );
            line.into()
        }),
        sample("lines of CSV", |number| format!("item-{number},{number},21.5,ok").into()),
        sample("lines of text", |number| format!("line {number} of a text").into()),
    ]
}

/// Returns an object with the fields that functions often read: those of readings, orders, log lines,
/// and of the demo data of the Firehose console.
pub(super) fn json_object(number: usize) -> Value {
    json!({
        "id": format!("item-{number}"),
        "name": format!("name {number}"),
        "type": "reading",
        "message": format!("reading {number} is complete"),
        "level": "INFO",
        "status": "ok",
        "timestamp": format!("2026-01-01T00:00:0{number}Z"),
        "value": 21.5,
        "count": number,
        "active": true,
        "temperature": 21.5,
        "humidity": 40,
        "device_id": format!("device-{number}"),
        "sensor_id": format!("sensor-{number}"),
        "user_id": format!("user-{number}"),
        "event_type": "click",
        "event_time": format!("2026-01-01T00:00:0{number}Z"),
        "user": {"id": format!("user-{number}"), "name": "Ana", "email": "ana@example.com"},
        "device": {"id": format!("device-{number}"), "name": "thermometer", "type": "sensor"},
        "customer": {"id": format!("customer-{number}"), "name": "Ana"},
        "tenant": {"id": "tenant-1", "name": "demo"},
        "location": {"lat": 48.1, "lon": 11.6, "city": "Munich", "country": "DE"},
        "email": "ana@example.com",
        "ip": "192.0.2.1",
        "amount": 10.5,
        "price": 84.51,
        "change": -0.05,
        "sector": "HEALTHCARE",
        "ticker_symbol": "QXZ",
        "tags": ["a", "b"],
    })
}

/// Returns an object with few fields, for functions that use each field as a number or as a text.
pub(super) fn small_object(number: usize) -> Value {
    json!({"id": format!("item-{number}")})
}

/// Returns a change in the form in which DynamoDB sends it to a Kinesis stream.
fn stream_record(number: usize) -> Value {
    let image = json!({
        "id": {"S": format!("item-{number}")},
        "name": {"S": format!("name {number}")},
        "count": {"N": number.to_string()},
    });
    json!({
        "awsRegion": "us-east-1",
        "eventID": format!("00000000-0000-4000-8000-00000000000{number}"),
        "eventName": "INSERT",
        "userIdentity": null,
        "recordFormat": "application/json",
        "tableName": "items",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_767_225_600_000_u64,
            "Keys": {"id": image["id"]},
            "NewImage": image,
            "SizeBytes": 60,
        },
        "eventSource": "aws:dynamodb",
    })
}

fn event_bridge_event(number: usize) -> Value {
    json!({
        "version": "0",
        "id": format!("00000000-0000-4000-8000-00000000000{number}"),
        "detail-type": "Order Placed",
        "source": "demo.orders",
        "account": "123456789012",
        "time": format!("2026-01-01T00:00:0{number}Z"),
        "region": "us-east-1",
        "resources": [],
        "detail": json_object(number),
    })
}

fn json_text(json: &Value) -> Bytes {
    json.to_string().into()
}

fn log_record(message: &str) -> Bytes {
    // The message is UTF-8, so the envelope can be written.
    let lines = [Bytes::copy_from_slice(message.as_bytes())];
    gzip(LogSource::EXAMPLE.envelope(&lines).unwrap_or_default().as_bytes())
}

impl BuiltInSample {
    pub(super) fn kind(&self) -> PayloadKind {
        self.payloads.first().map_or(PayloadKind::Text, PayloadKind::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_have_all_kinds_of_text() {
        let samples = built_in_samples();
        let count = |kind| samples.iter().filter(|it| it.kind() == kind).count();
        let kinds = [
            PayloadKind::Json,
            PayloadKind::CloudWatchLogs,
            PayloadKind::JsonInGzip,
            PayloadKind::Text,
        ];
        assert_eq!(kinds.map(count), [4, 2, 1, 5]);
        for sample in samples {
            assert!(sample.payloads.windows(2).all(|it| it[0] != it[1]), "{}", sample.name);
        }
    }
}
