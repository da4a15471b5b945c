use std::{mem, time::Instant};

use firehose_core::BoxError;

use super::{
    attempt::attempt,
    backoff,
    clients::LazyClients,
    entry::Entry,
    target::{RequestLimits, Target},
};

/// The maximum number of attempts for a record if no time to stop is set.
const MAX_ATTEMPTS: u32 = 8;

/// Puts entries back in requests within the target's limits, and sends failed entries again.
///
/// Calls `result` once for each entry, with its position.
pub(super) async fn put(
    target: &Target<'_>,
    clients: &LazyClients,
    entries: Vec<Entry>,
    stop: Option<Instant>,
    mut result: impl FnMut(usize, Result<(), BoxError>),
) {
    let limits = target.limits();
    let (fitting, too_long): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|it| it.bytes() <= limits.entry_bytes);
    for entry in too_long {
        let (bytes, limit) = (entry.bytes(), limits.entry_bytes);
        let error = format!("{target}: the record has {bytes} bytes; the limit is {limit}");
        result(entry.position, Err(error.into()));
    }

    let mut waiting = fitting;
    let mut rounds = 0;
    while !waiting.is_empty() {
        let mut failed = Vec::new();
        for batch in batches(mem::take(&mut waiting), limits) {
            if is_past(stop, Instant::now()) {
                failed.extend(batch);
            } else {
                let done = |position| result(position, Ok(()));
                failed.extend(attempt(target, clients, batch, stop, done).await);
            }
        }
        rounds += 1;

        let end = Instant::now() + backoff::wait_after(rounds);
        let is_out_of_time = is_past(stop, end);
        let is_last = is_out_of_time || (stop.is_none() && rounds >= MAX_ATTEMPTS);
        for entry in failed {
            if is_last || !entry.may_be_put_again() {
                let error = error_text(target, &entry, is_out_of_time);
                result(entry.position, Err(error.into()));
            } else {
                waiting.push(entry);
            }
        }
        if !waiting.is_empty() {
            tokio::time::sleep_until(end.into()).await;
        }
    }
}

fn error_text(target: &Target<'_>, entry: &Entry, is_out_of_time: bool) -> String {
    let Some(failed) = &entry.failed else {
        return format!("{target}: no time was left to send the record");
    };
    let attempts = match entry.attempts {
        1 => "1 attempt".to_owned(),
        attempts => format!("{attempts} attempts"),
    };
    let is_cut_short = is_out_of_time && entry.may_be_put_again();
    let end = if is_cut_short { ", no time for another" } else { "" };
    format!("{target}: {failed} ({attempts}{end})")
}

fn is_past(stop: Option<Instant>, time: Instant) -> bool {
    stop.is_some_and(|stop| time >= stop)
}

/// Groups the entries, in order, into as few requests as the limits allow.
fn batches(entries: Vec<Entry>, limits: RequestLimits) -> Vec<Vec<Entry>> {
    let mut batches: Vec<Vec<Entry>> = Vec::new();
    // The room of the last batch, or `None` if its one entry goes alone.
    let mut room = None;
    for entry in entries {
        let bytes = entry.bytes();
        let is_alone = bytes > limits.ordinary_bytes;
        let left = room.filter(|_| !is_alone).and_then(|room: usize| room.checked_sub(bytes));
        match (batches.last_mut(), left) {
            (Some(batch), Some(left)) if batch.len() < limits.entries => {
                room = Some(left);
                batch.push(entry);
            }
            _ => {
                room = (!is_alone).then(|| limits.request_bytes.saturating_sub(bytes));
                batches.push(vec![entry]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use firehose_core::Record;
    use proptest::prelude::*;

    use super::*;

    fn entries(sizes: &[usize]) -> Vec<Entry> {
        let record = |bytes: &usize| Record::new("", vec![0; *bytes]);
        sizes.iter().map(record).enumerate().map(|(at, it)| Entry::new(at, it)).collect()
    }

    const LIMITS: RequestLimits =
        RequestLimits { entries: 5, request_bytes: 40, ordinary_bytes: 20, entry_bytes: 60 };

    #[test]
    fn a_long_entry_goes_alone() {
        let batches = batches(entries(&[20, 21, 20, 0, 20, 1, 60, 0]), LIMITS);
        let positions: Vec<Vec<_>> =
            batches.iter().map(|it| it.iter().map(|entry| entry.position).collect()).collect();
        assert_eq!(positions, [vec![0], vec![1], vec![2, 3, 4], vec![5], vec![6], vec![7]]);
    }

    proptest! {
        #[test]
        fn batches_keep_order_and_limits(sizes in prop::collection::vec(0..=60_usize, 0..60)) {
            let batches = batches(entries(&sizes), LIMITS);
            for batch in &batches {
                let bytes: usize = batch.iter().map(Entry::bytes).sum();
                let is_within = (1..=5).contains(&batch.len()) && bytes <= 40;
                prop_assert!(is_within || batch.len() == 1, "{batch:?}");
            }
            let positions: Vec<_> = batches.iter().flatten().map(|it| it.position).collect();
            prop_assert_eq!(positions, (0..sizes.len()).collect::<Vec<_>>());
        }
    }
}
