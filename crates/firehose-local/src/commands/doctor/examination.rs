use firehose_delivery::function::FunctionError;
use firehose_fixtures::SourceShape;

use super::{
    attack::Attack,
    attack_result::{AttackResult, AttackVerdict},
    attacked_record::AttackedRecord,
    bad_records::bad_records,
    evidence::{Evidence, shown_payload},
    examined_function::ExaminedFunction,
    finding_id::FindingId,
    function_answer::FunctionAnswer,
    given_sample::GivenSample,
    good_sample::GoodSample,
    judging::Judge,
    learning::{Learning, LearningError},
    sent_event::{EventNumbering, SentEvent, without_arrival_times},
    time_budget::TimeBudget,
};

/// The attacks on a function, one after the other.
#[derive(Debug)]
pub(super) struct Examination {
    pub(super) function: ExaminedFunction,
    pub(super) sample: GoodSample,
    pub(super) numbering: EventNumbering,
    pub(super) budget: TimeBudget,
    /// The source of the delivery stream, if a template names it.
    pub(super) source: Option<SourceShape>,
    /// The faults that the function shows for good records.
    pub(super) known: Vec<FindingId>,
    /// `false` if the function treats the same good records otherwise from time to time.
    pub(super) is_steady: bool,
    /// `true` if earlier events change the answers of the function. It would show this fault in each
    /// later attack, so that each gets a new process.
    pub(super) has_state: bool,
}

impl Examination {
    /// Finds good records for a function.
    ///
    /// # Errors
    ///
    /// If the function cannot start, or accepts no sample.
    pub(super) async fn begin(
        mut function: ExaminedFunction,
        budget: TimeBudget,
        given: Option<&GivenSample>,
        source: Option<SourceShape>,
    ) -> Result<Self, LearningError> {
        let mut numbering = EventNumbering::default();
        let first = given.and_then(|given| given.source).or(source);
        let others = SourceShape::ALL.into_iter().filter(|it| Some(*it) != first);
        let sources: Vec<_> = first.into_iter().chain(others).collect();
        let learning = Learning::new(&mut function, &mut numbering, &budget);
        let sample = learning.learn(given, &sources).await?;
        Ok(Self {
            function,
            sample,
            numbering,
            budget,
            source,
            known: Vec::new(),
            is_steady: true,
            has_state: false,
        })
    }

    /// Tries all attacks. Calls `progress` before each one.
    pub(super) async fn run(&mut self, progress: impl Fn(Attack)) -> Vec<AttackResult> {
        let mut results = Vec::new();
        for attack in Attack::ALL {
            progress(*attack);
            if self.budget.is_over() {
                results.push(AttackResult::undecided(*attack, "no time was left"));
                continue;
            }
            if self.has_state {
                self.function.stop().await;
            }
            let result = self.try_attack(*attack).await;
            if *attack == Attack::GoodRecords {
                self.known = result.evidence.iter().map(|evidence| evidence.finding).collect();
            }
            let is_state = |it: &Evidence| it.finding == FindingId::StateBetweenInvocations;
            self.has_state |= result.evidence.iter().any(is_state);
            results.push(result);
        }
        self.function.stop().await;
        results
    }

    async fn try_attack(&mut self, attack: Attack) -> AttackResult {
        let source = self.sample.source;
        let good = || self.sample.cycled(self.sample.records.len().min(GOOD_RECORDS));
        match attack {
            Attack::GoodRecords => {
                let records = good();
                self.good_records(records).await
            }
            Attack::SameEventTwice => self.same_event_twice().await,
            Attack::TwoEvents => self.two_events().await,
            Attack::LargeEvent
            | Attack::LargeResponse
            | Attack::ManyRecords
            | Attack::NearDeadline => self.large(attack).await,
            Attack::EmptyBatch => self.send(attack, Vec::new(), source).await,
            Attack::NoArrivalTime => {
                let event = self.numbering.write(self.sample.neighbours(), source);
                self.invoke(attack, &without_arrival_times(event)).await.0
            }
            Attack::DirectPutSource => self.other_source(attack, SourceShape::DirectPut).await,
            Attack::KinesisSource => self.other_source(attack, SourceShape::Kinesis).await,
            Attack::MskSource => self.other_source(attack, SourceShape::Msk).await,
            _ => match bad_records(attack, &self.sample) {
                Some(bad) => self.one_record(attack, bad).await,
                None => {
                    let kind = self.sample.kind;
                    AttackResult::undecided(attack, format!("it needs a sample other than {kind}"))
                }
            },
        }
    }

    /// Sends good records several times, and judges the first answer. The other answers show whether the
    /// function is steady. They leave state in the process, so that the next attack gets a new one.
    async fn good_records(&mut self, records: Vec<AttackedRecord>) -> AttackResult {
        let (attack, source) = (Attack::GoodRecords, self.sample.source);
        let result = self.send(attack, records.clone(), source).await;
        let mut lost = result.lost_records;
        for _ in 0..STEADY_EVENTS {
            lost += self.send(attack, records.clone(), source).await.lost_records;
        }
        self.is_steady = lost == 0 || !result.evidence.is_empty();
        self.function.stop().await;
        match self.is_steady {
            true => result,
            false => result.with_note("the function treats the same records otherwise at times"),
        }
    }

    /// Sends bad records among good ones. A failure counts if it happens twice.
    async fn one_record(&mut self, attack: Attack, bad: Vec<AttackedRecord>) -> AttackResult {
        let good = self.sample.neighbours();
        let (first, rest) = good.split_at(good.len().min(1));
        let records = [first, &bad, rest].concat();
        let event = self.numbering.write(records.clone(), self.sample.source);
        let (mut result, answer) = self.invoke(attack, &event).await;
        let Some(error) = answer.error() else { return result };
        if !matches!(error, FunctionError::TimedOut(_)) && !self.budget.is_over() {
            let event = self.numbering.write(records, self.sample.source);
            let (again, answer) = self.invoke(attack, &event).await;
            if answer.error().is_none() {
                return again.with_note("the function failed once, and not again");
            }
        }
        if let Some(evidence) = self.fault_after(attack, &event).await {
            result.add(evidence);
        }
        result
    }

    /// Sends good records after a failure. Returns evidence if the process fails for them now.
    async fn fault_after(&mut self, attack: Attack, event: &SentEvent) -> Option<Evidence> {
        if self.budget.is_over() || !self.is_steady {
            return None;
        }
        let good = self.numbering.write(self.sample.neighbours(), self.sample.source);
        let (after, _) = self.invoke(Attack::SameEventTwice, &good).await;
        if after.lost_records == 0 || !self.known.is_empty() {
            return None;
        }
        self.function.stop().await;
        // A function that fails in a new process too fails for another reason.
        let good = self.numbering.write(self.sample.neighbours(), self.sample.source);
        let (fresh, _) = self.invoke(Attack::SameEventTwice, &good).await;
        let record = event.records.iter().find(|record| record.is_bad());
        (fresh.lost_records == 0).then(|| Evidence {
            finding: FindingId::StateBetweenInvocations,
            attack,
            record: record.map(|record| shown_payload(&record.payload)),
            answer: format!("good records after this event: {}", after.answer),
            lost_records: after.lost_records,
            good_records: after.good_records,
        })
    }

    async fn other_source(&mut self, attack: Attack, source: SourceShape) -> AttackResult {
        if source == self.sample.source {
            return AttackResult::undecided(attack, "the good records have this form already");
        }
        if self.source.is_some_and(|known| known != source) {
            return AttackResult::undecided(attack, "the delivery stream has another source");
        }
        let mut result = self.send(attack, self.sample.neighbours(), source).await;
        let is_needed = self.source == Some(source) && source == SourceShape::Msk;
        if is_needed && matches!(result.verdict, AttackVerdict::Note(_)) {
            result.add(Evidence {
                finding: FindingId::MskShape,
                attack,
                record: None,
                answer: result.answer.clone(),
                lost_records: result.lost_records,
                good_records: result.good_records,
            });
        }
        result
    }

    pub(super) async fn send(
        &mut self,
        attack: Attack,
        records: Vec<AttackedRecord>,
        source: SourceShape,
    ) -> AttackResult {
        let event = self.numbering.write(records, source);
        self.invoke(attack, &event).await.0
    }

    /// Sends an event, and judges the answer.
    pub(super) async fn invoke(
        &mut self,
        attack: Attack,
        event: &SentEvent,
    ) -> (AttackResult, FunctionAnswer) {
        let answer = self.function.invoke(&event.text, &self.budget).await;
        (self.judge().judge(attack, event, &answer), answer)
    }

    pub(super) fn judge(&self) -> Judge<'_> {
        Judge {
            sample: &self.sample,
            known: &self.known,
            is_steady: self.is_steady,
            timeout: self.budget.timeout(),
        }
    }
}

/// The number of further events by which a function shows that it is steady.
const STEADY_EVENTS: usize = 6;

/// The most records of the attack with good records only.
const GOOD_RECORDS: usize = 10;
