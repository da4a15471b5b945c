//! Records whose outputs do not fit into the response, put back to their source.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_runtime::{
    Answer, BoxError, Bytes, Event, FailureKind, Handler, Invocation, ItemErrors, Items, Outcome,
    Oversize, Record, Split, Transform, async_trait, contract, for_each,
    reingest::{Origin, Reingest},
    transform_fn,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The result of the sink for a record.
#[derive(Clone, Copy, Debug)]
enum SinkResult {
    Back,
    Throttled,
}

/// A sink that returns one of `results` for each record, and no result for further records.
#[derive(Clone, Default)]
struct Sink {
    results: Vec<SinkResult>,
    panics: bool,
    given: Arc<Mutex<Vec<(Origin, Record)>>>,
}

#[async_trait]
impl Reingest for Sink {
    async fn put_back(
        &self,
        origin: &Origin,
        records: Vec<Record>,
        _: Option<Instant>,
    ) -> Vec<Result<(), BoxError>> {
        let records = records.into_iter().map(|record| (origin.clone(), record));
        self.given.lock().unwrap().extend(records);
        assert!(!self.panics, "told to panic");
        let result = |result: &SinkResult| match result {
            SinkResult::Back => Ok(()),
            SinkResult::Throttled => Err("throttled".into()),
        };
        self.results.iter().map(result).collect()
    }
}

/// A transform that reads its output's length from the payload. The payload `drop` is dropped.
fn grow() -> impl Transform {
    transform_fn(|record: Record| {
        let length = record.text().unwrap().parse::<usize>().ok()?;
        Some(vec![b'x'; length])
    })
}

fn event(payloads: &[String]) -> String {
    let records: Vec<_> = payloads
        .iter()
        .enumerate()
        .map(|(index, payload)| {
            let id = format!("ProcessingFailed {index}");
            json!({"recordId": id, "data": STANDARD.encode(payload)})
        })
        .collect();
    json!({"deliveryStreamArn": "arn", "region": "r", "records": records}).to_string()
}

/// Lengths that are separated by `+`. The halves have half of the lengths each.
struct Lengths;

impl Split for Lengths {
    fn split(&self, record: Record) -> Items {
        let data = record.data().clone();
        let items = data.split(|byte| *byte == b'+').map(|item| data.slice_ref(item));
        let items: Vec<_> = items.map(|item| Ok(record.clone().with_data(item))).collect();
        Box::new(items.into_iter())
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        let data = record.data();
        let separators: Vec<_> = (0..data.len()).filter(|at| data[*at] == b'+').collect();
        let middle = *separators.get(separators.len() / 2)?;
        Some([data.slice(..middle), data.slice(middle + 1..)])
    }
}

fn answer(event: &str, budget: usize, sink: &Sink) -> Answer {
    answer_of(grow(), event, budget, sink)
}

fn answer_of(transform: impl Transform, event: &str, budget: usize, sink: &Sink) -> Answer {
    let handler = Handler::new(transform)
        .with_response_budget(budget)
        .with_oversize(Oversize::reingest(sink.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(handler.answer(event.to_owned())).unwrap()
}

fn results(answer: &Answer) -> Vec<String> {
    let response: Value = serde_json::from_slice(&answer.response).unwrap();
    let records = response["records"].as_array().unwrap();
    records.iter().map(|record| record["result"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_records_that_are_put_back_are_dropped() {
    let payloads = ["100", "100", "100", "100", "100", "900"].map(str::to_owned);
    let sink = Sink { results: vec![SinkResult::Back, SinkResult::Throttled], ..Sink::default() };
    let answer = answer(&event(&payloads), 700, &sink);
    let expected =
        ["Ok", "Ok", "Dropped", "ProcessingFailed", "ProcessingFailed", "ProcessingFailed"];
    assert_eq!(results(&answer), expected);

    let given = sink.given.lock().unwrap();
    let ids: Vec<_> = given.iter().map(|(_, record)| record.id()).collect();
    assert_eq!(ids, ["ProcessingFailed 2", "ProcessingFailed 3", "ProcessingFailed 4"]);
    assert!(given.iter().all(|(_, record)| record.data() == "100"), "the sink gets the originals");
    let origin = &given[0].0;
    assert_eq!(
        (origin.delivery_stream_arn.as_deref(), origin.region.as_deref()),
        (Some("arn"), Some("r"))
    );

    let report = &answer.report;
    assert_eq!((report.ok, report.dropped, report.put_back, report.failures.len()), (2, 1, 1, 3));
    for (failure, (index, end)) in report.failures.iter().zip([
        (3, "(BufferSizeInMBs); the record was not put back: throttled"),
        (4, "(BufferSizeInMBs); the record was not put back: the sink returned no result"),
        (5, "and a response has only 700 bytes"),
    ]) {
        assert_eq!((failure.index, failure.kind), (index, FailureKind::ResponseBudget));
        assert!(failure.cause.ends_with(end), "{}", failure.cause);
    }
}

#[test]
fn a_batch_never_comes_back_as_a_whole() {
    let sink = Sink { results: vec![SinkResult::Back; 9], ..Sink::default() };
    // Each output fits into a response alone, but not beside the shortest answers to the others.
    let payloads = vec!["600".to_owned(); 9];
    let answer = answer(&event(&payloads), 950, &sink);
    let expected = [vec!["ProcessingFailed"], vec!["Dropped"; 8]].concat();
    assert_eq!(results(&answer), expected);
}

#[test]
fn a_record_that_is_too_large_alone_goes_back_as_halves() {
    let payloads = ["400+300+200", "100", "900", "300+600"].map(str::to_owned);
    let results_of = |sink: &Sink| {
        let transform = for_each(Lengths, grow()).with_delimiter("");
        answer_of(transform, &event(&payloads), 700, sink)
    };
    let sink = Sink { results: vec![SinkResult::Back; 9], ..Sink::default() };
    let answer = results_of(&sink);
    assert_eq!(results(&answer), ["Dropped", "Ok", "ProcessingFailed", "Dropped"]);
    assert_eq!((answer.report.dropped, answer.report.put_back), (2, 2));
    let given = sink.given.lock().unwrap();
    let given: Vec<_> = given.iter().map(|(_, it)| (it.id(), it.text().unwrap())).collect();
    let (first, last) = ("ProcessingFailed 0", "ProcessingFailed 3");
    assert_eq!(given, [(first, "400+300"), (first, "200"), (last, "300"), (last, "600")]);
    let cause = &answer.report.failures[0].cause;
    assert!(cause.ends_with("and a response has only 700 bytes"), "{cause}");

    let sink_results = vec![SinkResult::Back, SinkResult::Throttled, SinkResult::Throttled];
    let answer = results_of(&Sink { results: sink_results, ..Sink::default() });
    assert_eq!(
        results(&answer),
        ["ProcessingFailed", "Ok", "ProcessingFailed", "ProcessingFailed"]
    );
    let failures = &answer.report.failures;
    for (failure, end) in [
        (
            &failures[0],
            "; only one half of the record was put back; the other half was not: throttled",
        ),
        (&failures[2], "; the record was not put back: throttled"),
    ] {
        assert!(failure.cause.ends_with(end), "{}", failure.cause);
    }
}

/// A transform of items that are lengths. Other items fail, and are left out.
fn grow_items() -> impl Transform {
    let item = transform_fn(|record: Record| -> Result<Outcome, BoxError> {
        let length = record.text()?.parse::<usize>()?;
        Ok(vec![b'x'; length].into())
    });
    for_each(Lengths, item).with_delimiter("").on_item_error(ItemErrors::DropItem)
}

#[test]
fn the_failed_items_of_a_record_that_is_put_back_do_not_count() {
    let many = "bad+".repeat(Invocation::MAX_FAILED_ITEMS + 2);
    // The response has room for the outputs of the first record. The next two fit into another
    // response, and the fourth goes back as halves.
    let payloads =
        ["bad+400", &format!("{many}500"), "bad+900", "bad+900+bad+800", "bad"].map(str::to_owned);
    let (back, throttled) = (SinkResult::Back, SinkResult::Throttled);
    for (sink_results, counts) in [
        ([back, back, back, back], [1, 0, 0, 0, 1]),
        ([throttled, back, back, back], [1, 12, 0, 0, 1]),
        // Only one half of the fourth record is put back, so the record fails.
        ([back, back, back, throttled], [1, 0, 0, 2, 1]),
        ([throttled; 4], [1, 12, 1, 2, 1]),
    ] {
        let sink = Sink { results: sink_results.into(), ..Sink::default() };
        let report = answer_of(grow_items(), &event(&payloads), 1400, &sink).report;
        assert_eq!(sink.given.lock().unwrap().len(), 4);
        assert_eq!(report.items_failed, counts.iter().sum::<u64>(), "{report:?}");

        let ids = counts.iter().enumerate().flat_map(|(index, count)| {
            let id = format!("ProcessingFailed {index}");
            std::iter::repeat_n(id, *count as usize)
        });
        let ids: Vec<_> = ids.take(Invocation::MAX_FAILED_ITEMS).collect();
        let items = &report.first_failed_items;
        assert_eq!(items.iter().map(|it| it.record_id.clone()).collect::<Vec<_>>(), ids);
    }
}

#[test]
fn halves_that_are_the_record_or_panic_fail_the_record() {
    struct Same(bool);

    #[async_trait]
    impl Transform for Same {
        async fn transform(&self, _: Record) -> Result<firehose_runtime::Outcome, BoxError> {
            Ok(vec![b'x'; 1000].into())
        }

        fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
            assert!(!self.0, "told to panic");
            Some([record.data().clone(), Bytes::new()])
        }
    }

    for panics in [false, true] {
        let sink = Sink { results: vec![SinkResult::Back; 2], ..Sink::default() };
        let answer = answer_of(Same(panics), &event(&["x".to_owned()]), 700, &sink);
        assert_eq!(results(&answer), ["ProcessingFailed"]);
        assert!(sink.given.lock().unwrap().is_empty());
    }
}

#[test]
fn a_sink_that_panics_puts_nothing_back() {
    let sink = Sink { panics: true, ..Sink::default() };
    let payloads = ["100", "100"].map(str::to_owned);
    let answer = answer(&event(&payloads), 330, &sink);
    assert_eq!(results(&answer), ["Ok", "ProcessingFailed"]);
    let cause = &answer.report.failures[0].cause;
    assert!(cause.contains("the record was not put back: panicked: told to panic"), "{cause}");
}

proptest! {
    #[test]
    fn no_record_is_dropped_before_it_is_put_back(
        payloads in prop::collection::vec(prop_oneof![
            (0..500_usize).prop_map(|length| length.to_string()),
            Just("drop".to_owned()),
        ], 1..20),
        sink_results in prop::collection::vec(prop_oneof![Just(SinkResult::Back), Just(SinkResult::Throttled)], 0..25),
        budget in 0..4000_usize,
    ) {
        let event = event(&payloads);
        let sink = Sink { results: sink_results.clone(), ..Sink::default() };
        let least = answer(&event, 0, &Sink::default()).response.len();
        let answer = answer(&event, budget.max(least), &sink);
        let parsed = Event::parse(event.as_bytes()).unwrap();
        prop_assert_eq!(contract::check(&parsed, &answer.response), []);
        prop_assert!(answer.response.len() <= budget.max(least));

        let results = results(&answer);
        let given = sink.given.lock().unwrap();
        let back: Vec<_> = given
            .iter()
            .zip(&sink_results)
            .filter(|(_, result)| matches!(result, SinkResult::Back))
            .map(|((_, record), _)| record.id().to_owned())
            .collect();
        for (index, (payload, result)) in payloads.iter().zip(&results).enumerate() {
            let is_back = back.contains(&format!("ProcessingFailed {index}"));
            prop_assert_eq!(result == "Dropped", payload == "drop" || is_back, "{}", index);
        }
        prop_assert_eq!(answer.report.put_back, back.len());
        if !back.is_empty() {
            prop_assert!(results.iter().any(|result| result != "Dropped"), "all are dropped");
        }
    }

    /// What goes back comes again, until each item is delivered or failed once. An item that fails by
    /// itself counts once.
    #[test]
    fn records_come_back_until_no_item_is_left(
        records in prop::collection::vec(
            prop::collection::vec(prop::option::weighted(0.9, 0..900_usize), 1..12),
            1..12,
        ),
    ) {
        let text = |item: &Option<usize>| item.map_or("bad".to_owned(), |it| it.to_string());
        let texts = |items: &[Option<usize>]| items.iter().map(text).collect::<Vec<_>>();
        let mut waiting: Vec<_> = records.iter().map(|items| texts(items).join("+")).collect();
        let mut ended = Vec::new();
        let mut items_failed = 0;
        for round in 0.. {
            prop_assert!(round < 200, "records come back forever: {waiting:?}");
            if waiting.is_empty() {
                break;
            }
            let sink = Sink { results: vec![SinkResult::Back; 300], ..Sink::default() };
            let answer = answer_of(grow_items(), &event(&waiting), 1500, &sink);
            items_failed += answer.report.items_failed;
            for (payload, result) in waiting.iter().zip(results(&answer)) {
                if result != "Dropped" {
                    ended.extend(payload.split('+').filter(|it| *it != "bad").map(str::to_owned));
                }
            }
            let given = sink.given.lock().unwrap();
            waiting = given.iter().map(|(_, it)| it.text().unwrap().to_owned()).collect();
        }
        let items = records.concat();
        let mut expected: Vec<_> = items.iter().flatten().map(usize::to_string).collect();
        ended.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(ended, expected);
        prop_assert_eq!(items_failed, items.iter().filter(|it| it.is_none()).count() as u64);
    }
}
