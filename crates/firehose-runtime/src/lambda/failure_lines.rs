use std::{array, collections::HashMap};

use firehose_core::Source;
use tracing::warn;

use crate::{
    cause::shortened,
    failure::{Failure, FailureKind},
    report::Report,
};

/// The longest id in a log line, in bytes. Ids may have any length.
pub(super) const MAX_ID_BYTES: usize = 256;

/// The approximate length of a line without the id and the cause, in bytes.
const LINE_BYTES: usize = 300;

/// A log line about failures.
#[derive(Debug, PartialEq)]
pub(super) enum FailureLine<'a> {
    /// One failure.
    One(&'a Failure),
    /// The number of further failures of a kind, with the first and the last of them.
    More { kind: FailureKind, records: usize, first: &'a Failure, last: &'a Failure },
}

/// Chooses the lines for failures by the rule of [`Report::log`]. With `all`, each failure has a
/// line, up to [`Report::MAX_FAILURE_BYTES`].
///
/// Memory is bounded: at most one cause is kept for each line.
pub(super) fn failure_lines(failures: &[Failure], all: bool) -> Vec<FailureLine<'_>> {
    let mut lines = Vec::new();
    let mut more: Vec<FailureLine<'_>> = Vec::new();
    let mut alike = HashMap::new();
    let mut bytes = 0;
    for failure in failures {
        if all {
            bytes += LINE_BYTES + failure.record_id.len().min(MAX_ID_BYTES) + failure.cause.len();
            if bytes <= Report::MAX_FAILURE_BYTES {
                lines.push(FailureLine::One(failure));
                continue;
            }
        } else if lines.len() < Report::FAILURE_LINES {
            let alike = alike.entry((failure.kind, remove_digits(&failure.cause))).or_insert(0);
            if *alike < Report::SAME_CAUSE_LINES {
                *alike += 1;
                lines.push(FailureLine::One(failure));
                continue;
            }
        }
        let of_kind = more.iter_mut().find_map(|line| match line {
            FailureLine::More { kind, records, last, .. } if *kind == failure.kind => {
                Some((records, last))
            }
            FailureLine::More { .. } | FailureLine::One(_) => None,
        });
        if let Some((records, last)) = of_kind {
            *records += 1;
            *last = failure;
        } else {
            more.push(FailureLine::More {
                kind: failure.kind,
                records: 1,
                first: failure,
                last: failure,
            });
        }
    }
    lines.append(&mut more);
    lines
}

/// Removes the digits: causes that differ only in positions or lengths count as the same.
fn remove_digits(cause: &str) -> String {
    cause.chars().filter(|char| !char.is_ascii_digit()).collect()
}

impl FailureLine<'_> {
    pub(super) fn log(&self, invocation_id: &str) {
        match *self {
            Self::One(failure) => {
                let [shard_id, sequence_number, partition, offset] = position(&failure.source);
                warn!(
                    invocation_id,
                    record_id = shortened(&failure.record_id, MAX_ID_BYTES),
                    shard_id,
                    sequence_number,
                    subsequence_number = subsequence_number(&failure.source),
                    partition,
                    offset,
                    kind = failure.kind.as_str(),
                    cause = failure.cause,
                    "record failed"
                );
            }
            Self::More { kind, records, first, last } => warn!(
                invocation_id,
                kind = kind.as_str(),
                records,
                first_record_id = shortened(&first.record_id, MAX_ID_BYTES),
                last_record_id = shortened(&last.record_id, MAX_ID_BYTES),
                first_cause = first.cause,
                "more records failed"
            ),
        }
    }
}

/// Returns shard id, sequence number, partition and offset, as far as the source has them.
///
/// The partition key is left out, because producers choose it and it may contain payload.
fn position(source: &Source) -> [Option<String>; 4] {
    let parts = match source {
        Source::DirectPut => [""; 4],
        Source::Kinesis(kinesis) => [kinesis.shard_id(), kinesis.sequence_number(), "", ""],
        Source::Msk(msk) => ["", "", msk.partition_id(), msk.offset()],
        _ => [""; 4],
    };
    array::from_fn(|index| {
        Some(parts[index]).filter(|part| !part.is_empty()).map(|it| shortened(it, MAX_ID_BYTES))
    })
}

/// Returns the position within a KPL aggregate, or `None` for position 0. A record that was not
/// aggregated has position 0 too.
fn subsequence_number(source: &Source) -> Option<u64> {
    match source {
        Source::Kinesis(kinesis) => kinesis.subsequence_number().filter(|number| *number > 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(causes: impl Iterator<Item = (FailureKind, String)>) -> Vec<Failure> {
        let failure = |(index, (kind, cause)): (usize, _)| Failure {
            index,
            record_id: index.to_string(),
            source: Source::DirectPut,
            kind,
            cause,
        };
        causes.enumerate().map(failure).collect()
    }

    fn shown(lines: &[FailureLine<'_>]) -> Vec<String> {
        let shown = |line: &FailureLine<'_>| match line {
            FailureLine::One(failure) => failure.record_id.clone(),
            FailureLine::More { kind, records, first, last } => {
                format!("{kind}: {records} more, {} to {}", first.record_id, last.record_id)
            }
        };
        lines.iter().map(shown).collect()
    }

    #[test]
    fn ten_failures_of_a_cause_have_a_line_each_and_the_others_share_one() {
        use FailureKind::{Error, Panic};
        let alike = (0..30).map(|index| (Error, format!("a at column {index}")));
        let other = [(Error, "b".to_owned()), (Panic, "a at column 7".to_owned())];
        let failures = failures(alike.chain(other));
        let mut expected: Vec<String> = (0..10).map(|index: usize| index.to_string()).collect();
        expected.extend(["30", "31", "error: 20 more, 10 to 29"].map(str::to_owned));
        assert_eq!(shown(&failure_lines(&failures, false)), expected);
    }

    #[test]
    fn a_hundred_failures_have_a_line_each_and_the_others_share_one_for_each_kind() {
        use FailureKind::{Deadline, Error};
        let causes = (0..100_000).map(|index| match index {
            99_990.. => (Deadline, "late".to_owned()),
            // In letters, because digits in a cause make no difference.
            _ => (Error, format!("{index:b}").replace('0', "o").replace('1', "l")),
        });
        let failures = failures(causes);
        let shown = shown(&failure_lines(&failures, false));
        assert_eq!(shown.len(), 102);
        assert_eq!(shown[99], "99");
        assert_eq!(shown[100], "error: 99890 more, 100 to 99989");
        assert_eq!(shown[101], "deadline: 10 more, 99990 to 99999");
    }
}
