//! Any bytes as an event: either it is refused, or its answer keeps the contract, with much
//! room for the response and with little.
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

    // With no room, every output fails; with half of what they want, some do.
    let answer_within =
        |budget| answer(&runtime, &handler.clone().with_response_budget(budget), bytes).unwrap();
    let (least, _) = answer_within(0);
    let budget = least + roomy.saturating_sub(least) / 2;
    let (tight, failed_when_tight) = answer_within(budget);
    assert!(tight <= budget, "{tight} bytes in {budget}");
    assert!(failed_when_tight >= failed);
});

/// The length of the response, once it was checked, and how many records failed.
fn answer<T: Transform>(
    runtime: &Runtime,
    handler: &Handler<T>,
    event: &[u8],
) -> Option<(usize, usize)> {
    let answer = runtime.block_on(handler.answer(event.to_vec())).ok()?;
    let event = Event::parse(event).expect("what was answered is an event");
    assert_eq!(contract::check(&event, &answer.response), []);

    let report = answer.report;
    let answered = report.ok + report.dropped + report.failures.len();
    assert_eq!(answered + report.without_id, report.records);
    assert_eq!(report.records, event.records.len() + event.records_without_id);
    Some((answer.response.len(), report.failures.len()))
}

/// Every kind of outcome, by what a record begins with.
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

/// libFuzzer's hook ends the process at any panic, and here some are meant to be caught. One
/// that nothing catches ends it all the same.
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
