use std::fmt::Write;

use bytes::Bytes;
use firehose_delivery::function::{FunctionError, InvokeError, StartError};
use firehose_fixtures::SourceShape;
use firehose_runtime::contract::Violation;
use serde_json::Value;

use super::{
    attacked_record::AttackedRecord,
    built_in_samples::{BuiltInSample, built_in_samples, json_object, small_object},
    code_fields::objects_of_code,
    examined_function::ExaminedFunction,
    field_learning::LearnedObject,
    function_answer::{FunctionAnswer, ReadResponse},
    given_sample::GivenSample,
    good_sample::{GoodRecord, GoodSample, SampleOrigin},
    payload_kind::PayloadKind,
    record_fate::RecordFate,
    sent_event::{EventNumbering, SentEvent},
    time_budget::TimeBudget,
};
use crate::terminal::escaped;

/// The reason why there are no good records.
#[derive(Debug)]
pub(super) enum LearningError {
    /// The function could not be started or reached.
    Start(StartError),
    /// The function accepts no sample. The text has its answers.
    NothingAccepted(String),
    /// The function fails for each event of Firehose, and answers an event of a Kinesis event source
    /// mapping. The text has its first answer.
    ReadsOtherEvents(String),
}

/// An event with a record of a Kinesis event source mapping, which invokes functions without Firehose.
/// The record is in `Records`, and in `records` too, where some functions look for it.
const OTHER_EVENT: &str = include_str!("kinesis_event.json");

/// The way in which a function answers a sample, from the worst to the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Acceptance {
    /// The function fails, or each record fails.
    Rejected,
    /// Each record is dropped.
    Dropped,
    /// The function answers, but no record has an answer.
    Unanswered,
    /// Records have answers that break the contract.
    Violating,
    /// Some records are delivered.
    Partly,
    /// All records are delivered.
    All,
}

/// The search for records that the function accepts.
#[derive(Debug)]
pub(super) struct Learning<'a> {
    pub(super) function: &'a mut ExaminedFunction,
    pub(super) numbering: &'a mut EventNumbering,
    pub(super) budget: &'a TimeBudget,
    best: Option<(Acceptance, GoodSample)>,
    /// The distinct answers of the function to samples that it does not accept, each with the name of
    /// the first sample.
    answers: Vec<(String, String)>,
    /// The number of events.
    events: usize,
    /// The number of events for which the function failed.
    errors: usize,
    /// The number of events without an answer in time.
    timeouts: usize,
}

impl<'a> Learning<'a> {
    /// The most records of a given sample that are sent.
    const MAX_RECORDS: usize = 100;

    /// The most events without an answer in time, so that a function that always hangs is given up.
    const MAX_TIMEOUTS: usize = 2;

    /// The most lines with answers in an error.
    const SHOWN_ANSWERS: usize = 4;

    pub(super) fn new(
        function: &'a mut ExaminedFunction,
        numbering: &'a mut EventNumbering,
        budget: &'a TimeBudget,
    ) -> Self {
        let (best, answers) = (None, Vec::new());
        Self { function, numbering, budget, best, answers, events: 0, errors: 0, timeouts: 0 }
    }

    /// Finds good records: those of a given sample, or a built-in sample that the function accepts.
    ///
    /// # Errors
    ///
    /// If the function cannot start, or accepts no sample.
    pub(super) async fn learn(
        mut self,
        given: Option<&GivenSample>,
        sources: &[SourceShape],
    ) -> Result<GoodSample, LearningError> {
        self.function.start(self.budget).await.map_err(LearningError::Start)?;
        for source in sources {
            match given {
                Some(given) => {
                    let payloads = given.payloads.iter().take(Self::MAX_RECORDS).cloned();
                    let payloads: Vec<_> = payloads.collect();
                    self.try_payloads("the sample", &payloads, *source, SampleOrigin::Given)
                        .await?;
                }
                None => self.try_built_in(*source).await?,
            }
            if self.is_done() || self.best_acceptance() >= Acceptance::Violating {
                break;
            }
        }
        // Later events must not meet the state that these events left.
        self.function.stop().await;
        match self.best.take() {
            Some((acceptance, sample)) if acceptance >= Acceptance::Unanswered => Ok(sample),
            _ => Err(self.nothing_accepted().await),
        }
    }

    async fn nothing_accepted(&mut self) -> LearningError {
        if self.errors == self.events && self.timeouts == 0 && !self.budget.is_over() {
            let other = Bytes::from_static(OTHER_EVENT.as_bytes());
            let answer = self.function.invoke(&other, self.budget).await;
            self.function.stop().await;
            if let (Ok(_), Some((_, first))) = (answer.result, self.answers.first()) {
                return LearningError::ReadsOtherEvents(first.clone());
            }
        }
        LearningError::NothingAccepted(shown_answers(&self.answers))
    }

    async fn try_built_in(&mut self, source: SourceShape) -> Result<(), LearningError> {
        let samples = built_in_samples();
        let (json, others): (Vec<_>, Vec<_>) =
            samples.into_iter().partition(|sample| sample.kind() == PayloadKind::Json);
        self.try_samples(&json, source).await?;
        let objects = self.function.javascript_folder().map(objects_of_code).unwrap_or_default();
        for object in objects {
            if !self.is_done() {
                let name = "JSON objects with the fields in the code";
                let payloads = (1..=GoodSample::NEIGHBOURS)
                    .map(|number| numbered(&object, json_object, number))
                    .collect::<Vec<_>>();
                let origin = SampleOrigin::BuiltIn(name);
                self.try_payloads(name, &payloads, source, origin).await?;
            }
        }
        for usual in [json_object, small_object] {
            if !self.is_done() {
                self.try_learned(usual, source).await?;
            }
        }
        if !self.is_done() {
            self.try_samples(&others, source).await?;
        }
        Ok(())
    }

    async fn try_samples(
        &mut self,
        samples: &[BuiltInSample],
        source: SourceShape,
    ) -> Result<(), LearningError> {
        for sample in samples {
            if self.is_done() {
                break;
            }
            let origin = SampleOrigin::BuiltIn(sample.name);
            self.try_payloads(sample.name, &sample.payloads, source, origin).await?;
        }
        Ok(())
    }

    /// Tries JSON objects with the fields that the errors of the function name, beside the usual fields.
    async fn try_learned(
        &mut self,
        usual: fn(usize) -> Value,
        source: SourceShape,
    ) -> Result<(), LearningError> {
        let mut learned = LearnedObject::new(usual(1));
        loop {
            let payloads: Vec<_> = (1..=GoodSample::NEIGHBOURS)
                .map(|number| numbered(learned.object(), usual, number))
                .collect();
            let origin = match learned.added() {
                [] => SampleOrigin::BuiltIn("JSON objects"),
                fields => SampleOrigin::Learned(fields.to_vec()),
            };
            let errors =
                self.try_payloads("JSON with learned fields", &payloads, source, origin).await?;
            if self.is_done() || !learned.learn(&errors) {
                return Ok(());
            }
        }
    }

    /// Sends records, and keeps them if the function accepts them better than all earlier ones.
    /// Returns the errors of the function.
    async fn try_payloads(
        &mut self,
        name: &str,
        payloads: &[Bytes],
        source: SourceShape,
        origin: SampleOrigin,
    ) -> Result<String, LearningError> {
        let records = payloads.iter().enumerate();
        let records =
            records.map(|(number, it)| AttackedRecord::good(number, it.clone())).collect();
        let event = self.numbering.write(records, source);
        let answer = self.function.invoke(&event.text, self.budget).await;
        self.events += 1;
        self.errors += usize::from(answer.result.is_err());
        let log = self.function.last_log_lines().await;
        let errors = match &answer.result {
            Err(InvokeError::Start(StartError::Unreachable { url, reason })) => {
                let (url, reason) = (url.clone(), reason.clone());
                return Err(LearningError::Start(StartError::Unreachable { url, reason }));
            }
            Err(error) => {
                let is_timeout = matches!(error, InvokeError::Function(FunctionError::TimedOut(_)));
                self.timeouts += usize::from(is_timeout);
                format!("{}\n{error}", log.join("\n"))
            }
            Ok(_) => log.join("\n"),
        };
        let (acceptance, records) = accepted(&event, &answer);
        if acceptance < Acceptance::Violating {
            self.note_answer(name, answer_text(&answer, acceptance, &log));
        }
        if acceptance > self.best_acceptance() || self.best.is_none() {
            let kind = records.first().map_or(PayloadKind::Text, |it| PayloadKind::of(&it.payload));
            self.best = Some((acceptance, GoodSample { kind, origin, source, records }));
        }
        Ok(errors)
    }

    fn note_answer(&mut self, sample: &str, answer: String) {
        if self.answers.iter().all(|(_, known)| *known != answer) {
            self.answers.push((sample.to_owned(), answer));
        }
    }

    fn best_acceptance(&self) -> Acceptance {
        self.best.as_ref().map_or(Acceptance::Rejected, |(acceptance, _)| *acceptance)
    }

    fn is_done(&self) -> bool {
        self.best_acceptance() == Acceptance::All
            || self.timeouts >= Self::MAX_TIMEOUTS
            || self.budget.is_over()
    }
}

/// Returns the way in which the records of an event were accepted, and the accepted records.
fn accepted(event: &SentEvent, answer: &FunctionAnswer) -> (Acceptance, Vec<GoodRecord>) {
    let Ok(response) = &answer.result else { return (Acceptance::Rejected, Vec::new()) };
    let read = ReadResponse::read(&event.text, event.records.len(), response);
    let records: Vec<_> = event
        .records
        .iter()
        .zip(&read.fates)
        .map(|(record, fate)| GoodRecord { payload: record.payload.clone(), fate: fate.clone() })
        .collect();
    let with = |is: fn(&RecordFate) -> bool| -> Vec<GoodRecord> {
        records.iter().filter(|record| is(&record.fate)).cloned().collect()
    };
    let delivered = with(|fate| matches!(fate, RecordFate::Delivered(_)));
    if !delivered.is_empty() {
        let is_all = delivered.len() == records.len();
        return (if is_all { Acceptance::All } else { Acceptance::Partly }, delivered);
    }
    let answered = with(|fate| match fate {
        RecordFate::Violated(violation) => {
            violation.record_id().is_some() && !matches!(violation, Violation::NotAnswered { .. })
        }
        _ => false,
    });
    if !answered.is_empty() {
        return (Acceptance::Violating, answered);
    }
    let violated = with(|fate| matches!(fate, RecordFate::Violated(_)));
    if !violated.is_empty() {
        return (Acceptance::Unanswered, violated);
    }
    match with(|fate| *fate == RecordFate::Dropped) {
        dropped if dropped.is_empty() => (Acceptance::Rejected, Vec::new()),
        dropped => (Acceptance::Dropped, dropped),
    }
}

/// Returns the text of an object whose texts differ from those of the objects with other numbers.
fn numbered(object: &Value, usual: fn(usize) -> Value, number: usize) -> Bytes {
    let mut object = object.clone();
    let first = usual(1);
    if let (Some(members), Value::Object(usual)) = (object.as_object_mut(), usual(number)) {
        for (name, value) in usual {
            // A learned field replaces a usual field of the same name.
            if members.get(&name) == first.get(&name) {
                members.insert(name, value);
            }
        }
    }
    object.to_string().into()
}

fn answer_text(answer: &FunctionAnswer, acceptance: Acceptance, log: &[String]) -> String {
    let text = match (&answer.result, acceptance) {
        (Err(error), _) => error.to_string(),
        (Ok(_), Acceptance::Dropped) => "Dropped".to_owned(),
        (Ok(_), Acceptance::Unanswered) => "a response without answers".to_owned(),
        (Ok(_), _) => {
            let last = log.iter().rev().find(|line| !line.trim().is_empty());
            match last {
                Some(line) => {
                    format!("ProcessingFailed; its log ends with: {}", logged_cause(line))
                }
                None => "ProcessingFailed".to_owned(),
            }
        }
    };
    escaped(&text, 300)
}

/// Returns the cause in a log line, or the whole line.
fn logged_cause(line: &str) -> String {
    let json: Value = serde_json::from_str(line).unwrap_or_default();
    let fields = ["cause", "error", "errorMessage", "message"];
    let cause = fields.iter().find_map(|field| json[field].as_str());
    cause.unwrap_or(line).to_owned()
}

/// Returns the answers, each on a line.
fn shown_answers(answers: &[(String, String)]) -> String {
    let mut text = String::new();
    for (sample, answer) in answers.iter().take(Learning::SHOWN_ANSWERS) {
        // Writing to memory does not fail.
        let _ = write!(text, "\n  {sample}: {answer}");
    }
    if let Some(more) = answers.len().checked_sub(Learning::SHOWN_ANSWERS).filter(|more| *more > 0)
    {
        let _ = write!(text, "\n  ... and {more} more");
    }
    text
}
