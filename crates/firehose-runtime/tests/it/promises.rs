//! For any event and any transform, Firehose accepts the response. The response answers each id in
//! order, and each record has the expected result.

use std::sync::Once;

use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_runtime::{
    Event, FailureKind, Handler, IcebergRouting, Outcome, Output, Record, Transform, contract,
    transform_fn,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An instruction to the transform in the payload of a record, or a payload that the transform
/// never sees.
#[derive(Clone, Debug)]
enum Instruction {
    Deliver(Vec<u8>),
    Route,
    Drop,
    Fail,
    Panic,
    NoPayload(Value),
}

fn instruction() -> impl Strategy<Value = Instruction> {
    prop_oneof![
        any::<Vec<u8>>().prop_map(Instruction::Deliver),
        Just(Instruction::Route),
        Just(Instruction::Drop),
        Just(Instruction::Fail),
        Just(Instruction::Panic),
        prop_oneof![
            Just(json!(null)),
            Just(json!("not base64")),
            Just(json!("eA")),
            Just(json!(5)),
            Just(json!({"nested": [true]})),
        ]
        .prop_map(Instruction::NoPayload),
    ]
}

impl Instruction {
    fn data(&self) -> Value {
        let encoded = |data: &[u8]| STANDARD.encode(data).into();
        match self {
            Self::Deliver(data) => encoded(&[b"=", data.as_slice()].concat()),
            Self::Route => encoded(b"route"),
            Self::Drop => encoded(b"drop"),
            Self::Fail => encoded(b"fail"),
            Self::Panic => encoded(b"panic"),
            Self::NoPayload(value) => value.clone(),
        }
    }

    fn answer(&self, id: &str, field: &str) -> Value {
        match self {
            Self::Deliver(data) => {
                json!({"recordId": id, "result": "Ok", field: STANDARD.encode(data)})
            }
            Self::Route => json!({"recordId": id, "result": "Ok", field: "", "metadata": {
                "partitionKeys": {"key": "\"value\""},
                "otfMetadata": {"destinationDatabaseName": "d", "destinationTableName": "t"},
            }}),
            Self::Drop => json!({"recordId": id, "result": "Dropped"}),
            Self::Fail | Self::Panic | Self::NoPayload(_) => {
                json!({"recordId": id, "result": "ProcessingFailed"})
            }
        }
    }

    fn failure(&self) -> Option<FailureKind> {
        match self {
            Self::Deliver(_) | Self::Route | Self::Drop => None,
            Self::Fail => Some(FailureKind::Error),
            Self::Panic => Some(FailureKind::Panic),
            Self::NoPayload(_) => Some(FailureKind::BadPayload),
        }
    }
}

fn follow() -> impl Transform {
    transform_fn(|record: Record| match record.data().as_ref() {
        [b'=', data @ ..] => Outcome::from(data.to_vec()),
        b"route" => Output::default()
            .with_partition_key("key", "\"value\"")
            .with_iceberg_routing(IcebergRouting::new("d", "t").unwrap())
            .into(),
        b"drop" => Outcome::Dropped,
        b"fail" => Outcome::failed("told to"),
        _ => panic!("told to"),
    })
}

/// Generates ids that a response must escape, ids that repeat, and missing ids.
fn id() -> impl Strategy<Value = Option<String>> {
    prop_oneof![4 => any::<String>().prop_map(Some), 2 => "[ab]".prop_map(Some), 1 => Just(None)]
}

fn silence_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

proptest! {
    #[test]
    fn each_record_has_its_expected_result(
        records in prop::collection::vec((id(), instruction()), 0..40),
        from_msk: bool,
    ) {
        silence_panics();
        let field = if from_msk { "kafkaRecordValue" } else { "data" };
        let mut event = json!({"records": []});
        if from_msk {
            event["sourceMSKArn"] = "arn".into();
        }
        for (id, instruction) in &records {
            let mut record = json!({field: instruction.data()});
            if let Some(id) = id {
                record["recordId"] = id.as_str().into();
            }
            event["records"].as_array_mut().unwrap().push(record);
        }
        let event = event.to_string();

        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(Handler::new(follow()).answer(event.clone())).unwrap();

        let parsed = Event::parse(event.as_bytes()).unwrap();
        prop_assert_eq!(contract::check(&parsed, &answer.response), []);

        let with_id = || records.iter().filter_map(|(id, instruction)| Some((id.as_deref()?, instruction)));
        let expected: Vec<_> = with_id().map(|(id, instruction)| instruction.answer(id, field)).collect();
        let response: Value = serde_json::from_slice(&answer.response).unwrap();
        prop_assert_eq!(&response, &json!({"records": expected}));

        let report = answer.report;
        let failures = report.failures.iter().map(|it| (it.record_id.as_str(), Some(it.kind)));
        let expected = with_id().map(|(id, instruction)| (id, instruction.failure())).filter(|it| it.1.is_some());
        prop_assert!(failures.eq(expected), "{:?}", report.failures);
        let answered = report.ok + report.dropped + report.failures.len();
        prop_assert_eq!(answered + report.without_id, report.records);
        prop_assert_eq!(report.records, records.len());
    }

    #[test]
    fn any_bytes_are_an_error_or_have_a_valid_answer(
        bytes in any::<Vec<u8>>(),
        text in r#"[\[\]{}":,0-9a-z\\ ]*"#,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let handler = Handler::new(follow());
        for event in [bytes, text.into_bytes()] {
            if let Ok(answer) = runtime.block_on(handler.answer(event.clone())) {
                let event = Event::parse(&event).unwrap();
                prop_assert_eq!(contract::check(&event, &answer.response), []);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_response_stays_within_its_budget(
        records in prop::collection::vec((any::<String>(), 0..400_usize, any::<bool>()), 1..30),
        share in 0.0..1.3_f64,
    ) {
        let event = json!({"records": records.iter().map(|(id, size, routed)| {
            json!({"recordId": id, "data": STANDARD.encode(format!("{routed} {size}"))})
        }).collect::<Vec<_>>()}).to_string();
        let transform = || transform_fn(|record: Record| {
            let (routed, size) = record.text().unwrap().split_once(' ').unwrap();
            let output = Output::new(vec![b'x'; size.parse().unwrap()]);
            if routed == "true" { output.with_partition_key("key", "\"value\"") } else { output }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let run = |handler: Handler<_>| runtime.block_on(handler.answer(event.clone())).unwrap();

        let whole = run(Handler::new(transform())).response.len();
        let least = run(Handler::new(transform()).with_response_budget(0));
        prop_assert_eq!(least.report.failures.len(), records.len());
        let least = least.response.len();
        let budget = least + ((whole.saturating_sub(least)) as f64 * share) as usize;

        let answer = run(Handler::new(transform()).with_response_budget(budget));
        prop_assert!(answer.response.len() <= budget, "{} of {budget}", answer.response.len());
        let parsed = Event::parse(event.as_bytes()).unwrap();
        prop_assert_eq!(contract::check(&parsed, &answer.response), []);
        prop_assert_eq!(answer.report.failures.is_empty(), budget >= whole);
        for failure in &answer.report.failures {
            prop_assert_eq!(failure.kind, FailureKind::ResponseBudget);
        }
    }
}

#[tokio::test]
async fn an_output_that_fits_into_no_response_fails_only_its_record() {
    let handler = Handler::new(transform_fn(|record: Record| match record.data().as_ref() {
        b"huge" => vec![b'x'; 30_000_000],
        data => data.to_vec(),
    }));
    let event = r#"{"records": [{"recordId": "1", "data": "aGk="}, {"recordId": "2", "data": "aHVnZQ=="}, {"recordId": "3", "data": "aGk="}]}"#;
    let answer = handler.answer(event).await.unwrap();
    assert_eq!((answer.report.ok, answer.report.bytes_out), (2, 4));
    let failure = &answer.report.failures[0];
    assert_eq!((failure.record_id.as_str(), failure.kind), ("2", FailureKind::ResponseBudget));
    assert!(
        failure.cause.starts_with("response budget: the output takes 40000"),
        "{}",
        failure.cause
    );
}

#[tokio::test]
async fn repeated_and_missing_ids_are_in_the_report() {
    let event = r#"{"invocationId": "i", "records": [
        {"recordId": "b", "data": ""}, {"recordId": "a", "data": ""}, {"data": ""},
        {"recordId": "a", "data": ""}, {"recordId": "a", "data": ""}
    ]}"#;
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    let report = handler.answer(event).await.unwrap().report;
    assert_eq!(report.invocation_id, "i");
    assert_eq!(report.repeated_ids, ["a"]);
    assert_eq!((report.records, report.ok, report.without_id), (5, 4, 1));
}

#[tokio::test]
async fn large_and_deep_input_is_answered() {
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let long_id = "\\u0000\\\"".repeat(200_000);
    let data = STANDARD.encode(vec![b'x'; 4_000_000]);
    let event = format!(
        r#"{{"x": {deep}, "records": [{{"recordId": "{long_id}", "data": "{data}", "y": {deep}}}]}}"#
    );
    let answer = handler.answer(event.clone()).await.unwrap();
    // The escaped id is so long that the response has no room for the output.
    assert_eq!(answer.report.bytes_in, 4_000_000);
    assert_eq!(answer.report.failures[0].kind, FailureKind::ResponseBudget);
    let event = Event::parse(event.as_bytes()).unwrap();
    assert_eq!(contract::check(&event, &answer.response), []);
}

#[tokio::test]
async fn an_output_that_panics_when_dropped_fails_no_record() {
    struct Owner;
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            b"data"
        }
    }
    impl Drop for Owner {
        fn drop(&mut self) {
            panic!("in the owner's drop")
        }
    }
    silence_panics();
    let handler = Handler::new(transform_fn(|_: Record| bytes::Bytes::from_owner(Owner)));
    let event = r#"{"records": [{"recordId": "1", "data": ""}, {"recordId": "2", "data": ""}]}"#;
    assert_eq!(handler.answer(event).await.unwrap().report.ok, 2);
}

#[tokio::test]
async fn a_budget_may_be_the_largest_number() {
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    let event = r#"{"records": [{"recordId": "1", "data": "aGk="}]}"#;
    let answer = handler.with_response_budget(usize::MAX).answer(event).await.unwrap();
    assert_eq!(answer.report.ok, 1);
}
