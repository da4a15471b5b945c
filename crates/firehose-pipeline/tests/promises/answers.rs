//! The answers of a handler to an event, with its log.

use std::{
    io,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use firehose_pipeline::Pipeline;
use firehose_runtime::{
    Event, Handler, Report,
    contract::{ExpectedAnswer, judge},
};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

/// The source of the records of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EventSource {
    DirectPut,
    Kinesis,
    Msk,
}

/// The payload of a record in an event.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Data(Vec<u8>),
    NotBase64,
    Missing,
}

/// Returns an event with these records. The id of a record has its number.
pub(crate) fn event<'a>(
    source: EventSource,
    records: impl IntoIterator<Item = (usize, &'a Payload)>,
) -> String {
    let mut event = json!({
        "invocationId": "invocation-1",
        "region": "eu-west-1",
        "deliveryStreamArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks",
    });
    let field = match source {
        EventSource::DirectPut => "data",
        EventSource::Kinesis => {
            event["sourceKinesisStreamArn"] = "arn:aws:kinesis:eu-west-1:1:stream/s".into();
            "data"
        }
        EventSource::Msk => {
            event["sourceMSKArn"] = "arn:aws:kafka:eu-west-1:1:cluster/c/1".into();
            "kafkaRecordValue"
        }
    };
    let record = |(number, payload): (usize, &Payload)| {
        let mut record = json!({
            "recordId": format!("record-{number}"),
            "approximateArrivalTimestamp": 1_769_817_600_123_u64,
        });
        match payload {
            Payload::Data(data) => record[field] = BASE64_STANDARD.encode(data).into(),
            Payload::NotBase64 => record[field] = "!! not base64".into(),
            Payload::Missing => {}
        }
        record
    };
    event["records"] = records.into_iter().map(record).collect();
    event.to_string()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The answers to an event.
#[derive(Debug)]
pub(crate) struct Answers {
    /// The answer to each record, in the order of the response.
    pub(crate) records: Vec<Value>,
    pub(crate) report: Report,
    pub(crate) log: String,
    /// The violations of the contract.
    pub(crate) violations: Vec<String>,
    /// The number of answers to each record of the event.
    pub(crate) answered: Vec<usize>,
}

/// Runs a handler on an event, and collects its log at level TRACE, which includes every line that
/// the Lambda function could write.
pub(crate) fn answers(handler: &Handler<Pipeline>, event: &str) -> Answers {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::TRACE);
    let answer =
        tracing::subscriber::with_default(subscriber.with_writer(log.clone()).finish(), || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            let answer = runtime.unwrap().block_on(handler.answer(event.to_owned())).unwrap();
            answer.report.log("request-1");
            answer
        });
    let parsed = Event::parse(event.as_bytes()).unwrap();
    let mut answered = vec![0; parsed.records.len()];
    let expected = ExpectedAnswer::of_event(&parsed);
    let judgement = judge(expected, &[], &answer.response, |index, _| answered[index] += 1);
    let violations = judgement.violations.iter().map(ToString::to_string).collect();
    let response: Value = serde_json::from_slice(&answer.response).unwrap();
    Answers {
        records: response["records"].as_array().unwrap().clone(),
        violations,
        answered,
        log: String::from_utf8(log.0.lock().unwrap().clone()).unwrap(),
        report: answer.report,
    }
}
