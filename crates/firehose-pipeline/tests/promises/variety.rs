//! The random trials reach what the property is about.

use std::collections::BTreeSet;

use firehose_runtime::FailureKind;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::{names::Names, properties::trial};

/// The number of trials in which everything must happen.
const TRIALS: usize = 700;

#[test]
fn every_name_of_the_file_is_tried() {
    let mut runner = TestRunner::deterministic();
    let trial = trial();
    let mut tried = Names::default();
    let mut seen = BTreeSet::new();
    for _ in 0..TRIALS {
        let trial = trial.new_tree(&mut runner).unwrap().current();
        let rounds = trial.rounds();
        // With `keep_original`, an item may be delivered without the steps and the output.
        let names = &trial.pipeline.names;
        let keeps = names.on_error.contains("keep_original");
        let is_delivered = |it: &serde_json::Value| it["result"] == "Ok" && it["data"] != "";
        if rounds[0].0.records.iter().any(is_delivered) {
            tried.extend(match keeps {
                true => Names { on_error: names.on_error.clone(), ..Names::default() },
                false => names.clone(),
            });
        }
        for (answers, back) in &rounds {
            for failure in &answers.report.failures {
                seen.extend(match failure.kind {
                    FailureKind::ResponseBudget => Some("an output has no room"),
                    _ if failure.cause.contains("more than 150 bytes") => {
                        Some("a record is too long")
                    }
                    _ => None,
                });
            }
            if answers.report.put_back > 0 {
                seen.insert("a record comes back");
            }
            if back.len() > answers.report.put_back {
                seen.insert("halves come back");
            }
            if answers.report.put_back > 0 && answers.report.items_failed > 0 {
                seen.insert("a record comes back and an item of another fails");
            }
        }
    }
    assert_eq!(tried, Names::of_schema());
    let expected = [
        "a record comes back",
        "a record comes back and an item of another fails",
        "a record is too long",
        "an output has no room",
        "halves come back",
    ];
    assert_eq!(seen, expected.into());
}
