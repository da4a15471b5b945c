use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::sync::watch;

use super::{
    super::{
        deliver::deliver, delivery_stats::DeliveryStats, input_stats::InputStats,
        input_task::InputTask, stream_delivery::StreamDelivery,
    },
    counting_observer::{CountingObserver, Counts},
    scripted_function::ScriptedFunction,
    settings::{Settings, delivery_stream, put_results},
};
use crate::{
    delivery_stream::EventWriter,
    destinations::{ObjectDestination, ObjectKeys},
    observer::DeliveryObserver,
    processors::{LambdaProcessor, RetryingInvoker},
    store::Store,
};

/// The result of a delivery.
pub(super) struct Delivered {
    pub(super) stats: DeliveryStats,
    pub(super) input: InputStats,
    /// The contents of the objects in the store, by key.
    pub(super) objects: BTreeMap<String, Vec<u8>>,
}

/// Delivers as many records as the scripted function has answers. Asserts that the counts in the
/// events add up to the returned stats.
pub(super) fn deliver_all(
    settings: &Settings,
    function: Arc<ScriptedFunction>,
    backend: &Arc<dyn ObjectStore>,
) -> Delivered {
    let records = function.fates.len();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let (stop, stopped) = watch::channel(false);
        let stream = Arc::new(delivery_stream(settings));
        let counting = Arc::new(CountingObserver::default());
        let observer: Arc<dyn DeliveryObserver> = Arc::<CountingObserver>::clone(&counting);
        let invoker = RetryingInvoker {
            stream: "demo".to_owned(),
            function,
            lambda: stream.lambda.clone().unwrap(),
            events: EventWriter::new("arn", "us-east-1", None),
            partition_keys: Vec::new(),
            limited_by_firehose: false,
            observer: Arc::clone(&observer),
        };
        let lambda =
            LambdaProcessor::new(invoker, settings.shards.unwrap_or(1), settings.concurrency);
        let store = Arc::new(Store::new(Arc::clone(backend), "memory"));
        let keys = ObjectKeys::new(&stream, String::new(), Arc::clone(&store)).unwrap();
        let objects = ObjectDestination::new(stream, keys, store, settings.memory);
        let stream = StreamDelivery::new(
            "demo",
            Some(Box::new(lambda)),
            Box::new(objects),
            stop.clone(),
            Arc::clone(&observer),
        );
        let stats = stream.shared_stats();
        let task = InputTask::start(put_results(records, settings).into_iter());
        if let Some(after) = settings.stop {
            let stop = stop.clone();
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                stop.send_replace(true);
            });
        }
        let input = Mutex::<InputStats>::default();
        deliver(task, vec![stream], stopped, &*observer, &input).await;
        let input = input.into_inner().unwrap();
        assert!(!input.is_faulty && (input.read_to_end || *stop.borrow()));
        let stats = stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(counting.counts(), Counts::of(&stats, &input), "events and stats differ");
        Delivered { stats, input, objects: contents(backend).await }
    })
}

pub(super) async fn contents(store: &Arc<dyn ObjectStore>) -> BTreeMap<String, Vec<u8>> {
    let listed: Vec<_> = store.list(None).try_collect().await.unwrap();
    let mut contents = BTreeMap::new();
    for object in listed {
        let content = store.get(&object.location).await.unwrap().bytes().await.unwrap();
        contents.insert(object.location.to_string(), content.to_vec());
    }
    contents
}
