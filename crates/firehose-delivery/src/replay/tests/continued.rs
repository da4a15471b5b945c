//! A replay that ends early is continued: nothing is lost, and nothing is delivered twice.

use std::sync::Arc;

use proptest::prelude::*;

use super::{
    super::{LastLine, RawData, RemainingFormat},
    setup::{Obedient, Setup, line},
};
use crate::{delivery_stream::ErrorLine, store::faulty::Fault};

/// A line: the result of its record, the length of its data, and `true` if the content of `rawData`
/// is unknown.
fn any_line() -> impl Strategy<Value = (&'static str, usize, bool)> {
    let what = prop_oneof![6 => Just("pass"), 2 => Just("drop"), 2 => Just("fail")];
    // The reader reports each line of over 64 KiB. Two or three of the longest lines make a batch.
    let length = prop_oneof![6 => 0usize..40, 3 => Just(70_000), 1 => 300_000usize..600_000];
    (what, length, prop::bool::weighted(0.1))
}

fn without_code(line: &str) -> String {
    let mut written = Vec::new();
    let parsed = ErrorLine::parse(line.as_bytes()).unwrap();
    ErrorLine { error_code: None, ..parsed }.write(&mut written);
    String::from_utf8(written).unwrap()
}

/// Returns the data of error lines.
fn data(lines: &str) -> Vec<String> {
    let data = |line: &str| ErrorLine::parse(line.as_bytes()).unwrap().raw_data.to_vec();
    lines.lines().map(|line| String::from_utf8(data(line)).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_continued_replay_neither_loses_nor_repeats_a_record(
        objects in prop::collection::vec(prop::collection::vec(any_line(), 0..8), 1..6),
        format in prop::sample::select(&[RemainingFormat::ErrorLines, RemainingFormat::Lines][..]),
        broken in prop::option::of(1u64..5),
        rejected in prop::option::of(1u64..5),
        interrupt in prop::option::of(1u64..9),
    ) {
        let mut setup = Setup::new(Arc::new(Obedient));
        let mut all = Vec::new();
        for (number, lines) in objects.iter().enumerate() {
            let mut text = String::new();
            for (what, length, is_unknown) in lines {
                let data = format!("{what} {} {}", all.len(), "x".repeat(*length));
                let known = line(&data, (all.len() / 4) as i64);
                text.push_str(&if *is_unknown { without_code(&known) } else { known });
                all.push(data);
            }
            setup = setup.object(&format!("errors/{number}"), &text);
        }
        let fault = move |put| match broken {
            Some(from) if put >= from => Fault::Full,
            _ if rejected == Some(put) => Fault::BadKey,
            _ => Fault::None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let begun = Setup { format, raw_data: None, interrupt, ..setup.clone() };
        let begun = runtime.block_on(begun.replay(fault));
        let mut replays = Vec::new();
        let stats = &begun.report.stats;
        let keeps_lines = format == RemainingFormat::ErrorLines;
        prop_assert!(keeps_lines || stats.undecided_lines == 0);
        if stats.read_to_end {
            prop_assert_eq!(stats.lines, all.len() as u64);
        } else {
            let stopped = stats.store_failed || interrupt.is_some() || stats.undecided.is_some();
            prop_assert!(stopped);
            let last = stats.last.clone();
            let after = last.map(|(object, line)| LastLine { object: object.to_string(), line });
            let rest = Setup { after, ..setup.clone() };
            replays.push(runtime.block_on(rest.replay(|_| Fault::None)));
        }
        let mut found: Vec<String> = Vec::new();
        if keeps_lines {
            let objects = vec![("rest".to_owned(), begun.remaining.clone())];
            let rest = Setup { objects, raw_data: Some(RawData::Original), ..setup.clone() };
            replays.push(runtime.block_on(rest.replay(|_| Fault::None)));
        } else {
            found.extend(begun.remaining.lines().map(str::to_owned));
        }
        found.extend(begun.delivered().into_iter().map(str::to_owned));
        let mut dropped = stats.total().dropped;
        for replayed in &replays {
            let stats = &replayed.report.stats;
            prop_assert!(stats.read_to_end && stats.undecided.is_none() && stats.gaps == 0);
            found.extend(replayed.delivered().into_iter().map(str::to_owned));
            found.extend(data(&replayed.remaining));
            dropped += stats.total().dropped;
        }
        for data in &all {
            let count = found.iter().filter(|found| *found == data).count();
            let may_be_dropped = data.starts_with("drop") && count == 0;
            prop_assert!(count == 1 || may_be_dropped, "{} times: {:.20}", count, data);
        }
        prop_assert_eq!(found.len() as u64 + dropped, all.len() as u64);
    }
}

#[tokio::test]
async fn a_replay_after_a_missing_line_reads_nothing() {
    let setup = Setup::new(Arc::new(Obedient))
        .object("errors/1", &line("pass", 1))
        .object("errors/2", &line("pass", 1).repeat(2))
        .object("errors/3", &line("pass", 1));
    let begun = setup.clone().replay(|_| Fault::None).await;
    let (name, line) = begun.report.stats.last.clone().unwrap();
    let name = |number: u64| name.replace("errors/3", &format!("errors/{number}"));
    assert_eq!(line, 1);
    for (object, line, read) in [
        (1, 1, Some(3)),
        (2, 1, Some(2)),
        (2, 2, Some(1)),
        (3, 1, Some(0)),
        (2, 3, None),
        (9, 1, None),
    ] {
        let after = Some(LastLine { object: name(object), line });
        let replayed = Setup { after, ..setup.clone() }.replay(|_| Fault::None).await;
        let stats = &replayed.report.stats;
        assert_eq!(stats.lines, read.unwrap_or(0), "{object}:{line}");
        assert_eq!((stats.read_to_end, stats.store_failed), (read.is_some(), false));
        assert_eq!(stats.gaps, u64::from(read.is_none()));
    }
}
