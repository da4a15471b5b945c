use std::time::Duration;

use firehose_delivery::function::FunctionError;

use super::{function_answer::ReadResponse, record_fate::RecordFate};

/// Returns the error of a function in words. `limit` is the time that the function had.
pub(super) fn error_text(error: &FunctionError, limit: Duration) -> String {
    match error {
        FunctionError::TimedOut(_) => format!("no answer within {:.1} s", limit.as_secs_f64()),
        error => error.to_string(),
    }
}

/// Returns the counts of the answers, such as `3 Ok, 1 ProcessingFailed`.
pub(super) fn counts_text(read: &ReadResponse) -> String {
    let count = |is: fn(&RecordFate) -> bool| read.fates.iter().filter(|fate| is(fate)).count();
    let counts = [
        (count(|it| matches!(it, RecordFate::Delivered(_))), "Ok"),
        (count(|it| matches!(it, RecordFate::Dropped)), "Dropped"),
        (count(|it| matches!(it, RecordFate::Failed)), "ProcessingFailed"),
        (count(|it| matches!(it, RecordFate::Violated(_))), "not valid"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let text = counts.map(|(count, result)| format!("{count} {result}")).collect::<Vec<_>>();
    if text.is_empty() { "no answers".to_owned() } else { text.join(", ") }
}

/// Returns the reaction of Firehose, such as `delivers 3, fails 1`.
pub(super) fn firehose_text(read: &ReadResponse) -> String {
    let all = read.fates.len();
    if read.batch_failure().is_some() {
        return format!("fails all {all}");
    }
    let count = |is: fn(&RecordFate) -> bool| read.fates.iter().filter(|fate| is(fate)).count();
    let failed = |it: &RecordFate| matches!(it, RecordFate::Failed | RecordFate::Violated(_));
    let counts = [
        (count(|it| matches!(it, RecordFate::Delivered(_))), "delivers"),
        (count(|it| matches!(it, RecordFate::Dropped)), "drops"),
        (count(failed), "fails"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let text = counts.map(|(count, verb)| format!("{verb} {count}")).collect::<Vec<_>>();
    if text.is_empty() { "delivers nothing".to_owned() } else { text.join(", ") }
}
