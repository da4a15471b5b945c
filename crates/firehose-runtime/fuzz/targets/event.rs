//! Answers any bytes as an event. Either the event is malformed, or its answer keeps the contract,
//! with a large response budget and with a small one.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run event --fuzz-dir crates/firehose-runtime/fuzz -- -max_total_time=60
//! ```

#![no_main]

use std::{panic, sync::Once};

use firehose_runtime::{
    Event, Handler, Outcome, Output, Record, Transform, contract, transform_fn,
};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};

fuzz_target!(|bytes: &[u8]| {
    let_panics_unwind();
    let runtime = Builder::new_current_thread().build().unwrap();
    let handler = Handler::new(by_first_byte());
    let Some((roomy, failed)) = answer(&runtime, &handler, bytes) else {
        assert!(Event::parse(bytes).is_err());
        return;
    };

    // With a budget of 0, every output fails. With half of the needed room, some outputs fail.
    let answer_within =
        |budget| answer(&runtime, &handler.clone().with_response_budget(budget), bytes).unwrap();
    let (least, _) = answer_within(0);
    let budget = least + roomy.saturating_sub(least) / 2;
    let (tight, failed_when_tight) = answer_within(budget);
    assert!(tight <= budget, "{tight} bytes in {budget}");
    assert!(failed_when_tight >= failed);
});

/// Checks the response, and returns its length and the number of failed records.
fn answer<T: Transform>(
    runtime: &Runtime,
    handler: &Handler<T>,
    event: &[u8],
) -> Option<(usize, usize)> {
    let answer = runtime.block_on(handler.answer(event.to_vec())).ok()?;
    let event = Event::parse(event).expect("only an event has an answer");
    assert_eq!(contract::check(&event, &answer.response), []);

    let report = answer.report;
    let answered = report.ok + report.dropped + report.failures.len();
    assert_eq!(answered + report.without_id, report.records);
    assert_eq!(report.records, event.records.len() + event.records_without_id);
    Some((answer.response.len(), report.failures.len()))
}

/// A transform with every kind of outcome, chosen by the first byte of the record.
fn by_first_byte() -> impl Transform {
    transform_fn(|record: Record| match record.data().first() {
        None => Outcome::Dropped,
        Some(byte) => match byte % 8 {
            0 => Outcome::failed("told to"),
            1 => panic!("told to"),
            2 => Output::new(record.data().repeat(9)).with_partition_key("key", "\"value\"").into(),
            _ => record.into_data().into(),
        },
    })
}

/// Replaces libFuzzer's panic hook, which ends the process even at a panic that the runtime
/// catches. A panic that nothing catches still ends the process.
fn let_panics_unwind() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        panic::set_hook(Box::new(|panic| {
            if panic.payload_as_str() != Some("told to") {
                eprintln!("{panic}");
            }
        }));
    });
}
