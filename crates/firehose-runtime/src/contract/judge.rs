use super::{
    expected_answers::{ExpectedAnswer, ExpectedAnswers, MatchedAnswer},
    response::Response,
    response_record::{RecordAnswer, ResponseRecord},
    violation::Violation,
};
use crate::limits::MAX_RESPONSE_BYTES;

/// The judgement of a response by [`judge`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Judgement<'a> {
    /// The response, or `None` if the response cannot be read.
    pub response: Option<Response<'a>>,
    /// The violations of the contract.
    ///
    /// The violations of the response as a whole come first. The violations of each answer follow,
    /// in the order of the response. An answer has at most two: a wrong id, and the first other
    /// violation. The records with too few or too many answers come last, in the order of the
    /// event.
    pub violations: Vec<Violation>,
    /// The number of answers to records that are not in the event. Firehose ignores these answers.
    pub ignored: usize,
}

impl Judgement<'_> {
    /// Returns the first violation that makes Firehose reject the whole response.
    pub fn batch_failure(&self) -> Option<&Violation> {
        self.violations.iter().find(|violation| violation.fails_batch())
    }
}

/// Judges a response as Firehose does. [`check`](super::check), a local delivery and the fixtures
/// all read responses with this function, so that they agree.
///
/// `expected` has the records of the event. `outcome` is called with the position of each of them,
/// from 0, and its answer, or the violation by which Firehose fails the record. A later call for a
/// record replaces an earlier one. The outcomes apply only if the response has no
/// [`batch_failure`](Judgement::batch_failure).
///
/// ```
/// use firehose_runtime::{Event, contract::{ExpectedAnswer, judge}};
///
/// let event = Event::parse(br#"{"records": [{"recordId": "1"}, {"recordId": "2"}]}"#)?;
/// let response = br#"{"records": [{"recordId": "2", "result": "Dropped"}]}"#;
/// let mut answered = [false; 2];
/// let judgement = judge(ExpectedAnswer::of_event(&event), response, |index, outcome| {
///     answered[index] = outcome.is_ok();
/// });
/// assert_eq!(answered, [false, true]);
/// assert_eq!(judgement.violations[0].to_string(), r#"record "1": not answered"#);
/// # Ok::<_, firehose_runtime::MalformedEvent>(())
/// ```
pub fn judge<'e, 'a>(
    expected: impl IntoIterator<Item = ExpectedAnswer<'e>>,
    response: &'a [u8],
    mut outcome: impl FnMut(usize, Result<RecordAnswer, &Violation>),
) -> Judgement<'a> {
    let mut violations = Vec::new();
    if response.len() > MAX_RESPONSE_BYTES {
        violations.push(Violation::TooLarge { bytes: response.len() });
    }
    let response = match Response::parse(response) {
        Ok(response) => response,
        Err(violation) => {
            violations.push(violation);
            return Judgement { response: None, violations, ignored: 0 };
        }
    };
    let mut expected = ExpectedAnswers::new(expected);
    let mut ignored = 0;
    if let Some(violation) = response.absent_records() {
        (0..expected.len()).for_each(|index| outcome(index, Err(&violation)));
        violations.push(violation);
    } else {
        for (position, record) in response.records().enumerate() {
            let matched =
                judge_record(position, &record, &mut expected, &mut outcome, &mut violations);
            ignored += usize::from(!matched);
        }
        for (index, violation) in expected.violations() {
            outcome(index, Err(&violation));
            violations.push(violation);
        }
    }
    Judgement { response: Some(response), violations, ignored }
}

/// Judges one element of `records` in the response. Returns `false` for an element that answers no
/// record of the event.
fn judge_record(
    position: usize,
    record: &ResponseRecord<'_>,
    expected: &mut ExpectedAnswers<'_>,
    outcome: &mut impl FnMut(usize, Result<RecordAnswer, &Violation>),
    violations: &mut Vec<Violation>,
) -> bool {
    if let Err(violation) = record.check_form(position) {
        violations.push(violation);
        return false;
    }
    let matched = match record.record_id() {
        None => {
            let found = record.record_id_kind();
            violations.push(Violation::NoRecordId { index: position, found });
            None
        }
        Some(record_id) => {
            let matched = expected.take(&record_id);
            if matched.is_none() {
                violations.push(Violation::UnknownRecordId { record_id: record_id.into_owned() });
            }
            matched
        }
    };
    let field = matched.map_or(expected.default_field(), |it| it.field);
    let violation = match record.answer(position, field) {
        Ok(answer) => {
            let violation = answer.metadata_violation().cloned();
            if let Some(MatchedAnswer { index, is_first: true, .. }) = matched {
                outcome(index, Ok(answer));
            }
            violation
        }
        Err(violation) => {
            if let Some(MatchedAnswer { index, is_first: true, .. }) = matched {
                outcome(index, Err(&violation));
            }
            Some(violation)
        }
    };
    // Firehose reads all answers before it looks for their records. So an answer that Firehose
    // ignores can still fail the batch, but cannot fail a record.
    let is_ignored = matched.is_none();
    violations.extend(violation.filter(|it| !is_ignored || it.fails_batch()));
    !is_ignored
}
