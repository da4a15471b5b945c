use std::{
    collections::{BTreeMap, BTreeSet},
    error, fmt,
    sync::Arc,
};

use firehose_runtime::{BoxError, error_chain};
use tokio::sync::watch;

use super::{
    accompanying_files::AccompanyingFiles,
    input_router::{InputRouter, max_record_bytes},
    prepared_run::PreparedRun,
    run_positions::RunPositions,
    shared_progress::SharedProgress,
    stream_function::StreamFunction,
};
use crate::{
    aws_names::{REGION, delivery_stream_arn, kinesis_stream_arn},
    delivery::{StreamDelivery, WantedPositions},
    delivery_stream::{
        DeliveryStream, DestinationConfig, EventWriter, KeySource, Prefix, StreamSource,
    },
    destinations::{
        Destination, Endpoint, ObjectDestination, ObjectKeys, endpoint_destination,
        folder_destination,
    },
    observer::{DeliveryObserver, Unobserved},
    processors::{BatchProcessor, LambdaProcessor, RecordChain, RetryingInvoker, record_chains},
    source::InputManifest,
    store::Store,
};

/// The settings of a run: a source, the delivery streams that read it, and a store.
#[derive(Debug)]
pub struct DeliveryRun {
    source: StreamSource,
    store: Arc<Store>,
    streams: Vec<(Arc<DeliveryStream>, Option<StreamFunction>)>,
    /// The record processors of the caller before and after the function, by delivery stream.
    record_processors: BTreeMap<String, (RecordChain, RecordChain)>,
    /// The endpoints of destinations, by delivery stream.
    endpoints: BTreeMap<String, Endpoint>,
    /// The buckets of delivery streams that the run leaves out.
    other_buckets: BTreeSet<String>,
    shards: u32,
    max_record_bytes: usize,
    concurrency: usize,
    manifest: InputManifest,
    /// The earlier run whose remaining records this run delivers.
    earlier: Option<RunPositions>,
    observer: Arc<dyn DeliveryObserver>,
    stop: watch::Sender<bool>,
}

/// A failure to prepare a delivery stream.
#[derive(Debug)]
pub struct PrepareError {
    stream: String,
    reason: String,
}

impl DeliveryRun {
    /// The memory for the objects and the requests of all delivery streams together, in bytes.
    const OBJECT_MEMORY: u64 = 512 * 1024 * 1024;

    /// Returns a run without delivery streams.
    pub fn new(source: StreamSource, store: Arc<Store>) -> Self {
        Self {
            max_record_bytes: max_record_bytes(&source),
            source,
            store,
            streams: Vec::new(),
            record_processors: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            other_buckets: BTreeSet::new(),
            shards: 1,
            concurrency: 5,
            manifest: InputManifest::default(),
            earlier: None,
            observer: Arc::new(Unobserved),
            stop: watch::Sender::new(false),
        }
    }

    /// Adds a delivery stream. A delivery stream with a Lambda processor needs its function.
    #[must_use]
    pub fn stream(mut self, stream: Arc<DeliveryStream>, function: Option<StreamFunction>) -> Self {
        self.streams.push((stream, function));
        self
    }

    /// Adds record processors of the caller to a delivery stream, before and after its function.
    /// The processors before the function run after Firehose's own processors before it, and those
    /// after the function likewise. Default: none.
    #[must_use]
    pub fn record_processors(
        mut self,
        stream: &str,
        before: RecordChain,
        after: RecordChain,
    ) -> Self {
        self.record_processors.insert(stream.to_owned(), (before, after));
        self
    }

    /// Sets the endpoint that receives the requests of a delivery stream. Default: none. The records
    /// of a delivery stream without an endpoint go to the store.
    #[must_use]
    pub fn endpoint(mut self, stream: &str, endpoint: Endpoint) -> Self {
        self.endpoints.insert(stream.to_owned(), endpoint);
        self
    }

    /// Sets the buckets of delivery streams that the run leaves out. If there are several buckets,
    /// each key begins with the name of its bucket. With this setting, the keys do not depend on
    /// the selection of delivery streams. Default: none.
    #[must_use]
    pub fn other_buckets(mut self, buckets: BTreeSet<String>) -> Self {
        self.other_buckets = buckets;
        self
    }

    /// Sets the number of shards of a source that is a Kinesis stream. Default: 1.
    #[must_use]
    pub fn shards(mut self, shards: u32) -> Self {
        self.shards = shards;
        self
    }

    /// Sets the limit of a record, in bytes, for a source that is a Kinesis stream or a topic of
    /// Amazon MSK. The limit of a Kinesis stream includes the partition key. See also
    /// [`max_record_bytes`](super::max_record_bytes) for the defaults.
    #[must_use]
    pub fn max_record_bytes(mut self, bytes: usize) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    /// Sets the number of invocations of one delivery stream that run at a time. Default: 5.
    #[must_use]
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// Sets the files of the input, which the report names. Default: none.
    #[must_use]
    pub fn manifest(mut self, manifest: InputManifest) -> Self {
        self.manifest = manifest;
        self
    }

    /// Resumes an earlier run: each delivery stream receives only the records that the earlier run
    /// did not deliver to it. A delivery stream that the earlier run did not have receives all
    /// records. See also [`RunPositions::check`].
    #[must_use]
    pub fn resume(mut self, earlier: RunPositions) -> Self {
        self.earlier = Some(earlier);
        self
    }

    /// Sets the observer of all events. Default: none.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn DeliveryObserver>) -> Self {
        self.observer = observer;
        self
    }

    /// Sets the switch that stops the reading. The run also sets the switch if the store fails.
    #[must_use]
    pub fn stop(mut self, stop: watch::Sender<bool>) -> Self {
        self.stop = stop;
        self
    }

    /// Prepares the delivery streams. Nothing is read or written yet.
    ///
    /// # Errors
    ///
    /// If two delivery streams have the same name, if record processors or an endpoint are set for
    /// a delivery stream that the run does not have, if an endpoint is set for a destination that
    /// takes no requests, if a prefix of a delivery stream is invalid, if the store rejects the
    /// keys with this prefix, or if the function of a Lambda processor is missing.
    pub fn prepare(mut self) -> Result<PreparedRun, PrepareError> {
        self.check_names()?;
        let memory = Self::OBJECT_MEMORY / self.streams.len().max(1) as u64;
        let mut progress = SharedProgress::new(Arc::clone(&self.store), self.manifest.clone());
        let mut streams = Vec::new();
        let mut files = AccompanyingFiles::new(Arc::clone(&self.store));
        let mut record_processors = std::mem::take(&mut self.record_processors);
        for (stream, function) in &self.streams {
            let failed = |reason| PrepareError { stream: stream.name.clone(), reason };
            let destination = self.destination(stream, memory).map_err(failed)?;
            let batches = self.batch_processor(stream, function.as_ref()).map_err(failed)?;
            let earlier = self.earlier.as_ref();
            let wanted = earlier.and_then(|earlier| earlier.wanted(&stream.name));
            let (before, after) = record_chains(stream, &self.observer);
            let (own_before, own_after) =
                record_processors.remove(&stream.name).unwrap_or_default();
            let delivery = StreamDelivery::new(
                &stream.name,
                batches,
                destination,
                self.stop.clone(),
                Arc::clone(&self.observer),
            )
            .with_kind(stream.destination.kind())
            .with_record_processors(before.then(own_before), after.then(own_after))
            .with_delimiter_check(stream.append_delimiter)
            .with_wanted(wanted.unwrap_or_else(WantedPositions::all));
            progress.add(&delivery, stream, function.clone());
            if let DestinationConfig::Redshift(config) = &stream.destination {
                let key = format!("{}{}-copy.sql", self.folder(stream), stream.name);
                files.add(key, format!("{}\n", config.copy_command()));
            }
            streams.push(delivery);
        }
        Ok(PreparedRun {
            router: InputRouter::new(&self.source, self.shards, self.max_record_bytes),
            streams,
            progress: Arc::new(progress),
            stop: self.stop,
            observer: self.observer,
            files,
        })
    }

    /// Rejects names of delivery streams that are not unique, and endpoints and record processors
    /// of an unknown delivery stream. Positions, endpoints and record processors are kept by name.
    fn check_names(&self) -> Result<(), PrepareError> {
        let failed = |stream: &str, reason: &str| {
            Err(PrepareError { stream: stream.to_owned(), reason: reason.to_owned() })
        };
        let mut names = BTreeSet::new();
        for (stream, _) in &self.streams {
            if !names.insert(stream.name.as_str()) {
                return failed(&stream.name, "another delivery stream of the run has this name");
            }
        }
        if let Some(name) = self.endpoints.keys().find(|name| !names.contains(name.as_str())) {
            return failed(name, "the run has an endpoint for this name, but no delivery stream");
        }
        match self.record_processors.keys().find(|name| !names.contains(name.as_str())) {
            Some(name) => {
                failed(name, "the run has record processors for this name, but no delivery stream")
            }
            None => Ok(()),
        }
    }

    /// Returns the start of a delivery stream's keys: the name of its bucket as a folder. Returns
    /// an empty text if all delivery streams have the same bucket. These include the delivery
    /// streams that the run leaves out.
    fn folder(&self, stream: &DeliveryStream) -> String {
        let buckets = self.streams.iter().map(|(stream, _)| &stream.destination.s3().bucket);
        let buckets: BTreeSet<_> = buckets.chain(&self.other_buckets).collect();
        match buckets.len() {
            1 => String::new(),
            _ => format!("{}/", stream.destination.s3().bucket),
        }
    }

    /// Creates the destination of a delivery stream. Its objects and requests take at most `memory`
    /// bytes.
    fn destination(
        &self,
        stream: &Arc<DeliveryStream>,
        memory: u64,
    ) -> Result<Box<dyn Destination>, String> {
        let store = Arc::clone(&self.store);
        let chain = |error: BoxError| error_chain(&*error);
        let Some(endpoint) = self.endpoints.get(&stream.name) else {
            return folder_destination(stream, self.folder(stream), &store, memory).map_err(chain);
        };
        let keys =
            ObjectKeys::new(stream, self.folder(stream), Arc::clone(&store)).map_err(chain)?;
        let memory = memory / 2;
        let errors = ObjectDestination::new(Arc::clone(stream), keys, store, memory);
        endpoint_destination(stream, endpoint, errors, memory, Arc::clone(&self.observer))
    }

    /// Creates the batch processor of a delivery stream, if the delivery stream has one.
    fn batch_processor(
        &self,
        stream: &DeliveryStream,
        function: Option<&StreamFunction>,
    ) -> Result<Option<Box<dyn BatchProcessor>>, String> {
        let Some(lambda) = &stream.lambda else { return Ok(None) };
        let function =
            function.ok_or_else(|| format!("the function {} is missing", lambda.function))?;
        let arn = delivery_stream_arn(&stream.name);
        let events = match &stream.source {
            StreamSource::DirectPut => EventWriter::new(&arn, REGION, None),
            StreamSource::KinesisStream(name) => {
                EventWriter::new(&arn, REGION, Some(&kinesis_stream_arn(name)))
            }
            StreamSource::MskTopic { cluster_arn, .. } => {
                EventWriter::for_msk(&arn, REGION, cluster_arn)
            }
        };
        // `ObjectKeys::new` has rejected an invalid prefix already.
        let prefix = Prefix::parse(&stream.destination.s3().prefix).unwrap_or_default();
        let invoker = RetryingInvoker {
            stream: stream.name.clone(),
            function: function.function(),
            lambda: lambda.clone(),
            events,
            partition_keys: prefix.keys_of(KeySource::Lambda).map(str::to_owned).collect(),
            limited_by_firehose: function.is_limited_by_firehose(),
            observer: Arc::clone(&self.observer),
        };
        let processor = LambdaProcessor::new(invoker, self.shards, self.concurrency)
            .for_destination(stream.destination.kind());
        Ok(Some(Box::new(processor)))
    }
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.stream, self.reason)
    }
}

impl error::Error for PrepareError {}
