use std::ops::Range;

use firehose_core::Record;
use firehose_pipeline::Pipeline;
use firehose_runtime::{FailureKind, Handler, Oversize};
use proptest::prelude::*;

use crate::{
    answers::{Answers, EventSource, Payload, answers, event},
    payloads::{SECRET, bytes},
    pipelines::{RandomPipeline, pipeline},
    stream::Stream,
};

/// A pipeline, the payloads of an event, and the rest that the answers depend on.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) pipeline: RandomPipeline,
    pub(crate) payloads: Vec<Payload>,
    pub(crate) source: EventSource,
    /// The longest response in bytes, or `None` for the default.
    budget: Option<usize>,
}

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

pub(crate) fn trial() -> impl Strategy<Value = Trial> {
    let budget = prop::option::weighted(0.5, prop::sample::select(&[300, 500, 700, 1500]));
    (pipeline(), source(), budget).prop_flat_map(|(pipeline, source, budget)| {
        prop::collection::vec(payload(&pipeline.input), 1..8).prop_map(move |payloads| Trial {
            pipeline: pipeline.clone(),
            payloads,
            source,
            budget,
        })
    })
}

impl Trial {
    fn handler(&self) -> Handler<Pipeline> {
        Handler::new(self.pipeline.text.parse().unwrap()).with_threads(1)
    }

    /// Returns the answer to each payload alone, in a response of any length.
    pub(crate) fn alone(&self) -> Vec<Answers> {
        let handler = self.handler();
        let answer = |it| answers(&handler, &event(self.source, [it]));
        self.payloads.iter().enumerate().map(answer).collect()
    }

    /// Returns the answers to all payloads, and then to the records that were put back, until no
    /// record is left. With the answers to each event are the records that it put back.
    pub(crate) fn rounds(&self) -> Vec<(Answers, Vec<Record>)> {
        let mut handler = self.handler();
        let stream = Stream::default();
        if self.pipeline.text.parse::<Pipeline>().unwrap().reingests_oversize() {
            handler = handler.with_oversize(Oversize::reingest(stream.clone()));
        }
        if let Some(bytes) = self.budget {
            handler = handler.with_response_budget(bytes);
        }
        let mut waiting = self.payloads.clone();
        let mut rounds = Vec::new();
        while !waiting.is_empty() {
            assert!(rounds.len() < 100, "records come back forever: {self:?}");
            let all = answers(&handler, &event(self.source, waiting.iter().enumerate()));
            let back: Vec<_> = stream.take().into_iter().map(|(_, record)| record).collect();
            waiting = back.iter().map(|it| Payload::Data(it.data().to_vec())).collect();
            rounds.push((all, back));
        }
        rounds
    }
}

/// Returns the problem with the answers to an event with the records of these numbers, if there is one.
fn problem(all: &Answers, numbers: Range<usize>) -> Option<String> {
    // Each record is answered once and in order, and Firehose accepts the response.
    if !all.violations.is_empty() || all.answered != vec![1; numbers.len()] {
        return Some(format!("{:?} {:?}", all.violations, all.answered));
    }
    let ids = all.records.iter().map(|it| it["recordId"].as_str().unwrap().to_owned());
    if !ids.eq(numbers.map(|number| format!("record-{number}"))) {
        return Some(format!("the answers are not in order: {:?}", all.records));
    }
    // Each failure is in the log with its cause, and the payload is not.
    for answer in all.records.iter().filter(|it| it["result"] == "ProcessingFailed") {
        let id = answer["recordId"].as_str().unwrap();
        let failure = all.report.failures.iter().find(|it| it.record_id == id);
        if failure.is_none_or(|failure| failure.cause.is_empty()) {
            return Some(format!("{id} has no cause: {failure:?}"));
        }
        if !all.log.lines().any(|line| line.contains(&format!("{id:?}"))) {
            return Some(format!("{id} is not in the log: {}", all.log));
        }
    }
    if all.report.first_failed_items.iter().any(|item| item.cause.is_empty()) {
        return Some("an item has no cause".to_owned());
    }
    if all.log.contains("item failed") != (all.report.items_failed > 0) {
        return Some(format!("{} items failed: {}", all.report.items_failed, all.log));
    }
    all.log.contains(SECRET).then(|| format!("the log has payload: {}", all.log))
}

proptest! {
    // A case runs a pipeline on each record alone, on all of them, and on those that come back.
    // `PROPTEST_CASES` raises the number.
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_promises_hold(trial in trial()) {
        let text = &trial.pipeline.text;
        let alone = trial.alone();
        for (number, answers) in alone.iter().enumerate() {
            prop_assert_eq!(problem(answers, number..number + 1), None, "{}", text);
        }
        let rounds = trial.rounds();
        let mut records = trial.payloads.len();
        for (answers, back) in &rounds {
            prop_assert_eq!(problem(answers, 0..records), None, "{}", text);
            records = back.len();
        }

        // A record is answered as without the others, if the response has room for its output.
        let (all, back) = &rounds[0];
        let mut put_back = 0;
        for (number, alone) in alone.iter().enumerate() {
            let (answer, alone) = (&all.records[number], &alone.records[0]);
            let id = format!("record-{number}");
            if alone == answer {
                continue;
            }
            prop_assert_eq!(&alone["result"], "Ok", "{} {} {}", text, answer, alone);
            if answer["result"] == "Dropped" {
                put_back += 1;
                prop_assert!(back.iter().any(|record| record.id() == id), "{} is lost: {}", id, text);
            } else {
                let failure = all.report.failures.iter().find(|it| it.record_id == id).unwrap();
                prop_assert_eq!(failure.kind, FailureKind::ResponseBudget, "{:?}", failure);
            }
        }
        prop_assert_eq!(all.report.put_back, put_back, "{}", text);

        // An item that fails by itself counts once, also if its record comes again.
        let counted: u64 = rounds.iter().map(|(answers, _)| answers.report.items_failed).sum();
        let expected: u64 = alone.iter().map(|answers| answers.report.items_failed).sum();
        prop_assert_eq!(counted, expected, "{}", text);
    }
}

/// Returns the number of cases: `PROPTEST_CASES`, or 64 if the variable is not set.
fn cases() -> u32 {
    let set = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    set.unwrap_or(64)
}
