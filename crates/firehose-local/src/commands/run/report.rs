use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::DecimalBytes;
use serde_json::{Value, json};

use super::functions::Functions;
use crate::{
    ExitCode,
    cause_counts::CauseCounts,
    delivery::{Account, InputAccount, Lane},
    invoker::FunctionPool,
    terminal::escaped,
};

/// A delivery stream's account, and where the causes of its failures are.
#[derive(Debug)]
pub(super) struct StreamAccount {
    name: String,
    account: Arc<Mutex<Account>>,
    pool: Option<Arc<FunctionPool>>,
}

impl StreamAccount {
    pub(super) fn of(lane: &Lane, functions: &Functions) -> Self {
        Self {
            name: lane.name().to_owned(),
            account: lane.shared_account(),
            pool: lane.function().and_then(|name| functions.pool(name)),
        }
    }

    /// Ends what runs of the function, after a run that was broken off.
    pub(super) fn abandon(&self) {
        if let Some(pool) = &self.pool {
            pool.abandon();
        }
    }
}

/// What became of every record, for people and for programs.
#[derive(Debug)]
pub(super) struct Report {
    streams: Vec<(String, Account, CauseCounts)>,
    refused: u64,
    elapsed: Duration,
    code: ExitCode,
}

impl Report {
    /// Objects and causes beyond these are only counted.
    const SHOWN: usize = 10;

    const WORTH_TELLING: Duration = Duration::from_secs(2);

    pub(super) fn new(
        accounts: &[StreamAccount],
        input: &InputAccount,
        interrupted: Option<ExitCode>,
    ) -> Self {
        let streams: Vec<_> = accounts
            .iter()
            .map(|stream| {
                let account = stream.account.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let causes = stream.pool.as_ref().map(|pool| pool.causes()).unwrap_or_default();
                (stream.name.clone(), account, causes)
            })
            .collect();
        let any = |test: fn(&Account) -> bool| streams.iter().any(|(_, account, _)| test(account));
        let code = match interrupted {
            Some(code) => code,
            None if any(|account| account.not_delivered() > 0) => ExitCode::StoreFailed,
            None if input.error.is_some() || input.refused > 0 => ExitCode::BadUsage,
            None if any(|account| account.lost_batches > 0) => ExitCode::FunctionError,
            None if any(|account| account.contract_violations > 0) => ExitCode::ContractViolated,
            None => ExitCode::Ok,
        };
        Self { streams, refused: input.refused, elapsed: input.elapsed, code }
    }

    pub(super) fn code(&self) -> ExitCode {
        self.code
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (name, account, causes) in &self.streams {
            write_stream(&mut text, name, account, causes);
        }
        if let Some(rate) = self.rate() {
            let _ = writeln!(text, "{rate}");
        }
        if self.refused > 0 {
            let _ = writeln!(text, "{} of the input could not be put", records(self.refused));
        }
        text
    }

    /// How fast it went, if that took long enough to say anything.
    fn rate(&self) -> Option<String> {
        let seconds = self.elapsed.as_secs_f64();
        let (_, account, _) =
            self.streams.first().filter(|_| self.elapsed > Self::WORTH_TELLING)?;
        let invocations: Duration =
            self.streams.iter().map(|(_, account, _)| account.function_time).sum();
        Some(format!(
            "{} in {seconds:.1} s: {:.1} MB/s, {:.0} records/s; {:.1} s in invocations, several at a time",
            DecimalBytes(account.received_bytes),
            account.received_bytes as f64 / seconds / 1e6,
            account.received as f64 / seconds,
            invocations.as_secs_f64(),
        ))
    }

    pub(super) fn json(&self) -> String {
        let streams: Vec<_> = self
            .streams
            .iter()
            .map(|(name, account, causes)| stream_json(name, account, causes))
            .collect();
        let report = json!({
            "exitCode": self.code as u8,
            "refused": self.refused,
            "seconds": self.elapsed.as_secs_f64(),
            "deliveryStreams": streams,
        });
        format!("{report:#}\n")
    }
}

fn write_stream(text: &mut String, name: &str, account: &Account, causes: &CauseCounts) {
    let Account { received, delivered, dropped, .. } = account;
    let failed = account.failed();
    let _ = write!(
        text,
        "{name}: {} in = {delivered} delivered + {dropped} dropped + {failed} failed",
        records(*received)
    );
    let not_delivered = account.not_delivered();
    if not_delivered > 0 {
        let _ = write!(text, " + {not_delivered} NOT DELIVERED");
    }
    text.push('\n');
    if account.undelivered.records() > 0 {
        let _ = writeln!(text, "  not delivered: records {} of the input", account.undelivered);
    }
    for object in account.objects.iter().take(Report::SHOWN) {
        let key = escaped(&object.key, 1024);
        let _ = writeln!(text, "  {key}: {}, {} bytes", records(object.records), object.bytes);
    }
    if account.object_count > Report::SHOWN as u64 {
        let more = account.object_count - Report::SHOWN as u64;
        let bytes = account.object_bytes;
        let _ = writeln!(text, "  ... and {more} more objects, {bytes} bytes in all");
    }
    for (code, count) in &account.failed {
        let _ = writeln!(text, "  failed with {code}: {}", records(*count));
    }
    for (cause, count) in causes.by_frequency().into_iter().take(Report::SHOWN) {
        let _ = writeln!(text, "    {count} x {}", escaped(cause, 200));
    }
    if causes.others() > 0 {
        let _ = writeln!(text, "    {} x other causes", causes.others());
    }
    if account.function_errors > 0 {
        let _ = writeln!(
            text,
            "  {} of {} invocations were function errors",
            account.function_errors, account.invocations
        );
    }
    if account.ignored_answers > 0 {
        let _ = writeln!(
            text,
            "  {} answers to records that were not sent, which Firehose ignores: their data is lost",
            account.ignored_answers
        );
    }
}

fn stream_json(name: &str, account: &Account, causes: &CauseCounts) -> Value {
    let objects: Vec<_> = account
        .objects
        .iter()
        .map(|object| json!({"key": object.key, "records": object.records, "bytes": object.bytes}))
        .collect();
    let causes: Vec<_> = causes
        .by_frequency()
        .into_iter()
        .map(|(cause, count)| json!({"cause": cause, "records": count}))
        .collect();
    json!({
        "name": name,
        "records": account.received,
        "bytes": account.received_bytes,
        "delivered": account.delivered,
        "dropped": account.dropped,
        "failed": account.failed(),
        "notDelivered": account.not_delivered(),
        "notDeliveredPositions": account.undelivered.ranges(),
        "failedByCode": account.failed,
        "causes": causes,
        "objects": objects,
        "objectCount": account.object_count,
        "objectBytes": account.object_bytes,
        "invocations": account.invocations,
        "functionErrors": account.function_errors,
        "functionMilliseconds": u64::try_from(account.function_time.as_millis()).unwrap_or(u64::MAX),
        "ignoredAnswers": account.ignored_answers,
    })
}

fn records(count: u64) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} record{s}")
}
