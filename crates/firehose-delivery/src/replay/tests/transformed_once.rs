//! The function never receives its own output, whatever the stage of the failure, the format of the
//! file of remaining records and the store.

use std::sync::{Arc, Mutex};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::async_trait;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::{
        RawData::{self, Original, Output},
        RemainingFormat,
    },
    setup::Setup,
};
use crate::{
    delivery_stream::ErrorLine,
    function::{self, InvokeError},
    store::faulty::Fault,
};

/// A failure: the folder of its error object, its error code, and the content of `rawData`. `None`
/// if neither the folder nor the code determines the content.
type Failure = (&'static str, Option<&'static str>, Option<RawData>);

const FAILURES: [Failure; 14] = [
    ("errors", Some("Lambda.FunctionError"), Some(Original)),
    ("errors", Some("Lambda.ProcessingFailedStatus"), Some(Original)),
    ("errors", Some("DataFormatConversion.ParseError"), Some(Output)),
    ("errors", Some("HttpEndpoint.DestinationException"), Some(Output)),
    ("errors", Some("Splunk.AckTimeout"), Some(Output)),
    ("errors", Some("OS.AccessDenied"), Some(Output)),
    ("errors", Some("503"), Some(Output)),
    ("errors", Some("Redshift.TableNotFound"), Some(Output)),
    ("processing-failed", None, Some(Original)),
    ("processing-failed", Some("New.Code"), Some(Original)),
    ("http-endpoint-failed", Some("New.Code"), Some(Output)),
    ("splunk-failed", None, Some(Output)),
    ("errors", Some("New.Code"), None),
    ("processing-failed", Some("DynamicPartitioning.MetadataExtractionFailed"), None),
];

/// A function that is not idempotent, and that keeps the data that it receives.
#[derive(Debug, Default)]
struct Marking(Mutex<Vec<String>>);

#[async_trait]
impl function::Function for Marking {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let event: Value = serde_json::from_slice(&event).unwrap();
        let answers: Vec<_> = event["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| {
                let data = data(record);
                let output = STANDARD.encode(format!("{data} transformed"));
                self.0.lock().unwrap().push(data);
                json!({"recordId": record["recordId"], "result": "Ok", "data": output})
            })
            .collect();
        Ok(json!({"records": answers}).to_string().into())
    }
}

/// Returns the data of a record in an event.
fn data(record: &Value) -> String {
    let data = STANDARD.decode(record["data"].as_str().unwrap()).unwrap();
    String::from_utf8(data).unwrap()
}

/// Returns the error line of the record with this number.
fn error_line(number: usize, code: Option<&'static str>, content: RawData) -> String {
    let data = if content == Output { transformed(number) } else { number.to_string() };
    let mut line = Vec::new();
    let record = ErrorLine::new(data.into());
    let arrival_timestamp = Some(jiff::Timestamp::from_second(number as i64 * 600).unwrap());
    ErrorLine { error_code: code.map(Into::into), arrival_timestamp, ..record }.write(&mut line);
    String::from_utf8(line).unwrap()
}

fn transformed(number: usize) -> String {
    format!("{number} transformed")
}

fn any_format() -> impl Strategy<Value = RemainingFormat> {
    prop_oneof![
        Just(RemainingFormat::ErrorLines),
        Just(RemainingFormat::Lines),
        Just(RemainingFormat::Event),
    ]
}

proptest! {
    /// A first replay ends at a fault of the store. The records of its file are then processed as
    /// the format of the file says: by another replay without settings, or by the function.
    #[test]
    fn no_record_is_transformed_twice(
        failures in prop::collection::vec(prop::sample::select(&FAILURES[..]), 1..60),
        chosen in prop::sample::select(&[Original, Output][..]),
        format in any_format(),
        broken in prop::option::of(1u64..6),
    ) {
        let function = Arc::new(Marking::default());
        let new = || Setup { format, ..Setup::new(Arc::clone(&function) as _) };
        let mut setup = Setup { raw_data: Some(chosen), ..new() };
        for (number, (folder, code, content)) in failures.iter().enumerate() {
            let line = error_line(number, *code, content.unwrap_or(chosen));
            setup = setup.object(&format!("{folder}/{number}"), &line);
        }
        let fault = move |put| match broken {
            Some(from) if put >= from => Fault::Full,
            _ => Fault::None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let replayed = runtime.block_on(setup.replay(fault));
        let stats = &replayed.report.stats;
        prop_assert_eq!(stats.lines, failures.len() as u64);
        let mut done: Vec<_> = replayed.delivered().into_iter().map(str::to_owned).collect();
        prop_assert_eq!(stats.total().recovered, done.len() as u64);
        let again = |data: &str| format!("{data} transformed");
        match format {
            RemainingFormat::ErrorLines => {
                let setup = Setup { raw_data: None, ..new() }.object("rest", &replayed.remaining);
                let rest = runtime.block_on(setup.replay(|_| Fault::None));
                prop_assert!(rest.report.stats.read_to_end, "{}", replayed.remaining);
                done.extend(rest.delivered().into_iter().map(str::to_owned));
            }
            RemainingFormat::Lines => done.extend(replayed.remaining.lines().map(again)),
            RemainingFormat::Event => {
                let event: Value = serde_json::from_str(&replayed.remaining).unwrap();
                let records = event["records"].as_array().unwrap();
                done.extend(records.iter().map(|record| again(&data(record))));
            }
        }
        prop_assert!(function.0.lock().unwrap().iter().all(|data| !data.contains("transformed")));
        let counts = stats.remaining.unwrap();
        prop_assert_eq!(counts.left_out, counts.left_out_outputs);
        prop_assert_eq!(done.len() as u64 + counts.left_out, failures.len() as u64);
        let is_output = |number: usize| failures[number].2.unwrap_or(chosen) == Output;
        for number in 0..failures.len() {
            let count = done.iter().filter(|data| **data == transformed(number)).count();
            let may_be_left_out = is_output(number) && counts.left_out > 0;
            prop_assert!(count == 1 || count == 0 && may_be_left_out, "{}: {:?}", number, done);
        }
        if broken.is_none() {
            let outputs = (0..failures.len()).filter(|number| is_output(*number)).count() as u64;
            prop_assert_eq!((stats.unchanged, counts.left_out), (outputs, 0));
        }
    }
}
