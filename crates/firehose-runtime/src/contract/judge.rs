use super::{
    expected_answers::{ExpectedAnswer, ExpectedAnswers, MatchedAnswer},
    response::Response,
    response_record::{RecordAnswer, ResponseRecord},
    violation::Violation,
};
use crate::limits::MAX_RESPONSE_BYTES;

/// The result of [`judge`] for a response.
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
    /// The outputs that lack a partition key of the prefix. Each violation names the first key that
    /// the output lacks.
    pub missing_partition_keys: Vec<Violation>,
    /// The number of answers that belong to no record of the event. Firehose ignores these answers.
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
/// `expected` has the answers that the records of the event need. `partition_keys` has the keys
/// that the prefix of the delivery stream names, if the prefix is known.
///
/// The function calls `outcome` for each record. The arguments are the position of the record in
/// `expected`, from 0, and the answer to the record, or the violation for which Firehose fails the
/// record. A later call for the same record replaces the earlier one. The outcomes apply only if
/// the response has no [`batch_failure`](Judgement::batch_failure).
///
/// ```
/// use firehose_runtime::{Event, contract::{ExpectedAnswer, judge}};
///
/// let event = Event::parse(br#"{"records": [{"recordId": "1"}, {"recordId": "2"}]}"#)?;
/// let response = br#"{"records": [{"recordId": "2", "result": "Dropped"}]}"#;
/// let mut answered = [false; 2];
/// let judgement = judge(ExpectedAnswer::of_event(&event), &[], response, |index, outcome| {
///     answered[index] = outcome.is_ok();
/// });
/// assert_eq!(answered, [false, true]);
/// assert_eq!(judgement.violations[0].to_string(), r#"record "1": not answered"#);
/// # Ok::<_, firehose_runtime::MalformedEvent>(())
/// ```
pub fn judge<'e, 'a>(
    expected: impl IntoIterator<Item = ExpectedAnswer<'e>>,
    partition_keys: &[String],
    response: &'a [u8],
    mut outcome: impl FnMut(usize, Result<RecordAnswer, &Violation>),
) -> Judgement<'a> {
    let mut judgement = Judgement {
        response: None,
        violations: Vec::new(),
        missing_partition_keys: Vec::new(),
        ignored: 0,
    };
    if response.len() > MAX_RESPONSE_BYTES {
        judgement.violations.push(Violation::TooLarge { bytes: response.len() });
    }
    let response = match Response::parse(response) {
        Ok(response) => *judgement.response.insert(response),
        Err(violation) => {
            judgement.violations.push(violation);
            return judgement;
        }
    };
    let mut expected = ExpectedAnswers::new(expected);
    if let Some(violation) = response.absent_records() {
        (0..expected.len()).for_each(|index| outcome(index, Err(&violation)));
        judgement.violations.push(violation);
        return judgement;
    }
    for (position, record) in response.records().enumerate() {
        judge_record(
            position,
            &record,
            &mut expected,
            partition_keys,
            &mut judgement,
            &mut outcome,
        );
    }
    for (index, violation) in expected.violations() {
        outcome(index, Err(&violation));
        judgement.violations.push(violation);
    }
    judgement
}

/// Judges one element of `records` in the response.
fn judge_record(
    position: usize,
    record: &ResponseRecord<'_>,
    expected: &mut ExpectedAnswers<'_>,
    partition_keys: &[String],
    judgement: &mut Judgement<'_>,
    outcome: &mut impl FnMut(usize, Result<RecordAnswer, &Violation>),
) {
    let Judgement { violations, missing_partition_keys, ignored, .. } = judgement;
    if let Err(violation) = record.check_form(position) {
        violations.push(violation);
        *ignored += 1;
        return;
    }
    let record_id = record.record_id();
    let matched = record_id.as_deref().and_then(|id| expected.take(id));
    if matched.is_none() {
        *ignored += 1;
        violations.push(match &record_id {
            Some(id) => Violation::UnknownRecordId { record_id: id.clone().into_owned() },
            None => Violation::NoRecordId { index: position, found: record.record_id_kind() },
        });
    }
    let field = matched.map_or(expected.default_field(), |it| it.field);
    let answer = record.answer(position, field);
    let violation = match &answer {
        Ok(answer) => answer.metadata_violation().cloned(),
        Err(violation) => Some(violation.clone()),
    };
    if let Some(MatchedAnswer { index, is_first: true, .. }) = matched {
        let key = answer.as_ref().ok().and_then(|answer| answer.missing_key(partition_keys));
        missing_partition_keys.extend(key.map(|key| Violation::MissingPartitionKey {
            record_id: record_id.unwrap_or_default().into_owned(),
            key: key.to_owned(),
        }));
        match answer {
            Ok(answer) => outcome(index, Ok(answer)),
            Err(violation) => outcome(index, Err(&violation)),
        }
    }
    // Firehose reads all answers before it looks for their records. So an answer that Firehose
    // ignores can still fail the batch, but cannot fail a record.
    violations.extend(violation.filter(|it| matched.is_some() || it.fails_batch()));
}
