//! The attacks with large events of good records.

use firehose_delivery::function::FunctionError;

use super::{
    attack::Attack,
    attack_result::AttackResult,
    attacked_record::AttackedRecord,
    bad_records::filler,
    examination::Examination,
    function_answer::ReadResponse,
    growth::{GrowthForm, LARGE_EVENT_BYTES, growth_forms},
    json_text::TextPlace,
    payload_kind::PayloadKind,
    record_fate::RecordFate,
    sent_event::SentEvent,
};

/// The number of records in an event with many records.
const MANY_RECORDS: usize = 10_000;

/// The bytes of a record in the attack with a large event.
const LARGE_PART_BYTES: usize = 64 * 1024;

/// A form of records, and the growth of their outputs.
struct Growth {
    form: GrowthForm,
    /// The length of the response, divided by the length of the event.
    ratio: f64,
    bytes_per_record: f64,
}

impl Examination {
    pub(super) async fn large(&mut self, attack: Attack) -> AttackResult {
        match attack {
            Attack::LargeResponse => self.large_response().await,
            Attack::LargeEvent => {
                let records = self.large_records().await;
                self.send(attack, records, self.sample.source).await
            }
            _ => {
                let capacity = LARGE_EVENT_BYTES / self.bytes_per_record().max(1);
                let count = match attack {
                    Attack::ManyRecords => MANY_RECORDS.min(capacity),
                    _ if capacity <= MANY_RECORDS => {
                        let reason = "many-records is as large as an event can be";
                        return AttackResult::undecided(attack, reason);
                    }
                    _ => capacity,
                };
                let records = self.sample.cycled(count);
                let event = self.numbering.write(records, self.sample.source);
                let (result, answer) = self.invoke(attack, &event).await;
                let note = format!(
                    "{count} records took {:.1} of {} s",
                    answer.time.as_secs_f64(),
                    self.budget.timeout().as_secs()
                );
                if answer.result.is_ok() { result.with_note(note) } else { result }
            }
        }
    }

    /// Returns the length of a record in an event, in bytes.
    fn bytes_per_record(&mut self) -> usize {
        let records = self.sample.neighbours();
        let count = records.len().max(1);
        self.numbering.write(records, self.sample.source).text.len() / count
    }

    /// Returns the records of an event that is nearly as long as Lambda allows.
    async fn large_records(&mut self) -> Vec<AttackedRecord> {
        // base64 takes four bytes for three.
        let count = LARGE_EVENT_BYTES * 74 / 100 / LARGE_PART_BYTES;
        if let Some(record) = self.large_part() {
            let event = self.numbering.write(vec![record.clone()], self.sample.source);
            let answer = self.function.invoke(&event.text, &self.budget).await;
            if is_delivered(&event, answer.result.as_deref().ok()) {
                let count = match self.sample.kind.is_compressed() {
                    true => LARGE_EVENT_BYTES / event.text.len().max(1),
                    false => count,
                };
                return vec![record; count];
            }
        }
        let capacity = LARGE_EVENT_BYTES / self.bytes_per_record().max(1);
        self.sample.cycled(capacity)
    }

    fn large_part(&self) -> Option<AttackedRecord> {
        let kind = self.sample.kind;
        if kind == PayloadKind::Binary {
            return None;
        }
        let place = TextPlace::find(&kind.unpack(&self.sample.payload()), self.sample.output())?;
        Some(AttackedRecord::good(0, kind.pack(place.with(&filler(LARGE_PART_BYTES - 2048)))))
    }

    /// Sends an event within the limits whose response would pass the limit.
    async fn large_response(&mut self) -> AttackResult {
        let attack = Attack::LargeResponse;
        let Some(growth) = self.best_growth().await else {
            return AttackResult::undecided(
                attack,
                "the function answers no small event of this kind",
            );
        };
        let Growth { form, ratio, bytes_per_record } = growth;
        let Some(records) = form.passing(&self.sample, ratio, bytes_per_record) else {
            let reason = format!(
                "could not be reached: a response is at most {ratio:.2} times as long as its event, also \
                 with shorter and longer records and other letters"
            );
            return AttackResult::undecided(attack, reason);
        };
        let event = self.numbering.write(records, self.sample.source);
        let (mut result, answer) = self.invoke(attack, &event).await;
        if let Some(FunctionError::ResponseTooLarge { bytes }) = answer.error() {
            let text = format!(
                "a response of {bytes} bytes to an event of {} bytes, with {}",
                event.text.len(),
                form.name
            );
            for evidence in &mut result.evidence {
                evidence.answer.clone_from(&text);
            }
        } else if result.lost_records == 0 && answer.result.is_ok() {
            result = result.with_note("the outputs are shorter than those of small events");
        }
        result
    }

    /// Returns the form of good records whose outputs grow most.
    async fn best_growth(&mut self) -> Option<Growth> {
        let mut best: Option<Growth> = None;
        for form in growth_forms() {
            if self.budget.is_over() {
                break;
            }
            let Some(records) = form.probe(&self.sample) else { continue };
            let event = self.numbering.write(records, self.sample.source);
            let answer = self.function.invoke(&event.text, &self.budget).await;
            let response = answer.result.as_deref().ok();
            if !is_delivered(&event, response) {
                continue;
            }
            let bytes = event.text.len() as f64;
            let ratio = response.map_or(0.0, |response| response.len() as f64 / bytes);
            if best.as_ref().is_none_or(|best| ratio > best.ratio) {
                let bytes_per_record = bytes / event.records.len().max(1) as f64;
                best = Some(Growth { form, ratio, bytes_per_record });
            }
        }
        best
    }
}

/// Returns `true` if all records of an event are delivered, or have the fault of good records.
fn is_delivered(event: &SentEvent, response: Option<&[u8]>) -> bool {
    response.is_some_and(|response| {
        let read = ReadResponse::read(&event.text, event.records.len(), response);
        read.fates
            .iter()
            .all(|fate| matches!(fate, RecordFate::Delivered(_) | RecordFate::Violated(_)))
    })
}
