use std::time::Duration;

use firehose_delivery::function::{FunctionError, InvokeError};
use firehose_runtime::contract::Violation;

use super::{
    answer_text::{counts_text, error_text, firehose_text},
    attack::{Attack, AttackClass},
    attack_result::{AttackResult, AttackVerdict},
    attacked_record::{AttackedRecord, BadTraits, RecordRole},
    evidence::{Evidence, shown_part, shown_payload},
    finding_id::FindingId,
    function_answer::{FunctionAnswer, ReadResponse},
    good_sample::GoodSample,
    record_fate::RecordFate,
    sent_event::SentEvent,
    text_changes::{find, find_replacement, is_blank},
    unreachable_service::is_unreachable_service,
};
use crate::terminal::{counted, escaped};

/// The knowledge by which answers are judged.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    pub(super) sample: &'a GoodSample,
    /// The faults that the function shows for good records. They are in each answer, and no further
    /// finding of an attack.
    pub(super) known: &'a [FindingId],
    /// `false` if the function treats the same good records otherwise from time to time, for example as
    /// a sampler. A difference is then no fault.
    pub(super) is_steady: bool,
    /// The time limit of the function.
    pub(super) timeout: Duration,
}

/// The longest error of a function in a report, in characters.
const ERROR_CHARACTERS: usize = 300;

impl Judge<'_> {
    /// Judges the answer to the event of an attack.
    pub(super) fn judge(
        &self,
        attack: Attack,
        event: &SentEvent,
        answer: &FunctionAnswer,
    ) -> AttackResult {
        match &answer.result {
            Ok(response) => {
                let read = ReadResponse::read(&event.text, event.records.len(), response);
                self.judge_response(attack, event, &read)
            }
            Err(InvokeError::Start(error)) => {
                AttackResult::undecided(attack, escaped(&error.to_string(), ERROR_CHARACTERS))
            }
            Err(InvokeError::Function(error)) => self.judge_error(attack, event, answer, error),
        }
    }

    fn judge_error(
        &self,
        attack: Attack,
        event: &SentEvent,
        answer: &FunctionAnswer,
        error: &FunctionError,
    ) -> AttackResult {
        let good = event.records.iter().filter(|record| !record.is_bad()).count();
        let text = escaped(&error_text(error, answer.limit), ERROR_CHARACTERS);
        let verdict = match (attack.class(), error) {
            (_, FunctionError::Reported { .. }) if is_unreachable_service(&text) => {
                Err(AttackVerdict::Undecided(
                    "the function calls a service that it cannot reach here".to_owned(),
                ))
            }
            (_, FunctionError::ResponseTooLarge { .. }) if self.has_wrong_data() => {
                Err(AttackVerdict::Undecided("valid answers have another length".to_owned()))
            }
            (_, FunctionError::ResponseTooLarge { .. }) => Ok(FindingId::NoSizeGuard),
            (AttackClass::OneRecord, _) => Ok(FindingId::BadRecordFailsBatch),
            (AttackClass::Large, FunctionError::TimedOut(_)) if answer.limit < self.timeout => {
                Err(AttackVerdict::Undecided(format!(
                    "the time limit of the function is {} s, and only {:.1} s were left \
                     for this attack",
                    self.timeout.as_secs(),
                    answer.limit.as_secs_f64(),
                )))
            }
            (AttackClass::Large, FunctionError::TimedOut(_)) => Ok(FindingId::TimeoutLosesBatch),
            (AttackClass::Large, _) => Ok(FindingId::LargeBatchFails),
            (AttackClass::OtherForm, _) => {
                Err(AttackVerdict::Note(other_form_note(attack).to_owned()))
            }
            (AttackClass::Good, _) => {
                Err(AttackVerdict::Undecided("the function fails only at times".to_owned()))
            }
        };
        let mut result = AttackResult {
            attack,
            answer: text.clone(),
            firehose: format!("retries, then fails all {}", event.records.len()),
            lost_records: good,
            good_records: good,
            verdict: AttackVerdict::Held,
            evidence: Vec::new(),
        };
        match verdict {
            Ok(finding) => result.add(Evidence {
                finding,
                attack,
                record: shown_bad_record(event),
                answer: text,
                lost_records: good,
                good_records: good,
            }),
            Err(verdict) => result.verdict = verdict,
        }
        result
    }

    fn judge_response(
        &self,
        attack: Attack,
        event: &SentEvent,
        read: &ReadResponse,
    ) -> AttackResult {
        let good_records = event.records.iter().filter(|record| !record.is_bad()).count();
        let lost_records = self.lost_records(event, read);
        let mut result = AttackResult {
            attack,
            answer: counts_text(read),
            firehose: firehose_text(read),
            lost_records,
            good_records,
            verdict: AttackVerdict::Held,
            evidence: Vec::new(),
        };
        let mut found: Vec<(FindingId, Option<String>, String)> = Vec::new();
        for violation in &read.violations {
            let finding = self.finding_of(attack, event, violation);
            if found.iter().all(|(known, ..)| *known != finding) {
                found.push((finding, violated_record(event, violation), violation.to_string()));
            }
        }
        if let Some(key) = read.other_keys.first() {
            let record = event.records.first().map(|record| shown_payload(&record.payload));
            let answer = format!("a partition key that is not a text: {key}");
            found.push((FindingId::PartitionKeyNotText, record, answer));
        }
        if attack.class() == AttackClass::OneRecord && self.is_steady {
            found.extend(self.faults_of_bad_records(event, read));
            found.extend(self.fault_of_good_records(event, read));
        }
        let is_new = |finding: &FindingId| !self.known.contains(finding);
        for (finding, record, answer) in found {
            if is_new(&finding) {
                let answer = escaped(&answer, ERROR_CHARACTERS);
                let evidence =
                    Evidence { finding, attack, record, answer, lost_records, good_records };
                result.add(evidence);
            }
        }
        if attack.class() == AttackClass::OtherForm
            && good_records > 0
            && lost_records == good_records
        {
            result = result.with_note(other_form_note(attack));
        }
        result
    }

    /// Returns `true` if the answers to good records lack their data, or have it without base64. Their
    /// length is then not that of valid answers.
    fn has_wrong_data(&self) -> bool {
        let faults = [FindingId::OkWithoutData, FindingId::DataNotBase64];
        faults.iter().any(|fault| self.known.contains(fault))
    }

    /// Returns the number of good records whose fate is worse than without the other records.
    fn lost_records(&self, event: &SentEvent, read: &ReadResponse) -> usize {
        if read.batch_failure().is_some() {
            return event.records.iter().filter(|record| !record.is_bad()).count();
        }
        let pairs = event.records.iter().zip(&read.fates);
        pairs.filter(|(record, fate)| self.is_lost(record, fate)).count()
    }

    fn is_lost(&self, record: &AttackedRecord, fate: &RecordFate) -> bool {
        let RecordRole::Good(number) = record.role else { return false };
        let expected = self.sample.records.get(number).map(|record| &record.fate);
        expected.is_some_and(|expected| !fate.is_like(expected))
    }

    /// Returns the fault of a function that answers good records otherwise if a bad record is among
    /// them, without a violation of the contract.
    fn fault_of_good_records(
        &self,
        event: &SentEvent,
        read: &ReadResponse,
    ) -> Option<(FindingId, Option<String>, String)> {
        if read.batch_failure().is_some() {
            return None;
        }
        let pairs = event.records.iter().zip(&read.fates);
        let mut changed = pairs.filter(|(record, fate)| {
            self.is_lost(record, fate) && matches!(fate, RecordFate::Failed | RecordFate::Dropped)
        });
        let (_, fate) = changed.next()?;
        let lost = 1 + changed.count();
        let (finding, result) = match fate {
            RecordFate::Dropped => (FindingId::SilentLoss, "Dropped"),
            _ => (FindingId::BadRecordFailsBatch, "ProcessingFailed"),
        };
        let answer =
            format!("{result} for {} beside this one", counted(lost as u64, "good record"));
        Some((finding, shown_bad_record(event), answer))
    }

    /// Returns the finding of a violation in the answer to an event of an attack.
    fn finding_of(&self, attack: Attack, event: &SentEvent, violation: &Violation) -> FindingId {
        let id = violation.record_id().unwrap_or_default();
        let finding = FindingId::of_violation(violation);
        match (attack, violation) {
            _ if self.known.contains(&finding) => finding,
            // The answers to the same records alone, or for the first time, have no such fault.
            (Attack::TwoEvents, _) => FindingId::Concurrency,
            (Attack::SameEventTwice, _) => FindingId::StateBetweenInvocations,
            (_, Violation::UnknownRecordId { .. }) if event.is_from_earlier_event(id) => {
                FindingId::StateBetweenInvocations
            }
            (Attack::MskSource, Violation::NoPayload { .. }) => FindingId::MskShape,
            _ => finding,
        }
    }

    fn faults_of_bad_records(
        &self,
        event: &SentEvent,
        read: &ReadResponse,
    ) -> Vec<(FindingId, Option<String>, String)> {
        let probe = Probe::of(event, read);
        let pairs = event.records.iter().zip(&read.fates);
        let faults = pairs.filter_map(|(record, fate)| {
            let RecordRole::Bad(traits) = &record.role else { return None };
            let (finding, answer) = self.fault_of_bad_record(record, traits, fate, &probe)?;
            Some((finding, Some(shown_payload(&record.payload)), answer))
        });
        let mut first: Vec<(FindingId, Option<String>, String)> = Vec::new();
        for fault in faults {
            if first.iter().all(|(known, ..)| *known != fault.0) {
                first.push(fault);
            }
        }
        first
    }

    fn fault_of_bad_record(
        &self,
        record: &AttackedRecord,
        traits: &BadTraits,
        fate: &RecordFate,
        probe: &Probe,
    ) -> Option<(FindingId, String)> {
        match fate {
            RecordFate::Dropped if traits.is_damaged => {
                Some((FindingId::SilentLoss, "Dropped".to_owned()))
            }
            RecordFate::Delivered(output) if traits.is_damaged && self.is_vanished(output) => {
                Some((FindingId::SilentLoss, "Ok, with an empty output".to_owned()))
            }
            RecordFate::Delivered(output) => {
                let changed = traits.changed.iter().find_map(|changed| find(output, changed));
                let changed = changed.filter(|_| probe.is_shown);
                if let Some(offset) = changed.or_else(|| find_replacement(output, &record.payload))
                {
                    let answer = format!("Ok, with the output {}", shown_part(output, offset));
                    return Some((FindingId::Utf8Only, answer));
                }
                let present = |marker: &String| find(output, marker.as_bytes()).is_some();
                let count = traits.markers.iter().filter(|marker| present(marker)).count();
                let is_partial = count > 0 && count < traits.markers.len();
                is_partial.then(|| {
                    let output = shown_payload(output);
                    (FindingId::SilentLoss, format!("Ok, without one of the values: {output}"))
                })
            }
            RecordFate::Failed | RecordFate::Dropped
                if traits.is_as_good_as_probe && probe.is_delivered =>
            {
                let result =
                    if *fate == RecordFate::Failed { "ProcessingFailed" } else { "Dropped" };
                let answer = format!("{result}, and Ok for the same record with the letter e");
                Some((FindingId::Utf8Only, answer))
            }
            _ => None,
        }
    }

    /// Returns `true` if an output for a damaged record is blank, and the outputs for good records are
    /// not.
    fn is_vanished(&self, output: &[u8]) -> bool {
        is_blank(output) && self.sample.output().is_some_and(|good| !is_blank(good))
    }
}

/// The answer to the probe of an event.
#[derive(Debug, Default)]
struct Probe {
    is_delivered: bool,
    /// `true` if the output has the marker of the probe.
    is_shown: bool,
}

impl Probe {
    fn of(event: &SentEvent, read: &ReadResponse) -> Self {
        let mut pairs = event.records.iter().zip(&read.fates);
        let answer = pairs.find_map(|(record, fate)| match (&record.role, fate) {
            (RecordRole::Probe { marker }, RecordFate::Delivered(output)) => Some(Self {
                is_delivered: true,
                is_shown: find(output, marker.as_bytes()).is_some(),
            }),
            _ => None,
        });
        answer.unwrap_or_default()
    }
}

fn violated_record(event: &SentEvent, violation: &Violation) -> Option<String> {
    let id = violation.record_id()?;
    let index = (0..event.records.len()).find(|index| event.record_id(*index) == id)?;
    Some(shown_payload(&event.records[index].payload))
}

/// Returns the first bad record of an event.
fn shown_bad_record(event: &SentEvent) -> Option<String> {
    let mut bad = event.records.iter().filter(|record| record.is_bad());
    bad.next().map(|record| shown_payload(&record.payload))
}

/// Returns the reason why a failure in an event of another form is no finding.
fn other_form_note(attack: Attack) -> &'static str {
    match attack {
        Attack::EmptyBatch => "Firehose sends no such event",
        Attack::NoArrivalTime => "Firehose sends an arrival time with each record",
        Attack::MskSource => "it does not read `kafkaRecordValue`, which only an MSK source needs",
        _ => "it does not read events of this source",
    }
}

#[cfg(test)]
mod tests;
