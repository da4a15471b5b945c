use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::watch;

use super::{CannotRun, Run, functions::Functions, plan::Plan};
use firehose_delivery::{
    aws_names::{REGION, delivery_stream_arn, kinesis_stream_arn},
    delivery::{LambdaProcessor, Lane, RetryingInvoker},
    delivery_stream::{DeliveryStream, EventWriter, StreamSource},
    destinations::{ObjectDestination, ObjectKeys},
    error_chain::chain,
    observer::DeliveryObserver,
    store::Store,
};

/// What all delivery streams together may hold in memory for their objects.
const OBJECT_MEMORY: u64 = 512 * 1024 * 1024;

/// The delivery streams of a plan, ready to take records.
pub(super) fn lanes(
    run: &Run,
    plan: &Plan,
    functions: &Functions,
    store: &Arc<Store>,
    stop: &watch::Sender<bool>,
    observer: &Arc<dyn DeliveryObserver>,
) -> Result<Vec<Lane>, CannotRun> {
    let streams = &plan.delivery_streams;
    let buckets: BTreeSet<_> = streams.iter().map(|stream| &stream.destination.bucket).collect();
    let memory = OBJECT_MEMORY / streams.len().max(1) as u64;
    let mut lanes = Vec::new();
    for stream in streams {
        let folder = match buckets.len() {
            1 => String::new(),
            _ => format!("{}/", stream.destination.bucket),
        };
        let keys = ObjectKeys::new(stream, folder, Arc::clone(store))
            .map_err(|error| CannotRun::usage(format!("{}: {}", stream.name, chain(&*error))))?;
        let objects = ObjectDestination::new(Arc::clone(stream), keys, Arc::clone(store), memory);
        let lambda = stage(run, plan, functions, stream, observer);
        lanes.push(Lane::new(&stream.name, lambda, objects, stop.clone(), Arc::clone(observer)));
    }
    Ok(lanes)
}

fn stage(
    run: &Run,
    plan: &Plan,
    functions: &Functions,
    stream: &DeliveryStream,
    observer: &Arc<dyn DeliveryObserver>,
) -> Option<LambdaProcessor> {
    let lambda = stream.lambda.as_ref()?;
    let (function, firehose_gives_up) = functions.function(&stream.name)?;
    let arn = delivery_stream_arn(&stream.name);
    let source = match &stream.source {
        StreamSource::DirectPut => None,
        StreamSource::KinesisStream(name) => Some(kinesis_stream_arn(name)),
    };
    let invocations = RetryingInvoker {
        function,
        lambda: lambda.clone(),
        events: EventWriter::new(&arn, REGION, source.as_deref()),
        firehose_gives_up,
        observer: Arc::clone(observer),
        stream: stream.name.clone(),
    };
    Some(LambdaProcessor::new(
        invocations,
        plan.shards,
        run.function.invocations.concurrency as usize,
    ))
}
