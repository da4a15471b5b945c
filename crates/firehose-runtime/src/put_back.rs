use firehose_core::{Bytes, Record, Transform};

use crate::{
    cause::shortened,
    engine::{
        batch::Batch,
        catch_panic::{catch_panic, drop_catching},
        deadline::Deadline,
        isolate::{isolate, isolated_text},
    },
    event::firehose_event::Event,
    event_batch::EventBatch,
    failure::Failure,
    reingest::{origin::Origin, sink::Reingest},
    report::Report,
    response::writer::ResponseWriter,
};

/// A record that the response had no room for.
struct RefusedRecord {
    /// The position in the event.
    index: usize,
    /// The records to put back in its place: itself, or two halves.
    parts: Vec<Record>,
}

/// Puts back the records that the response had no room for, and answers them `Dropped`.
///
/// The response answers these records `ProcessingFailed` at first, so that no record is answered
/// `Dropped` before it is put back.
///
/// The failed items of a record that is put back do not count: the record comes again with its items.
pub(crate) async fn put_back<T: Transform>(
    transform: &T,
    sink: &dyn Reingest,
    event: &Event<'_>,
    batch: &EventBatch<'_>,
    deadline: Deadline,
    writer: &mut ResponseWriter<'_>,
    report: &mut Report,
) {
    let refused = refused_records(transform, batch, deadline, writer, report);
    if refused.is_empty() {
        return;
    }
    let origin = Origin {
        region: event.region.as_deref().map(str::to_owned),
        delivery_stream_arn: event.delivery_stream_arn.as_deref().map(str::to_owned),
        source_kinesis_stream_arn: event.source_kinesis_stream_arn.as_deref().map(str::to_owned),
    };
    let places: Vec<_> = refused.iter().map(|it| (it.index, it.parts.len())).collect();
    let records = refused.into_iter().flat_map(|it| it.parts).collect();
    let answers = isolate(deadline, || sink.put_back(&origin, records, deadline.stop())).await;
    let (mut answers, default_reason) = match answers {
        Ok(answers) => (answers.into_iter(), "the sink returned no result".to_owned()),
        Err(cause) => (Vec::new().into_iter(), cause.text),
    };
    let mut put_back = Vec::new();
    for (index, parts) in places {
        let mut errors = Vec::new();
        for _ in 0..parts {
            match answers.next() {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    errors.push(isolated_text(&error));
                    drop_catching(error);
                }
                None => errors.push(default_reason.clone()),
            }
        }
        let Some(error) = errors.first() else {
            put_back.push(index);
            continue;
        };
        let was_not = match errors.len() == parts {
            true => "the record was not put back",
            // The half comes again, and the original is under the error output prefix.
            false => "only one half of the record was put back; the other half was not",
        };
        if let Ok(at) = report.failures.binary_search_by_key(&index, |failure| failure.index) {
            let failure = &mut report.failures[at];
            failure.cause = shortened(
                &format!("{}; {was_not}: {error}", failure.cause),
                Failure::MAX_CAUSE_BYTES,
            );
        }
    }
    drop_catching(answers);
    if put_back.is_empty() {
        return;
    }
    report.failures.retain(|failure| put_back.binary_search(&failure.index).is_err());
    report.dropped += put_back.len();
    report.put_back = put_back.len();
    for index in &put_back {
        batch.invocation().forget_failed_items(*index);
    }
    writer.answer_dropped(&put_back);
}

/// Returns the records to put back, in the order of the event.
fn refused_records<T: Transform, B: Batch>(
    transform: &T,
    batch: &B,
    deadline: Deadline,
    writer: &ResponseWriter<'_>,
    report: &Report,
) -> Vec<RefusedRecord> {
    let mut records = Vec::new();
    let mut first_whole = None;
    let mut has_halves = false;
    for (index, fits_alone) in writer.refused() {
        // These records were decoded before, so decoding succeeds again.
        let Ok(record) = batch.record(index) else { continue };
        if fits_alone {
            first_whole.get_or_insert(records.len());
            records.push(RefusedRecord { index, parts: vec![record] });
        } else if !deadline.is_past()
            && let Some(halves) = halves(transform, &record)
        {
            has_halves = true;
            let parts = halves.map(|half| record.clone().with_data(half)).into();
            records.push(RefusedRecord { index, parts });
        }
    }
    // One record must fail, or the same batch could come back forever. Halves make another batch.
    if report.ok == 0
        && report.failures.len() == records.len()
        && !has_halves
        && let Some(first) = first_whole
    {
        records.remove(first);
    }
    records
}

/// Returns the halves of a record, if each is another input than the record.
fn halves<T: Transform>(transform: &T, record: &Record) -> Option<[Bytes; 2]> {
    let halves = catch_panic(|| transform.halves(record)).ok().flatten()?;
    halves.iter().all(|half| half != record.data()).then_some(halves)
}
