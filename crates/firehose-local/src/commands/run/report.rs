use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::DecimalBytes;
use serde_json::{Value, json};

use super::{super::cause_list::write_causes, functions::Functions};
use crate::{exit_code::ExitCode, terminal::escaped};
use firehose_delivery::{
    delivery::{Account, InputAccount, Lane},
    function::{CauseCounts, ProcessPool},
    store::Store,
};

/// A delivery stream's account, and where the causes of its failures are.
#[derive(Debug)]
pub(super) struct StreamAccount {
    name: String,
    account: Arc<Mutex<Account>>,
    pool: Option<Arc<ProcessPool>>,
    store: Arc<Store>,
}

impl StreamAccount {
    pub(super) fn of(lane: &Lane, functions: &Functions, store: &Arc<Store>) -> Self {
        Self {
            name: lane.name().to_owned(),
            account: lane.shared_account(),
            pool: functions.pool(lane.name()),
            store: Arc::clone(store),
        }
    }

    /// Ends what runs of the function, after a run that was broken off.
    pub(super) fn abandon(&self) {
        if let Some(pool) = &self.pool {
            pool.abandon();
        }
    }

    fn report(&self) -> StreamReport {
        StreamReport {
            name: self.name.clone(),
            account: self.account.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            causes: self.pool.as_ref().map(|pool| pool.causes()),
            store: Arc::clone(&self.store),
        }
    }
}

/// What became of every record, for people and for programs.
#[derive(Debug)]
pub(super) struct Report {
    streams: Vec<StreamReport>,
    input: InputAccount,
    is_interrupted: bool,
}

#[derive(Debug)]
struct StreamReport {
    name: String,
    account: Account,
    /// There are none of a function at a URL.
    causes: Option<CauseCounts>,
    store: Arc<Store>,
}

impl Report {
    const WORTH_TELLING: Duration = Duration::from_secs(2);

    pub(super) fn new(
        streams: &[StreamAccount],
        input: InputAccount,
        is_interrupted: bool,
    ) -> Self {
        let streams = streams.iter().map(StreamAccount::report).collect();
        Self { streams, input, is_interrupted }
    }

    pub(super) fn code(&self) -> ExitCode {
        let any = |test: fn(&Account) -> bool| self.streams.iter().any(|it| test(&it.account));
        if self.is_interrupted {
            ExitCode::Interrupted
        } else if self.input.is_faulty || any(|account| account.is_unbalanced()) {
            ExitCode::Faulty
        } else if any(|account| account.undelivered.records() > 0) {
            ExitCode::StoreFailed
        } else if self.input.error.is_some() || self.input.refused > 0 {
            ExitCode::BadUsage
        } else if any(|account| account.lost_batches > 0) {
            ExitCode::FunctionError
        } else if any(|account| account.contract_violations > 0) {
            ExitCode::ContractViolated
        } else {
            ExitCode::Ok
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for stream in &self.streams {
            stream.write(&mut text);
        }
        if let Some(rate) = self.rate() {
            let _ = writeln!(text, "{rate}");
        }
        let InputAccount { refused, last_read, .. } = self.input;
        if refused > 0 {
            let _ = writeln!(text, "{} of the input could not be put", records(refused));
        }
        if self.is_interrupted {
            text.push_str("Interrupted. ");
        }
        if !self.input.read_to_end {
            let _ = writeln!(text, "The input was read up to record {last_read}.");
        } else if self.is_interrupted {
            text.push_str("The input was read to its end.\n");
        }
        text
    }

    /// How fast it went, if that took long enough to say anything.
    fn rate(&self) -> Option<String> {
        let elapsed = self.input.elapsed();
        let account = &self.streams.first().filter(|_| elapsed > Self::WORTH_TELLING)?.account;
        let seconds = elapsed.as_secs_f64();
        let invoked: Duration = self.streams.iter().map(|it| it.account.function_time).sum();
        let mut rate = format!(
            "{} in {seconds:.1} s: {}/s, {:.0} records/s",
            DecimalBytes(account.received_bytes),
            DecimalBytes((account.received_bytes as f64 / seconds) as u64),
            account.received as f64 / seconds,
        );
        if !invoked.is_zero() {
            let _ = write!(rate, "; all invocations together took {:.1} s", invoked.as_secs_f64());
        }
        Some(rate)
    }

    pub(super) fn json(&self) -> String {
        let input = &self.input;
        let streams: Vec<_> = self.streams.iter().map(StreamReport::json).collect();
        let report = json!({
            "exitCode": self.code() as u8,
            "error": input.error,
            "refused": input.refused,
            "lastRead": input.last_read,
            "readToEnd": input.read_to_end,
            "seconds": input.elapsed().as_secs_f64(),
            "deliveryStreams": streams,
        });
        format!("{report:#}\n")
    }
}

impl StreamReport {
    /// Objects and causes beyond these are only counted.
    const SHOWN: usize = 10;

    fn write(&self, text: &mut String) {
        let account = &self.account;
        let Account { received, delivered, dropped, .. } = account;
        let failed = account.failed();
        let _ = write!(
            text,
            "{}: {} in = {delivered} delivered + {dropped} dropped + {failed} failed",
            self.name,
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
        for object in account.objects.iter().take(Self::SHOWN) {
            let key = escaped(&self.store.locate(&object.key), 1024);
            let _ = writeln!(text, "  {key}: {}, {} bytes", records(object.records), object.bytes);
        }
        if account.object_count > Self::SHOWN as u64 {
            let more = account.object_count - Self::SHOWN as u64;
            let bytes = account.object_bytes;
            let _ = writeln!(text, "  ... and {more} more objects, {bytes} bytes in all");
        }
        for (code, count) in &account.failed {
            let _ = writeln!(text, "  failed with {code}: {}", records(*count));
        }
        self.write_causes(text);
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

    fn write_causes(&self, text: &mut String) {
        let Some(causes) = &self.causes else { return };
        write_causes(text, causes);
        if causes.by_frequency().is_empty() && self.account.failed() > 0 {
            text.push_str("    the function has logged no cause; --log keeps what it logs\n");
        }
    }

    fn json(&self) -> Value {
        let account = &self.account;
        let objects: Vec<_> = account
            .objects
            .iter()
            .map(|it| json!({"key": it.key, "records": it.records, "bytes": it.bytes}))
            .collect();
        let causes = self.causes.as_ref().map(|causes| {
            let causes = causes.by_frequency().into_iter();
            causes
                .map(|(cause, count)| json!({"cause": cause, "records": count}))
                .collect::<Vec<_>>()
        });
        let milliseconds = account.function_time.as_millis();
        json!({
            "name": self.name,
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
            "functionMilliseconds": u64::try_from(milliseconds).unwrap_or(u64::MAX),
            "ignoredAnswers": account.ignored_answers,
        })
    }
}

fn records(count: u64) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} record{s}")
}
