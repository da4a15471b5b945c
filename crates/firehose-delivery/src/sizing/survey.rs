use std::{borrow::Cow, collections::HashMap};

use firehose_runtime::contract::Response;

use crate::delivery_stream::{
    DeliveryFailure, RecordOutcome, RejectedResponse, StreamRecord, read_response,
};

/// The answers of a function to each record of a sample, in batches of the smallest setting.
#[derive(Debug, Default)]
pub struct Survey {
    /// The length of the answer to each record in bytes, with the comma after the answer.
    pub answer_bytes: Vec<u64>,
    /// `true` for each record that Firehose would treat as failed.
    pub failed: Vec<bool>,
    /// The outcomes of all records.
    pub outcomes: Outcomes,
    /// The bytes of data in the `Ok` records before the function.
    pub input_bytes: u64,
    /// The bytes of data in the `Ok` records after the function.
    pub output_bytes: u64,
}

/// The number of records with each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Records with the answer `Ok` and data.
    pub ok: u64,
    /// Records with the answer `Dropped`.
    pub dropped: u64,
    /// Records with the answer `ProcessingFailed`.
    pub processing_failed: u64,
    /// Records whose answer is missing or breaks Firehose's contract, such as a repeated answer.
    pub not_answered: u64,
}

impl Outcomes {
    /// Returns the number of records with each of these outcomes.
    pub fn of(outcomes: &[RecordOutcome]) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            *match outcome {
                RecordOutcome::Ok { .. } => &mut counts.ok,
                RecordOutcome::Dropped => &mut counts.dropped,
                RecordOutcome::Failed(DeliveryFailure::ProcessingFailed) => {
                    &mut counts.processing_failed
                }
                RecordOutcome::Failed(_) => &mut counts.not_answered,
            } += 1;
        }
        counts
    }

    /// Returns the number of failed records of both kinds.
    pub fn failed(&self) -> u64 {
        self.processing_failed + self.not_answered
    }

    fn add(&mut self, other: Self) {
        self.ok += other.ok;
        self.dropped += other.dropped;
        self.processing_failed += other.processing_failed;
        self.not_answered += other.not_answered;
    }
}

impl Survey {
    /// Adds the records of a batch and the response to them.
    ///
    /// # Errors
    ///
    /// If Firehose would reject the whole response.
    pub fn add(
        &mut self,
        records: &[StreamRecord],
        response: &[u8],
    ) -> Result<(), RejectedResponse> {
        let answers = read_response(response, records, &[])?;
        self.outcomes.add(Outcomes::of(&answers.outcomes));
        for (record, outcome) in records.iter().zip(&answers.outcomes) {
            self.failed.push(matches!(outcome, RecordOutcome::Failed(_)));
            if let RecordOutcome::Ok { data, .. } = outcome {
                self.input_bytes += record.data.len() as u64;
                self.output_bytes += data.len() as u64;
            }
        }
        self.answer_bytes.extend(lengths(records, response));
        Ok(())
    }

    /// Returns the size of the output of the `Ok` records divided by the size of their data.
    pub fn data_expansion(&self) -> Option<f64> {
        (self.input_bytes > 0).then(|| self.output_bytes as f64 / self.input_bytes as f64)
    }
}

/// Returns the length of the answer to each record in a response, in bytes.
///
/// The bytes between the answers, such as spaces, are divided among the records.
fn lengths(records: &[StreamRecord], response: &[u8]) -> Vec<u64> {
    let mut by_id: HashMap<Cow<'_, str>, u64> = HashMap::with_capacity(records.len());
    let mut rest = response.len() as u64;
    for answer in Response::parse(response).iter().flat_map(Response::records) {
        let length = answer.json().len() as u64 + 1;
        rest = rest.saturating_sub(length);
        if let Some(record_id) = answer.record_id() {
            *by_id.entry(record_id).or_default() += length;
        }
    }
    // The few bytes around the answers, `{"records":[]}`, must not add a rounded-up byte to each
    // answer.
    let share = if rest <= 32 { 0 } else { rest.div_ceil(records.len().max(1) as u64) };
    let of = |record: &StreamRecord| by_id.get(&*record.record_id).copied().unwrap_or(0) + share;
    records.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn records() -> Vec<StreamRecord> {
        let record = |id: &str| StreamRecord {
            position: 1,
            record_id: id.to_owned(),
            arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
            data: Bytes::from_static(b"1234"),
            processed: None,
            kinesis: None,
            msk: None,
        };
        ["a", "b", "c", "d"].map(record).to_vec()
    }

    const OK: &str = r#"{"recordId":"a","result":"Ok","data":"MTIzNDU2"}"#;
    const FAILED: &str = r#"{"recordId":"b","result":"ProcessingFailed"}"#;
    const DROPPED: &str = r#"{"recordId":"c","result":"Dropped"}"#;

    #[test]
    fn each_record_has_an_outcome_and_a_part_of_the_response() {
        let mut survey = Survey::default();
        let response = format!(r#"{{"records":[{DROPPED},{FAILED},{OK}]}}"#);
        survey.add(&records(), response.as_bytes()).unwrap();
        assert_eq!(survey.answer_bytes, [49, 45, 36, 0]);
        assert_eq!(survey.failed, [false, true, false, true]);
        let outcomes = Outcomes { ok: 1, dropped: 1, processing_failed: 1, not_answered: 1 };
        assert_eq!(survey.outcomes, outcomes);
        assert_eq!(survey.data_expansion(), Some(1.5));
        let sum: u64 = survey.answer_bytes.iter().sum();
        assert!(response.len() as u64 >= sum && response.len() as u64 <= sum + 32);
    }

    #[test]
    fn spaces_count_for_all_records() {
        let mut survey = Survey::default();
        let spaces = " ".repeat(100);
        let response = format!(r#"{{"records":[{DROPPED},{spaces}{FAILED}]}}"#);
        survey.add(&records(), response.as_bytes()).unwrap();
        assert!(survey.answer_bytes.iter().sum::<u64>() >= response.len() as u64);
    }

    #[test]
    fn a_rejected_response_is_an_error_and_has_no_expansion() {
        let mut survey = Survey::default();
        assert!(survey.add(&records(), b"oops").is_err());
        assert_eq!(survey.data_expansion(), None);
    }
}
