//! Every line is recovered, dropped or in the file of remaining records.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use proptest::prelude::*;
use tokio::runtime::Handle;

use super::setup::{line, replay};
use crate::store::faulty::Fault;

#[tokio::test]
async fn a_record_lies_under_the_hour_of_its_arrival() {
    let lines = [line("pass 1", 1), line("pass 2", 2), line("pass 3", 1), line("drop", 1)];
    let replayed = replay(&lines.concat(), |_| Fault::None).await;
    assert_eq!(replayed.objects, ["pass 1\npass 3", "pass 2"]);
    let mut keys: Vec<_> =
        replayed.report.stats.objects.first.iter().map(|object| &*object.key).collect();
    keys.sort_unstable();
    assert!(keys[0].starts_with("1970/01/01/01/replay-1-1970-01-01-01-00-00-"), "{keys:?}");
    assert!(keys[1].starts_with("1970/01/01/02/replay-1-1970-01-01-02-00-00-"), "{keys:?}");
    assert_eq!((&*replayed.remaining, replayed.report.stats.not_replayed()), ("", 0));
}

#[tokio::test]
async fn a_function_error_fails_only_its_own_batch() {
    let large = |what: &str, hour| line(&format!("{what}{}", "x".repeat(700_000)), hour);
    // Two records make a batch.
    let lines = [large("pass", 1), large("throw", 1), large("pass", 1), large("drop", 1)];
    let replayed = replay(&lines.concat(), |_| Fault::None).await;
    let stats = &replayed.report.stats;
    assert_eq!(
        (
            stats.invocations.count,
            stats.invocations.function_errors,
            stats.invocations.lost_batches
        ),
        (2, 1, 1)
    );
    assert_eq!(stats.failing["Lambda.FunctionError"], 2);
    assert_eq!(replayed.remaining, lines[..2].concat());
    assert_eq!(replayed.objects, [format!("pass{}", "x".repeat(700_000))]);
}

#[tokio::test]
async fn a_record_whose_event_is_too_long_for_lambda_is_not_sent_and_has_a_warning() {
    let of = |megabytes: usize| line(&format!("pass{}", "x".repeat(megabytes << 20)), 1);
    for (megabytes, lines, rejected) in [(4, 2, 0), (5, 1, 1), (5, 3, 3)] {
        let replayed = replay(&of(megabytes).repeat(lines), |_| Fault::None).await;
        let stats = &replayed.report.stats;
        let case = format!("{lines} x {megabytes} MiB");
        assert_eq!(replayed.warnings, rejected, "{case}");
        assert_eq!(stats.failing.get("Lambda.InvocationFailure").copied().unwrap_or(0), rejected);
        let sent = lines as u64 - rejected;
        assert_eq!((stats.invocations.count, stats.invocations.lost_batches), (sent, 0), "{case}");
        assert_eq!(replayed.remaining, of(megabytes).repeat(rejected as usize), "{case}");
    }
}

#[tokio::test]
async fn a_panic_of_the_function_loses_no_record() {
    let lines = [line("pass 1", 1), line("panic 2", 1), line("oops", 1)];
    let replayed = replay(&lines.concat(), |_| Fault::None).await;
    let stats = &replayed.report.stats;
    assert_eq!((stats.lines, stats.not_replayed(), stats.store_failed), (3, 3, false));
    assert_eq!(replayed.remaining, lines.concat());
}

#[tokio::test]
async fn records_that_the_store_does_not_take_remain() {
    let lines = [line("pass 1", 1), line("fail 2", 2), line("pass 3", 3)];
    let replayed = replay(&lines.concat(), |_| Fault::Full).await;
    let stats = &replayed.report.stats;
    assert!(stats.store_failed && replayed.objects.is_empty());
    assert_eq!((stats.total().recovered, stats.not_replayed()), (0, 2));
    let mut remaining: Vec<_> = replayed.remaining.split_inclusive('\n').collect();
    remaining.sort_unstable();
    let mut all: Vec<_> = lines.iter().collect();
    all.sort_unstable();
    assert_eq!(remaining, all);
}

/// Counts the tasks at each put. Most of them are uploads that wait for a slot.
#[tokio::test]
async fn few_uploads_wait_for_the_store_however_small_they_are() {
    let lines: String = (0..2000).map(|hour| line("pass", hour)).collect();
    let most = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&most);
    let replayed = replay(&lines, move |_| {
        let tasks = Handle::current().metrics().num_alive_tasks();
        seen.fetch_max(tasks as u64, Ordering::Relaxed);
        Fault::None
    })
    .await;
    assert_eq!((replayed.report.stats.objects.count, replayed.objects.len()), (2000, 2000));
    assert!(most.load(Ordering::Relaxed) < 250, "{most:?} tasks");
}

/// A line: the result of its record, the length of its data, the hour of its arrival.
fn any_line() -> impl Strategy<Value = (&'static str, usize, i64)> {
    let what = prop_oneof![
        6 => Just("pass"), 2 => Just("drop"), 3 => Just("fail"), 1 => Just("throw"),
        1 => Just("garbage"), 1 => Just("panic"),
    ];
    // Two or three long records make a batch.
    let length = prop_oneof![9 => 0usize..40, 1 => 300_000usize..600_000];
    (what, length, 0i64..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn every_line_is_recovered_dropped_or_remains(
        lines in prop::collection::vec(any_line(), 0..30),
        broken in prop::option::of(1u64..6),
        rejected in prop::option::of(1u64..6),
    ) {
        let lines: Vec<(String, String)> = lines
            .into_iter()
            .map(|(what, length, hour)| {
                let data = format!("{what} {}", "x".repeat(length));
                let line = if what == "garbage" { format!("{data}\n") } else { line(&data, hour) };
                (line, data)
            })
            .collect();
        let text: String = lines.iter().map(|(line, _)| line.as_str()).collect();
        let fault = move |put| match broken {
            Some(from) if put >= from => Fault::Full,
            _ if rejected == Some(put) => Fault::BadKey,
            _ => Fault::None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let replayed = runtime.block_on(replay(&text, fault));
        let stats = &replayed.report.stats;
        let total = stats.total();
        let left = stats.failing.values().sum::<u64>() + stats.unreadable;
        prop_assert_eq!(stats.lines, lines.len() as u64);
        prop_assert_eq!(stats.remaining.unwrap().written, left + stats.not_replayed());
        let panics = lines.iter().any(|(_, data)| data.starts_with("panic"));
        let may_be_left = stats.store_failed || panics || rejected.is_some();
        prop_assert!(may_be_left || stats.not_replayed() == 0);
        prop_assert!(broken.is_some() || !stats.store_failed);

        // Each line has one result: it remains, its output is in an object, or it was dropped.
        let mut missing: Vec<_> = lines.iter().collect();
        let mut find = |is_it: &dyn Fn(&(String, String)) -> bool| {
            let index = missing.iter().position(|line| is_it(line));
            index.map(|index| missing.remove(index)).is_some()
        };
        for line_of_file in replayed.remaining.split_inclusive('\n') {
            prop_assert!(find(&|(line, _)| line == line_of_file));
        }
        let recovered = replayed.delivered();
        prop_assert_eq!(recovered.len() as u64, total.recovered);
        for output in recovered {
            prop_assert!(find(&|(_, data)| data == output));
        }
        prop_assert_eq!(missing.len() as u64, total.dropped);
        prop_assert!(missing.iter().all(|(_, data)| data.starts_with("drop")));
    }
}
