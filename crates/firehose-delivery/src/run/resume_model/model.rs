use std::{future, sync::Arc, time::Duration};

use kpl_aggregation::Aggregator;
use proptest::prelude::*;
use tokio::{runtime, sync::watch};

use super::{
    super::{
        delivery_run::DeliveryRun, run_positions::RunPositions, run_report::RunReport,
        stream_function::StreamFunction,
    },
    answering::{Answer, Answering, Item},
    plan::{Counts, ITEMS, PUTS, Plan, count, wait_for},
    stored::{Stored, stored},
};
use crate::{
    delivery_stream::{
        BufferingHints, DeliveryStream, LambdaProcessorConfig, S3DestinationConfig, StreamSource,
    },
    source::{InputItem, PutRecord},
    store::{
        Store,
        faulty::{Fault, FaultyStore},
    },
};

/// The items of the input, and the settings of the delivery streams.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) items: Vec<Item>,
    /// The number of shards; `None` for Direct PUT into a single delivery stream.
    shards: Option<u32>,
    batches: BufferingHints,
    objects: BufferingHints,
    concurrency: usize,
}

impl Model {
    /// Returns the names of the delivery streams. Only the first has a function.
    pub(super) fn streams(&self) -> &'static [&'static str] {
        if self.shards.is_some() { &["first", "second"] } else { &["first"] }
    }

    fn source(&self) -> StreamSource {
        match self.shards {
            Some(_) => StreamSource::KinesisStream("source".to_owned()),
            None => StreamSource::DirectPut,
        }
    }

    fn stream(&self, name: &str) -> DeliveryStream {
        let destination = S3DestinationConfig {
            prefix: format!("{name}/good/"),
            error_output_prefix: Some(format!("{name}/bad/")),
            buffering: self.objects,
            ..S3DestinationConfig::default()
        };
        let mut stream = DeliveryStream::new(name, self.source(), destination);
        stream.append_delimiter = true;
        if name == "first" {
            let mut lambda = LambdaProcessorConfig::new("function", "arn");
            lambda.buffering = self.batches;
            stream.lambda = Some(lambda);
        }
        stream
    }

    fn input(&self) -> impl Iterator<Item = InputItem> + Send + use<> {
        self.items.clone().into_iter().zip(1..).map(|(item, position)| {
            let data = match item {
                Item::Record(_) => format!("{position}.0").into(),
                Item::Aggregate(answers) => {
                    let mut aggregator = Aggregator::default();
                    for index in 0..answers.len() {
                        aggregator.add("key", None, format!("{position}.{index}")).unwrap();
                    }
                    aggregator.finish().unwrap().into_data()
                }
                Item::Refused => {
                    return InputItem::TooLarge { position, bytes: 2_000_000, limit: 1_000_000 };
                }
            };
            InputItem::Record(PutRecord::new(position, data))
        })
    }

    /// Runs the model with the faults and signals of a plan. Returns the report, and the user
    /// records in the objects of both delivery streams.
    pub(super) fn run(
        &self,
        plan: &Plan,
        earlier: Option<RunPositions>,
    ) -> (RunReport, [Stored; 2]) {
        let counts: Counts = Arc::new(std::array::from_fn(|_| watch::Sender::new(0)));
        let (counted, full) = (Arc::clone(&counts), plan.full);
        let objects = FaultyStore::new(move |put| {
            count(&counted, PUTS);
            match full {
                Some((first, last)) if (first..=last).contains(&put) => Fault::Full,
                _ if put.is_multiple_of(3) => Fault::Slow(put % 2),
                _ => Fault::None,
            }
        });
        let store = Store::new(Arc::clone(&objects) as _, "memory");
        let stop = watch::Sender::new(false);
        let mut run = DeliveryRun::new(self.source(), Arc::new(store))
            .shards(self.shards.unwrap_or(1))
            .concurrency(self.concurrency)
            .stop(stop.clone());
        for name in self.streams() {
            let stream = self.stream(name);
            let function = stream.lambda.as_ref().map(|_| {
                let (items, counts) = (self.items.clone(), Arc::clone(&counts));
                StreamFunction::new(Arc::new(Answering { items, counts, hangs: plan.hangs }))
            });
            run = run.stream(Arc::new(stream), function);
            if let Some(panic) = plan.panic.filter(|panic| panic.stream == *name) {
                let (before, after) = panic.chains();
                run = run.record_processors(name, before, after);
            }
        }
        if let Some(earlier) = earlier {
            run = run.resume(earlier);
        }
        let run = run.prepare().unwrap();
        let progress = run.progress();
        let counted = Arc::clone(&counts);
        let input = self.input().map(move |item| {
            count(&counted, ITEMS);
            Ok(item)
        });
        let signals = async {
            let Some(first) = plan.signals.first() else { return future::pending().await };
            wait_for(*first, &counts).await;
            stop.send_replace(true);
            let Some(second) = plan.signals.get(1) else { return future::pending().await };
            wait_for(*second, &counts).await;
        };
        let runtime =
            runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.unwrap();
        let is_abandoned = runtime.block_on(async {
            tokio::select! {
                () = run.deliver(input) => false,
                () = signals => true,
            }
        });
        drop(runtime);
        if is_abandoned {
            progress.abandon();
        }
        let runtime = runtime::Builder::new_current_thread().build().unwrap();
        let stored = ["first", "second"].map(|name| runtime.block_on(stored(&objects, name)));
        (progress.report(), stored)
    }
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![4 => Just(Answer::Ok), 1 => Just(Answer::Dropped), 1 => Just(Answer::Failed)]
}

fn hints() -> impl Strategy<Value = BufferingHints> {
    (1..60_u64, 0..3_u64)
        .prop_map(|(size, seconds)| BufferingHints { size, interval: Duration::from_secs(seconds) })
}

pub(super) fn model() -> impl Strategy<Value = Model> {
    let item =
        (0..8, prop::collection::vec(answer(), 1..5)).prop_map(|(kind, answers)| match kind {
            0 => Item::Refused,
            1 | 2 => Item::Aggregate(answers),
            _ => Item::Record(answers[0]),
        });
    let items = prop::collection::vec(item, 0..100);
    let settings = (prop::option::of(1..4_u32), hints(), hints(), 1..6_usize);
    (items, settings).prop_map(|(mut items, (shards, batches, objects, concurrency))| {
        if shards.is_none() {
            // Direct PUT does not de-aggregate.
            items.retain(|item| !matches!(item, Item::Aggregate(_)));
        }
        Model { items, shards, batches, objects, concurrency }
    })
}
