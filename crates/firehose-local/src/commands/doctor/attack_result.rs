use super::{attack::Attack, evidence::Evidence, finding_id::FindingId};

/// The result of an attack.
#[derive(Clone, Debug)]
pub(super) struct AttackResult {
    pub(super) attack: Attack,
    /// The answer of the function in words.
    pub(super) answer: String,
    /// The reaction of Firehose in words. Empty if there is no answer to judge.
    pub(super) firehose: String,
    pub(super) lost_records: usize,
    pub(super) good_records: usize,
    pub(super) verdict: AttackVerdict,
    pub(super) evidence: Vec<Evidence>,
}

/// The verdict of an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AttackVerdict {
    /// The function showed no fault that it does not show for good records.
    Held,
    /// The function showed these faults.
    Found(Vec<FindingId>),
    /// The function held. The text says why a failure is no fault, or adds a figure.
    Note(String),
    /// The attack was not tried, or its answer decides nothing. The text says why.
    Undecided(String),
}

impl AttackResult {
    /// Returns the result of an attack without an answer.
    pub(super) fn undecided(attack: Attack, reason: impl Into<String>) -> Self {
        Self {
            attack,
            answer: String::new(),
            firehose: String::new(),
            lost_records: 0,
            good_records: 0,
            verdict: AttackVerdict::Undecided(reason.into()),
            evidence: Vec::new(),
        }
    }

    /// Adds evidence from a further event of the attack.
    pub(super) fn add(&mut self, evidence: Evidence) {
        let known = match &mut self.verdict {
            AttackVerdict::Found(known) => known,
            other => {
                *other = AttackVerdict::Found(Vec::new());
                let AttackVerdict::Found(known) = other else { return };
                known
            }
        };
        if !known.contains(&evidence.finding) {
            known.push(evidence.finding);
        }
        self.evidence.push(evidence);
    }

    /// Replaces the verdict of an attack that found nothing.
    pub(super) fn with_note(mut self, note: impl Into<String>) -> Self {
        if !matches!(self.verdict, AttackVerdict::Found(_)) {
            self.verdict = AttackVerdict::Note(note.into());
        }
        self
    }
}

impl AttackVerdict {
    /// Returns the verdict in words.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Held => "held".to_owned(),
            Self::Found(findings) => {
                let ids = findings.iter().map(|finding| finding.id());
                ids.collect::<Vec<_>>().join(", ")
            }
            Self::Note(note) => format!("held: {note}"),
            Self::Undecided(reason) => format!("no verdict: {reason}"),
        }
    }
}
