use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// The length of a typical payload.
const PAYLOAD_BYTES: usize = 500;

/// Returns an event of a little less than `bytes` bytes, the same each time.
///
/// The records come from a Kinesis data stream. Each is a JSON object of numbers, of at least
/// [`PAYLOAD_BYTES`] bytes. Numbers are below 1000, so that the response with their squares is not
/// longer than the event. Fractions are quarters, so that squares of doubles are exact.
pub(crate) fn event(bytes: usize) -> String {
    let mut random = Random(1);
    let mut event = json!({
        "invocationId": "b0a5c9de-2d9f-4d4f-8a39-3f2d6f3d7c11",
        "sourceKinesisStreamArn": "arn:aws:kinesis:us-east-1:123456789012:stream/source",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/processed",
        "region": "us-east-1",
        "records": [],
    });
    let mut records = Vec::new();
    let mut left = bytes.saturating_sub(event.to_string().len());
    loop {
        let record = record(records.len(), &mut random);
        // The comma after the record counts too.
        match left.checked_sub(record.to_string().len() + 1) {
            Some(rest) => left = rest,
            None => break,
        }
        records.push(record);
    }
    event["records"] = records.into();
    event.to_string()
}

fn record(number: usize, random: &mut Random) -> Value {
    let sequence_number = format!("49572672223665514422805246926656954630972486059535{number:06}");
    let arrival_time = 1_767_225_600_000_u64 + number as u64;
    json!({
        "recordId": format!("{sequence_number}000000"),
        "approximateArrivalTimestamp": arrival_time,
        "data": STANDARD.encode(payload(random)),
        "kinesisRecordMetadata": {
            "shardId": format!("shardId-{:012}", random.below(4)),
            "partitionKey": format!("{:016x}{:016x}", random.next(), random.next()),
            "approximateArrivalTimestamp": arrival_time,
            "sequenceNumber": sequence_number,
            "subsequenceNumber": 0,
        },
    })
}

fn payload(random: &mut Random) -> String {
    let mut object = Map::new();
    // The braces. Each member adds its quotes, colon and comma.
    let mut bytes = 2;
    while bytes < PAYLOAD_BYTES {
        let key = format!("measurement_{}", object.len());
        let magnitude = random.below(1000) as i64;
        let value = match random.below(4) {
            0 => Value::from(-magnitude),
            1 => Value::from(magnitude as f64 + random.below(4) as f64 / 4.0),
            _ => Value::from(magnitude),
        };
        bytes += key.len() + value.to_string().len() + 4;
        object.insert(key, value);
    }
    Value::Object(object).to_string()
}

/// An xorshift generator, with the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
