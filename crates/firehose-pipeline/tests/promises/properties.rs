use firehose_pipeline::Pipeline;
use firehose_runtime::Handler;
use proptest::prelude::*;

use crate::{
    answers::{EventSource, Payload, answers, event},
    payloads::{SECRET, bytes},
    pipelines::{RandomPipeline, pipeline},
};

fn source() -> impl Strategy<Value = EventSource> {
    prop_oneof![Just(EventSource::DirectPut), Just(EventSource::Kinesis), Just(EventSource::Msk)]
}

fn payload(input: &(String, String)) -> impl Strategy<Value = Payload> + use<> {
    prop_oneof![
        20 => bytes(input).prop_map(Payload::Data),
        1 => Just(Payload::NotBase64),
        1 => Just(Payload::Missing),
    ]
}

/// Returns a pipeline and the payloads of an event.
fn trial() -> impl Strategy<Value = (RandomPipeline, Vec<Payload>)> {
    pipeline().prop_flat_map(|random| {
        let payloads = prop::collection::vec(payload(&random.input), 1..8);
        (Just(random), payloads)
    })
}

proptest! {
    // Each case runs a pipeline on all records of an event, and on each record alone. The environment
    // variable `PROPTEST_CASES` sets the number of cases.
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_promises_hold(
        (random, payloads) in trial(),
        source in source(),
    ) {
        let handler = Handler::new(random.text.parse::<Pipeline>().unwrap()).with_threads(1);
        let all = answers(&handler, &event(source, payloads.iter().enumerate().map(|it| (it.0, it.1))));

        // Each record is answered once and in order, and Firehose accepts the response.
        prop_assert_eq!(&all.violations, &[""; 0], "{}", random.text);
        prop_assert!(all.answered.iter().all(|count| *count == 1), "{:?}", all.answered);
        let ids: Vec<_> = all.records.iter().map(|it| it["recordId"].as_str().unwrap()).collect();
        let expected: Vec<_> = (0..payloads.len()).map(|number| format!("record-{number}")).collect();
        prop_assert_eq!(&ids, &expected);

        // A record has the same answer as in an event of its own.
        let mut failed_items = 0;
        for (number, payload) in payloads.iter().enumerate() {
            let alone = answers(&handler, &event(source, [(number, payload)]));
            prop_assert_eq!(&alone.records[0], &all.records[number], "{}", random.text);
            failed_items += alone.report.items_failed;
        }
        prop_assert_eq!(all.report.items_failed, failed_items);

        // The report has the cause of each failure. The log names each failed record, and has no
        // payload.
        for answer in all.records.iter().filter(|it| it["result"] == "ProcessingFailed") {
            let id = answer["recordId"].as_str().unwrap();
            let failure = all.report.failures.iter().find(|it| it.record_id == id).unwrap();
            prop_assert!(!failure.cause.is_empty(), "{}", random.text);
            let is_logged = all.log.lines().any(|line| line.contains(&format!("{id:?}")));
            prop_assert!(is_logged, "{} is not in the log: {}", id, all.log);
        }
        for item in &all.report.first_failed_items {
            prop_assert!(!item.cause.is_empty(), "{}", random.text);
        }
        prop_assert_eq!(all.log.contains("item failed"), all.report.items_failed > 0);
        prop_assert!(!all.log.contains(SECRET), "{}\n{}", random.text, all.log);
    }
}

/// Returns the number of cases: `PROPTEST_CASES`, or 64 if the variable is not set.
fn cases() -> u32 {
    let set = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    set.unwrap_or(64)
}
