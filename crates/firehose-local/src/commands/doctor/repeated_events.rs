//! The attacks with several events of good records.

use super::{
    attack::Attack,
    attack_result::AttackResult,
    evidence::{Evidence, shown_payload},
    examination::Examination,
    finding_id::FindingId,
    function_answer::{FunctionAnswer, ReadResponse},
    record_fate::RecordFate,
    sent_event::SentEvent,
};

/// The number of times that two events are sent at once.
const ROUNDS: usize = 3;

impl Examination {
    /// Sends the same event twice to one process, as Firehose does after a failure that the function does
    /// not know of, and then another event.
    pub(super) async fn same_event_twice(&mut self) -> AttackResult {
        let attack = Attack::SameEventTwice;
        let (mut result, difference) = self.twice().await;
        // Only a difference that comes again in a new process is that of the state.
        if let Some(difference) = difference
            && self.is_steady
            && self.function.is_process()
        {
            let (_, again) = self.twice().await;
            if again.as_ref().is_some_and(|again| again.answer == difference.answer) {
                result.add(difference);
            }
        }
        let other = self.numbering.write(self.sample.neighbours(), self.sample.source);
        let (after, _) = self.invoke(attack, &other).await;
        after.evidence.into_iter().for_each(|evidence| result.add(evidence));
        result
    }

    /// Sends an event twice to a new process. Returns the judgement, and evidence if the answers differ.
    async fn twice(&mut self) -> (AttackResult, Option<Evidence>) {
        let attack = Attack::SameEventTwice;
        self.function.stop().await;
        let event = self.numbering.write(self.sample.neighbours(), self.sample.source);
        let (_, first) = self.invoke(attack, &event).await;
        let (result, second) = self.invoke(attack, &event).await;
        let difference = difference(&event, &first, &second).map(|(index, answer)| Evidence {
            finding: FindingId::StateBetweenInvocations,
            attack,
            record: event.records.get(index).map(|record| shown_payload(&record.payload)),
            answer,
            lost_records: result.lost_records,
            good_records: result.good_records,
        });
        (result, difference)
    }

    /// Sends two events at the same time: to two processes, or to one URL.
    pub(super) async fn two_events(&mut self) -> AttackResult {
        let attack = Attack::TwoEvents;
        let is_process = self.function.is_process();
        if !is_process && self.has_state {
            return AttackResult::undecided(attack, "earlier events change the answers already");
        }
        let mut second = self.function.second();
        if let Err(error) = second.start(&self.budget).await {
            return AttackResult::undecided(attack, format!("no second process: {error}"));
        }
        let mut failures = 0;
        let mut last = None;
        for round in 0..ROUNDS {
            // Later rounds would meet the state of the first one.
            if self.budget.is_over() || (self.has_state && round > 0) {
                break;
            }
            let [one, other] = self.two_different_events();
            let budget = self.budget;
            let (answer, other_answer) = tokio::join!(
                self.function.invoke(&one.text, &budget),
                second.invoke(&other.text, &budget)
            );
            let answers = [(&one, &answer, &other), (&other, &other_answer, &one)];
            let mut result = self.judge().judge(attack, &one, &answer);
            let (mut mixed, mut has_failed) = (None, false);
            for (event, answer, other) in answers {
                let judged = self.judge().judge(attack, event, answer);
                has_failed |= judged.lost_records > 0;
                judged.evidence.into_iter().for_each(|evidence| result.add(evidence));
                mixed = mixed.or_else(|| self.mixed_output(event, answer, other));
            }
            if let Some(evidence) = mixed {
                result.add(evidence);
            }
            let is_found = !result.evidence.is_empty();
            failures += usize::from(has_failed);
            if is_found || last.as_ref().is_none_or(|_: &AttackResult| has_failed) {
                last = Some(result);
            }
            if is_found {
                break;
            }
        }
        second.stop().await;
        let Some(mut result) = last else {
            return AttackResult::undecided(attack, "no time was left");
        };
        // At a URL, an emulator may refuse a second event.
        if failures == ROUNDS
            && self.is_steady
            && result.evidence.is_empty()
            && is_process
            && self.known.is_empty()
        {
            let (alone, _) = {
                let event = self.numbering.write(self.sample.neighbours(), self.sample.source);
                self.invoke(attack, &event).await
            };
            if alone.lost_records == 0 {
                result.add(Evidence {
                    finding: FindingId::Concurrency,
                    attack,
                    record: None,
                    answer: format!(
                        "{} at the same time, and {} alone",
                        result.answer, alone.answer
                    ),
                    lost_records: result.lost_records,
                    good_records: result.good_records,
                });
            }
        }
        result
    }

    /// Returns two events whose records have different payloads, if the sample has two.
    fn two_different_events(&mut self) -> [SentEvent; 2] {
        let neighbours = self.sample.neighbours();
        let (first, last) = (neighbours.first().cloned(), neighbours.last().cloned());
        [first, last].map(|record| {
            let records = record.into_iter().cycle().take(neighbours.len()).collect();
            self.numbering.write(records, self.sample.source)
        })
    }

    /// Returns evidence if a record got the output of the other event's records.
    fn mixed_output(
        &self,
        event: &SentEvent,
        answer: &FunctionAnswer,
        other: &SentEvent,
    ) -> Option<Evidence> {
        let expected = |event: &SentEvent| {
            let payload = &event.records.first()?.payload;
            let record = self.sample.records.iter().find(|record| record.payload == *payload)?;
            match &record.fate {
                RecordFate::Delivered(output) => Some(output.clone()),
                _ => None,
            }
        };
        let (own, others) = (expected(event)?, expected(other)?);
        let response = answer.result.as_ref().ok()?;
        let read = ReadResponse::read(&event.text, event.records.len(), response);
        let is_mixed = own != others && read.fates.contains(&RecordFate::Delivered(others.clone()));
        is_mixed.then(|| Evidence {
            finding: FindingId::Concurrency,
            attack: Attack::TwoEvents,
            record: event.records.first().map(|record| shown_payload(&record.payload)),
            answer: format!("Ok, with the output for another event: {}", shown_payload(&others)),
            lost_records: event.records.len(),
            good_records: event.records.len(),
        })
    }
}

/// Returns the first record that the second answer treats otherwise than the first one. Outputs may
/// differ, for example in a time, but an output that repeats the first one is a difference.
fn difference(
    event: &SentEvent,
    first: &FunctionAnswer,
    second: &FunctionAnswer,
) -> Option<(usize, String)> {
    let first = first.result.as_ref().ok()?;
    let read = |response: &[u8]| ReadResponse::read(&event.text, event.records.len(), response);
    let first = read(first);
    let Ok(second) = &second.result else {
        return Some((0, "an error for the second event, and none for the first".to_owned()));
    };
    let second = read(second);
    let mut pairs = first.fates.iter().zip(&second.fates).enumerate();
    pairs.find_map(|(index, (first, second))| match (first, second) {
        (RecordFate::Delivered(first), RecordFate::Delivered(second)) => {
            let repeats = !first.trim_ascii().is_empty()
                && second.len() >= 2 * first.trim_ascii().len()
                && second.starts_with(first.trim_ascii());
            let answer = "the second output has the first one, and more".to_owned();
            repeats.then_some((index, answer))
        }
        (first, second) => (!first.is_like(second)).then(|| {
            (index, format!("{} at first, {} at the second time", word(first), word(second)))
        }),
    })
}

fn word(fate: &RecordFate) -> &'static str {
    match fate {
        RecordFate::Delivered(_) => "Ok",
        RecordFate::Dropped => "Dropped",
        RecordFate::Failed => "ProcessingFailed",
        RecordFate::Violated(_) => "no valid answer",
    }
}
