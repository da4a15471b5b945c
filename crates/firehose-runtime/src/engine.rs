//! Records in, answers out: one after the other, each behind the fence.

use bytestring::ByteString;
use firehose_core::{Output, Record, Source, Transform};

use crate::{
    Failure, PayloadField, Report,
    deadline::Deadline,
    failure::Cause,
    fence::{Fenced, drop_quietly, fenced},
};

/// A record of an event, in whichever form the event came.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) record_id: Option<ByteString>,
    /// The field that the answer's payload goes into.
    pub(crate) field: PayloadField,
    pub(crate) source: Source,
    pub(crate) record: Result<Record, Cause>,
}

/// What Firehose is told of one record. The cause of a failure is no part of it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) record_id: ByteString,
    pub(crate) field: PayloadField,
    pub(crate) result: Verdict,
}

/// Firehose's three results, an output with the first.
#[derive(Debug)]
pub(crate) enum Verdict {
    Ok(Output),
    Dropped,
    ProcessingFailed,
}

impl Verdict {
    /// The name on the wire.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Ok(_) => "Ok",
            Self::Dropped => "Dropped",
            Self::ProcessingFailed => "ProcessingFailed",
        }
    }
}

/// Answers every record that has an id, once, in order. An answer that `answer` refuses is
/// given once more, as a failure of that cause, which it must take.
pub(crate) async fn answer_all<T: Transform>(
    transform: &T,
    incoming: impl Iterator<Item = Incoming> + Send,
    deadline: Deadline,
    report: &mut Report,
    mut answer: impl FnMut(&Answered) -> Result<(), Cause> + Send,
) {
    for Incoming { record_id, field, source, record } in incoming {
        report.records += 1;
        let Some(record_id) = record_id else {
            report.without_id += 1;
            continue;
        };
        let fenced = match record {
            Ok(record) => {
                report.bytes_in += record.data().len();
                let limited = deadline.limit(fenced(transform, record)).await;
                limited.unwrap_or_else(Fenced::Failed)
            }
            Err(cause) => Fenced::Failed(cause),
        };
        let (result, cause) = match fenced {
            Fenced::Ok(output) => (Verdict::Ok(output), None),
            Fenced::Dropped => (Verdict::Dropped, None),
            Fenced::Failed(cause) => (Verdict::ProcessingFailed, Some(cause)),
        };
        let answered = Answered { record_id, field, result };
        if let Some(cause) = answer(&answered).err().or(cause) {
            let failed = Answered {
                record_id: answered.record_id.clone(),
                field,
                result: Verdict::ProcessingFailed,
            };
            if !matches!(answered.result, Verdict::ProcessingFailed) {
                // It is as short as an answer can be, and there is always room for it.
                let _ = answer(&failed);
            }
            let Cause { kind, text: cause } = cause;
            let record_id = failed.record_id.to_string();
            report.failures.push(Failure { record_id, source, kind, cause });
        } else if let Verdict::Ok(output) = &answered.result {
            report.ok += 1;
            report.bytes_out += output.data().len();
        } else {
            report.dropped += 1;
        }
        // The output may be memory that the transform owns in its own way.
        drop_quietly(answered);
    }
}
