use std::{future::poll_fn, task::Poll};

use firehose_core::Transform;

use super::{
    batch::Batch, batch_limits::BatchLimits, in_flight::InFlight,
    parallelism_policy::ParallelismPolicy, record_starter::RecordStarter,
    result_collector::ResultCollector, result_sink::ResultSink, threads::start_window,
};
use crate::report::Report;

/// The number of records to start before the waiting records are polled again.
const YIELD_AFTER: usize = 16;

/// Runs every record of the batch, and hands the results to the sink in order.
pub(crate) async fn run_batch<T: Transform, B: Batch, S: ResultSink + Send>(
    transform: &T,
    batch: &B,
    limits: BatchLimits,
    report: &mut Report,
    sink: &mut S,
) {
    let starter = RecordStarter::new(transform, batch, limits.deadline);
    let mut collector = ResultCollector::new(batch, report, sink);
    let mut in_flight = InFlight::default();
    let mut policy = ParallelismPolicy::new(limits.threads);
    let mut next = 0;
    while next < batch.len() || !in_flight.is_empty() {
        while next < batch.len() && in_flight.has_room(limits.concurrency) {
            let first = next;
            if let Some(window) = policy.window(next, batch) {
                let concurrency = limits.concurrency - in_flight.waiting();
                let limits = BatchLimits { concurrency, ..limits };
                for started in start_window(&starter, window, limits) {
                    in_flight.push(started, &mut collector);
                    next += 1;
                }
            } else {
                policy.begin(next);
                let started = poll_fn(|context| Poll::Ready(starter.start(next, context))).await;
                policy.end(next);
                in_flight.push(started, &mut collector);
                next += 1;
            }
            if in_flight.waiting() > 0 && first / YIELD_AFTER != next / YIELD_AFTER {
                in_flight.yield_now(&mut collector).await;
            }
        }
        if !in_flight.is_empty() {
            in_flight.finish_one(limits.deadline, &mut collector).await;
        }
    }
}
