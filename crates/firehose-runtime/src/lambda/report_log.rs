use std::{array, collections::HashMap};

use firehose_core::Source;
use tracing::{error, info, warn};

use crate::{Failure, FailureKind, Report, failure::shortened};

/// Ids are opaque and of any length; a line of the log is not.
pub(super) const MAX_ID_BYTES: usize = 256;

impl Report {
    /// How many failures of one kind and cause have a line of the log each: enough to see what
    /// their records have in common.
    pub const SAME_CAUSE_LINES: usize = 10;

    /// How many failures of an invocation have a line of the log each.
    pub const FAILURE_LINES: usize = 100;

    /// How many ids are named that stand in an event more than once.
    pub const REPEATED_IDS_NAMED: usize = 10;

    /// Logs, with `tracing`, a line for each failed record and a summary; of a burst of
    /// failures, the first [`SAME_CAUSE_LINES`](Self::SAME_CAUSE_LINES) of each kind and cause,
    /// [`FAILURE_LINES`](Self::FAILURE_LINES) at most, and a line for each kind that says how
    /// many more there are. The `tower::Service` does it by itself.
    ///
    /// `request_id` is Lambda's, and stands in for an `invocationId` that the event does not
    /// have.
    #[doc = include_str!("../docs/logging.md")]
    pub fn log(&self, request_id: &str) {
        let invocation_id = self.invocation(request_id);
        let invocation_id = invocation_id.as_str();
        for line in lines(&self.failures) {
            line.log(invocation_id);
        }
        if !self.repeated_ids.is_empty() {
            warn!(
                invocation_id,
                ids = self.repeated_ids.len(),
                first_ids = first_ids(&self.repeated_ids),
                "record ids stand in the event more than once"
            );
        }
        if self.without_id > 0 {
            error!(
                invocation_id,
                records = self.without_id,
                "records have no recordId and cannot be answered; Firehose will fail them"
            );
        }
        info!(
            invocation_id,
            records = self.records,
            ok = self.ok,
            dropped = self.dropped,
            put_back = self.put_back,
            failed = self.failures.len(),
            bytes_in = self.bytes_in,
            bytes_out = self.bytes_out,
            "event answered"
        );
    }

    /// The event's `invocationId`, or else Lambda's id of the request.
    pub(super) fn invocation(&self, request_id: &str) -> String {
        match self.invocation_id.as_str() {
            "" => shortened(request_id, MAX_ID_BYTES),
            id => shortened(id, MAX_ID_BYTES),
        }
    }
}

fn first_ids(ids: &[String]) -> String {
    let ids = ids.iter().take(Report::REPEATED_IDS_NAMED);
    ids.map(|id| shortened(id, MAX_ID_BYTES)).collect::<Vec<_>>().join(", ")
}

/// A line on failures.
#[derive(Debug, PartialEq)]
enum Line<'a> {
    One(&'a Failure),
    More { kind: FailureKind, records: usize, first: &'a Failure, last: &'a Failure },
}

/// The lines that failures get: see [`Report::log`].
///
/// Whatever the number of failures and of their causes, it remembers one cause for each line
/// at most.
fn lines(failures: &[Failure]) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut more: Vec<Line<'_>> = Vec::new();
    let mut alike = HashMap::new();
    for failure in failures {
        if lines.len() < Report::FAILURE_LINES {
            // A cause that is new here has a line at once, so that there are no more of them.
            let alike = alike.entry((failure.kind, without_numbers(&failure.cause))).or_insert(0);
            if *alike < Report::SAME_CAUSE_LINES {
                *alike += 1;
                lines.push(Line::One(failure));
                continue;
            }
        }
        let of_kind = more.iter_mut().find_map(|line| match line {
            Line::More { kind, records, last, .. } if *kind == failure.kind => {
                Some((records, last))
            }
            Line::More { .. } | Line::One(_) => None,
        });
        if let Some((records, last)) = of_kind {
            *records += 1;
            *last = failure;
        } else {
            more.push(Line::More { kind: failure.kind, records: 1, first: failure, last: failure });
        }
    }
    lines.append(&mut more);
    lines
}

/// Positions, lengths and the like differ between causes that are the same otherwise.
fn without_numbers(cause: &str) -> String {
    cause.chars().filter(|char| !char.is_ascii_digit()).collect()
}

impl Line<'_> {
    fn log(&self, invocation_id: &str) {
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

/// Shard id and sequence number, partition and offset: what the source has of them. The
/// partition key is left out, since producers choose it and it may be payload.
fn position(source: &Source) -> [Option<String>; 4] {
    let parts = match source {
        Source::DirectPut => [""; 4],
        Source::Kinesis(kinesis) => [kinesis.shard_id(), kinesis.sequence_number(), "", ""],
        Source::Msk(msk) => ["", "", msk.partition_id(), msk.offset()],
        // Nothing is known of a source that is new.
        _ => [""; 4],
    };
    array::from_fn(|index| {
        Some(parts[index]).filter(|part| !part.is_empty()).map(|it| shortened(it, MAX_ID_BYTES))
    })
}

/// The place within a KPL aggregate, unless it is the first, as that of all others is.
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

    fn shown(lines: &[Line<'_>]) -> Vec<String> {
        let shown = |line: &Line<'_>| match line {
            Line::One(failure) => failure.record_id.clone(),
            Line::More { kind, records, first, last } => {
                format!("{kind}: {records} more, {} to {}", first.record_id, last.record_id)
            }
        };
        lines.iter().map(shown).collect()
    }

    #[test]
    fn ten_failures_of_a_cause_have_a_line_and_the_rest_has_one() {
        use FailureKind::{Error, Panic};
        let alike = (0..30).map(|index| (Error, format!("a at column {index}")));
        let other = [(Error, "b".to_owned()), (Panic, "a at column 7".to_owned())];
        let failures = failures(alike.chain(other));
        let mut expected: Vec<String> = (0..10).map(|index: usize| index.to_string()).collect();
        expected.extend(["30", "31", "error: 20 more, 10 to 29"].map(str::to_owned));
        assert_eq!(shown(&lines(&failures)), expected);
    }

    #[test]
    fn a_hundred_failures_have_a_line_and_the_rest_has_one_for_each_kind() {
        use FailureKind::{Deadline, Error};
        let causes = (0..100_000).map(|index| match index {
            99_990.. => (Deadline, "late".to_owned()),
            // In letters, since numbers in a cause make no difference.
            _ => (Error, format!("{index:b}").replace('0', "o").replace('1', "l")),
        });
        let failures = failures(causes);
        let shown = shown(&lines(&failures));
        assert_eq!(shown.len(), 102);
        assert_eq!(shown[99], "99");
        assert_eq!(shown[100], "error: 99890 more, 100 to 99989");
        assert_eq!(shown[101], "deadline: 10 more, 99990 to 99999");
    }
}
