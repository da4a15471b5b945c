//! The function never receives its own output, whatever the stage of the failure, the format of the
//! file of remaining records and the store.

use std::sync::{Arc, Mutex};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::async_trait;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{super::RemainingFormat, setup::Setup};
use crate::{
    delivery_stream::ErrorLine,
    function::{self, InvokeError},
    store::faulty::Fault,
};

/// The error code of each stage, and `true` if the data of its lines is an output of the function.
const STAGES: [(&str, bool); 8] = [
    ("Lambda.FunctionError", false),
    ("Lambda.ProcessingFailedStatus", false),
    ("DataFormatConversion.ParseError", true),
    ("HttpEndpoint.DestinationException", true),
    ("Splunk.AckTimeout", true),
    ("OS.AccessDenied", true),
    ("503", true),
    ("Redshift.TableNotFound", true),
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
fn error_line(number: usize, (code, is_output): (&'static str, bool)) -> String {
    let data = if is_output { transformed(number) } else { number.to_string() };
    let mut line = Vec::new();
    let record = ErrorLine::new(data.into());
    let arrival_timestamp = Some(jiff::Timestamp::from_second(number as i64 * 600).unwrap());
    ErrorLine { error_code: Some(code.into()), arrival_timestamp, ..record }.write(&mut line);
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
    /// the format of the file says: by another replay, or by the function.
    #[test]
    fn no_record_is_transformed_twice(
        stages in prop::collection::vec(0..STAGES.len(), 1..60),
        format in any_format(),
        broken in prop::option::of(1u64..6),
    ) {
        let numbers = 0..stages.len();
        let lines: String =
            stages.iter().zip(numbers.clone()).map(|(&stage, number)| error_line(number, STAGES[stage])).collect();
        let fault = move |put| match broken {
            Some(from) if put >= from => Fault::Full,
            _ => Fault::None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let function = Arc::new(Marking::default());
        let setup = || Setup { format, ..Setup::new(Arc::clone(&function) as _) };
        let replayed = runtime.block_on(setup().replay(&lines, fault));
        let stats = &replayed.report.stats;
        prop_assert_eq!(stats.lines, stages.len() as u64);
        let mut done: Vec<_> = replayed.delivered().into_iter().map(str::to_owned).collect();
        let outputs = done.len() as u64;
        prop_assert_eq!(stats.total().recovered, outputs);
        let again = |data: &str| format!("{data} transformed");
        match format {
            RemainingFormat::ErrorLines => {
                let setup = Setup { raw_data: None, ..setup() };
                let rest = runtime.block_on(setup.replay(&replayed.remaining, |_| Fault::None));
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
        let left_out = stats.remaining.unwrap().left_out_outputs;
        prop_assert_eq!(stats.remaining.unwrap().left_out, left_out);
        prop_assert_eq!(done.len() as u64 + left_out, stages.len() as u64);
        for number in numbers {
            let count = done.iter().filter(|data| **data == transformed(number)).count();
            let is_output = STAGES[stages[number]].1;
            prop_assert!(count == 1 || is_output && count == 0 && left_out > 0, "{} {:?}", number, done);
        }
        if broken.is_none() {
            let outputs = stages.iter().filter(|&&stage| STAGES[stage].1).count() as u64;
            prop_assert_eq!((stats.unchanged, left_out), (outputs, 0));
        }
    }
}
