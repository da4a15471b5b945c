//! The law of the delivery: whatever the batching, the concurrency and the order of answers, what
//! is delivered is what the contract says. The function is one of this process, the store is in
//! memory, and time runs as fast as nothing happens.

use std::{
    collections::BTreeMap,
    io::Read,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::{Event, async_trait};
use flate2::read::GzDecoder;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use object_store::{ObjectStore, ObjectStoreExt, memory::InMemory};
use proptest::prelude::*;
use serde_json::json;
use tokio::sync::watch;

use super::{
    Account, InputAccount, Intake, LambdaProcessor, Lane, RetryingInvoker, Taken, deliver,
};
use crate::{
    delivery_stream::{
        BufferingHints, Compression, DeliveryStream, ErrorLine, EventWriter, LambdaProcessorConfig,
        S3DestinationConfig, StreamSource,
    },
    destinations::{ObjectDestination, ObjectKeys},
    function::{self, FunctionError, InvokeError},
    observer::{DeliveryObserver, Unobserved},
    source::{DirectPut, InputError, PutRecord, ShardedStream},
    store::{
        Store,
        faulty::{Fault, FaultyStore},
    },
};

/// What a function makes of a record, by its data alone.
#[derive(Clone, Debug)]
enum Fate {
    /// Output and partition key; without a key, partitioning fails.
    Ok {
        output: String,
        key: Option<u8>,
    },
    Dropped,
    Failed,
}

/// A well-behaved function: it answers each record once, in an order of its own, after a time of
/// its own, and now and then it fails as a whole.
#[derive(Debug)]
struct Function {
    fates: Vec<Fate>,
    /// How often the function fails as a whole before it answers a batch, and which batches: those
    /// whose first record is a multiple of three.
    errors: u64,
    failed: Mutex<BTreeMap<String, u64>>,
    invocations: AtomicU64,
    running: AtomicU64,
    most_running: AtomicU64,
}

#[async_trait]
impl function::Function for Function {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let number = self.invocations.fetch_add(1, Ordering::Relaxed);
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_running.fetch_max(running, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(7 * (number % 5))).await;
        self.running.fetch_sub(1, Ordering::Relaxed);
        let event = Event::parse(&event).unwrap();
        if self.fails(&event) {
            return Err(FunctionError::TimedOut(Duration::from_secs(1)).into());
        }
        let mut answers: Vec<_> = event
            .records
            .iter()
            .map(|record| {
                let payload = record.payload().unwrap();
                let index: usize = str::from_utf8(&payload).unwrap().parse().unwrap();
                let id = record.record_id();
                match &self.fates[index] {
                    Fate::Ok { output, key } => {
                        let keys = key.map(|key| json!({"partitionKeys": {"k": key.to_string()}}));
                        let data = STANDARD.encode(output);
                        json!({"recordId": id, "result": "Ok", "data": data, "metadata": keys})
                    }
                    Fate::Dropped => json!({"recordId": id, "result": "Dropped"}),
                    Fate::Failed => json!({"recordId": id, "result": "ProcessingFailed"}),
                }
            })
            .collect();
        let middle = number as usize % answers.len();
        answers.rotate_left(middle);
        Ok(json!({ "records": answers }).to_string().into())
    }
}

impl Function {
    fn fails(&self, event: &Event<'_>) -> bool {
        let payload = event.records[0].payload().unwrap();
        let index: usize = str::from_utf8(&payload).unwrap().parse().unwrap();
        let mut failed = self.failed.lock().unwrap();
        let failed = failed.entry(event.records[0].record_id().into_owned()).or_default();
        *failed += 1;
        index.is_multiple_of(3) && *failed <= self.errors
    }
}

#[derive(Clone, Debug)]
struct Settings {
    shards: Option<u32>,
    concurrency: usize,
    lambda: BufferingHints,
    objects: BufferingHints,
    compression: Compression,
    append_delimiter: bool,
    partitioned: bool,
    memory: u64,
    /// How many records each record of the input gives, as an aggregate does.
    each: usize,
    /// After how long no more is to be read.
    stop: Option<Duration>,
}

fn hints() -> impl Strategy<Value = BufferingHints> {
    (1..200_u64, 0..3_u64)
        .prop_map(|(size, seconds)| BufferingHints { size, interval: Duration::from_secs(seconds) })
}

fn settings() -> impl Strategy<Value = Settings> {
    let compression = prop_oneof![Just(Compression::Uncompressed), Just(Compression::Gzip)];
    let shape = (prop::option::of(1..5_u32), 1..8_usize, any::<bool>(), any::<bool>());
    (shape, hints(), hints(), compression, 100..100_000_u64).prop_map(
        |(
            (shards, concurrency, append_delimiter, partitioned),
            lambda,
            objects,
            compression,
            memory,
        )| Settings {
            shards,
            concurrency,
            lambda,
            objects,
            compression,
            append_delimiter,
            partitioned,
            memory,
            each: 1,
            stop: None,
        },
    )
}

/// Outputs say where they end, so that objects can be told apart again.
fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        5 => ("[a-z]{0,30}", prop::option::weighted(0.9, 0..4_u8)).prop_map(|(text, key)| Fate::Ok { output: text, key }),
        1 => Just(Fate::Dropped),
        1 => Just(Fate::Failed),
    ];
    prop::collection::vec(fate, 0..150).prop_map(|mut fates| {
        for (index, fate) in fates.iter_mut().enumerate() {
            if let Fate::Ok { output, .. } = fate {
                *output = format!("<{index} {output}>");
            }
        }
        fates
    })
}

fn delivery_stream(settings: &Settings) -> DeliveryStream {
    let source = match settings.shards {
        Some(_) => StreamSource::KinesisStream("source".to_owned()),
        None => StreamSource::DirectPut,
    };
    let prefix = if settings.partitioned { "good/!{partitionKeyFromLambda:k}/" } else { "good/" };
    let destination = S3DestinationConfig {
        prefix: prefix.to_owned(),
        error_output_prefix: Some("bad/!{firehose:error-output-type}/".to_owned()),
        buffering: settings.objects,
        compression: settings.compression,
        dynamic_partitioning: settings.partitioned,
        ..S3DestinationConfig::default()
    };
    let mut stream = DeliveryStream::new("demo", source, destination);
    stream.append_delimiter = settings.append_delimiter;
    let mut lambda = LambdaProcessorConfig::new("function", "arn");
    lambda.buffering = settings.lambda;
    stream.lambda = Some(lambda);
    stream
}

fn taken(records: usize, settings: &Settings) -> Vec<Result<Taken, InputError>> {
    let mut direct = DirectPut::new(Timestamp::UNIX_EPOCH);
    let mut sharded = ShardedStream::new(settings.shards.unwrap_or(1), Timestamp::UNIX_EPOCH);
    let indexes: Vec<_> = (0..records).collect();
    let groups = indexes.chunks(settings.each).zip(1..);
    let take = |(group, position): (&[usize], u64)| {
        let mut records = Vec::new();
        for index in group {
            let record = PutRecord::new(position, index.to_string().into());
            if settings.shards.is_none() {
                records.push(direct.put(record, Timestamp::UNIX_EPOCH).unwrap());
            } else {
                sharded.put(record, Timestamp::UNIX_EPOCH, &mut records).unwrap();
            }
        }
        let records = records.into_iter().map(Arc::new).collect();
        Ok(Taken { position, records, refused: None })
    };
    groups.map(take).collect()
}

/// What was delivered: the account, and what the store has, by key.
fn delivered(
    settings: &Settings,
    function: Arc<Function>,
    in_store: &Arc<dyn ObjectStore>,
) -> (Account, InputAccount, BTreeMap<String, Vec<u8>>) {
    let records = function.fates.len();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let (stop, stopped) = watch::channel(false);
        let stream = Arc::new(delivery_stream(settings));
        let observer: Arc<dyn DeliveryObserver> = Arc::new(Unobserved);
        let invocations = RetryingInvoker {
            function,
            lambda: stream.lambda.clone().unwrap(),
            events: EventWriter::new("arn", "us-east-1", None),
            firehose_gives_up: false,
            observer: Arc::clone(&observer),
            stream: "demo".to_owned(),
        };
        let stage =
            LambdaProcessor::new(invocations, settings.shards.unwrap_or(1), settings.concurrency);
        let store = Arc::new(Store::new(Arc::clone(in_store), "memory"));
        let keys = ObjectKeys::new(&stream, String::new(), Arc::clone(&store)).unwrap();
        let objects = ObjectDestination::new(stream, keys, store, settings.memory);
        let lane = Lane::new("demo", Some(stage), objects, stop.clone(), Arc::clone(&observer));
        let account = lane.shared_account();
        let intake = Intake::start(taken(records, settings).into_iter());
        if let Some(after) = settings.stop {
            let stop = stop.clone();
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                stop.send_replace(true);
            });
        }
        let input = Mutex::<InputAccount>::default();
        deliver(intake, vec![lane], stopped, &*observer, &input).await;
        let input = input.into_inner().unwrap();
        assert!(!input.is_faulty && (input.read_to_end || *stop.borrow()));
        let found: Vec<_> = in_store.list(None).try_collect().await.unwrap();
        let mut content = BTreeMap::new();
        for object in found {
            let body = in_store.get(&object.location).await.unwrap().bytes().await.unwrap();
            content.insert(object.location.to_string(), body.to_vec());
        }
        let account = Mutex::lock(&account).unwrap().clone();
        (account, input, content)
    })
}

fn function(fates: &[Fate], errors: u64) -> Arc<Function> {
    Arc::new(Function {
        fates: fates.to_vec(),
        errors,
        failed: Mutex::default(),
        invocations: AtomicU64::new(0),
        running: AtomicU64::new(0),
        most_running: AtomicU64::new(0),
    })
}

/// The outputs in an object, which has to be made of them and of delimiters between them alone.
fn outputs(object: &str, delimiter: &str) -> Vec<String> {
    let outputs: Vec<String> =
        object.split_inclusive('>').map(|part| part.trim_start().to_owned()).collect();
    assert_eq!(object, outputs.join(delimiter));
    outputs
}

type ByFolder = BTreeMap<String, Vec<String>>;

/// The outputs in the objects, by folder; and the originals of failed records, by folder and code.
fn read(settings: &Settings, objects: &BTreeMap<String, Vec<u8>>) -> (ByFolder, ByFolder) {
    let (mut good, mut bad) = (ByFolder::new(), ByFolder::new());
    for (key, body) in objects {
        let mut text = String::new();
        match settings.compression {
            Compression::Uncompressed => text.push_str(str::from_utf8(body).unwrap()),
            Compression::Gzip => {
                assert!(key.ends_with(".gz"), "{key}");
                GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
            }
        }
        let (folder, _) = key.rsplit_once("/demo-1-").unwrap();
        let delimiter = if settings.append_delimiter { "\n" } else { "" };
        if folder.starts_with("good") {
            good.entry(folder.to_owned()).or_default().extend(outputs(&text, delimiter));
            continue;
        }
        for line in text.lines() {
            let line = ErrorLine::parse(line.as_bytes()).unwrap();
            let code = format!("{folder} {}", line.error_code.unwrap());
            let raw = String::from_utf8(line.raw_data.to_vec()).unwrap();
            bad.entry(code).or_default().push(raw);
        }
    }
    (good, bad)
}

fn count(all: &ByFolder) -> u64 {
    all.values().map(|values| values.len() as u64).sum()
}

/// Which record an output is of.
fn index(output: &str) -> u64 {
    output[1..].split(' ').next().unwrap().parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_delivered_is_what_the_contract_says(
        mut settings in settings(),
        fates in fates(),
        errors in 0..4_u64,
        each in 1..6_usize,
        stop in prop::option::of(0..40_u64),
    ) {
        (settings.each, settings.stop) = (each, stop.map(Duration::from_millis));
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let function = function(&fates, errors);
        let (account, input, objects) = delivered(&settings, Arc::clone(&function), &store);

        let (mut good, mut bad) = read(&settings, &objects);

        // What was read before it was stopped counts, and nothing else.
        let last_read = usize::try_from(input.last_read).unwrap();
        let fates = &fates[..fates.len().min(last_read * each)];
        prop_assert!(stop.is_some() || input.read_to_end);

        // The same, by the contract alone.
        let (mut wanted_good, mut wanted_bad) = (BTreeMap::new(), BTreeMap::new());
        let mut dropped = 0;
        for (index, fate) in fates.iter().enumerate() {
            let fail = match fate {
                Fate::Ok { output, key } => {
                    let folder = match (settings.partitioned, key) {
                        (false, _) => {
                            // Without expressions, the hour is appended.
                            Some("good/1970/01/01/00".to_owned())
                        }
                        (true, Some(key)) => Some(format!("good/{key}")),
                        (true, None) => None,
                    };
                    match folder {
                        Some(folder) => {
                            let outputs: &mut Vec<String> = wanted_good.entry(folder).or_default();
                            outputs.push(output.clone());
                            continue;
                        }
                        None => "bad/dynamic-partitioning-failed DynamicPartitioning.MetadataExtractionFailed",
                    }
                }
                Fate::Dropped => {
                    dropped += 1;
                    continue;
                }
                Fate::Failed => "bad/processing-failed Lambda.ProcessingFailedStatus",
            };
            let failed: &mut Vec<String> = wanted_bad.entry(fail.to_owned()).or_default();
            failed.push(index.to_string());
        }
        for all in [&mut good, &mut bad, &mut wanted_good, &mut wanted_bad] {
            all.values_mut().for_each(|values| values.sort());
        }
        prop_assert_eq!(&good, &wanted_good);
        prop_assert_eq!(&bad, &wanted_bad);
        prop_assert_eq!(account.received, fates.len() as u64);
        prop_assert_eq!(account.delivered, count(&good));
        prop_assert_eq!(account.dropped, dropped);
        prop_assert_eq!(account.failed(), count(&bad));
        prop_assert_eq!(account.not_delivered(), 0);
        prop_assert_eq!(account.object_count, objects.len() as u64);
        prop_assert!(function.most_running.load(Ordering::Relaxed) <= settings.concurrency as u64);
    }

    #[test]
    fn whenever_the_store_fails_every_record_is_accounted_for(
        settings in settings(),
        fates in fates(),
        puts in 0..6_u64,
    ) {
        let fault = move |nth| if nth > puts { Fault::Full } else { Fault::None };
        let store: Arc<dyn ObjectStore> = FaultyStore::new(fault);
        let (account, _, objects) = delivered(&settings, function(&fates, 0), &store);
        let (good, bad) = read(&settings, &objects);

        // What is said to be in the store is there, and nothing else is.
        prop_assert_eq!(objects.len() as u64, account.object_count);
        prop_assert!(account.object_count <= puts);
        prop_assert_eq!(account.delivered, count(&good));
        prop_assert_eq!(account.failed(), count(&bad));
        // Each record is in one place, and those that are in none are named.
        let undelivered = &account.undelivered;
        prop_assert_eq!(account.not_delivered(), undelivered.records());
        let is_named = |index: u64| {
            let position = index + 1;
            undelivered.ranges().iter().any(|(first, last)| (*first..=*last).contains(&position))
        };
        let there: Vec<u64> = good
            .values()
            .flatten()
            .map(|output| index(output))
            .chain(bad.values().flatten().map(|raw| raw.parse().unwrap()))
            .collect();
        prop_assert!(!there.iter().any(|index| is_named(*index)));
        let named: u64 = undelivered.ranges().iter().map(|(first, last)| last - first + 1).sum();
        prop_assert_eq!(named, undelivered.records());
        prop_assert_eq!(account.received, there.len() as u64 + account.dropped + named);
        prop_assert!(account.received <= fates.len() as u64);
    }
}
