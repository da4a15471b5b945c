use std::sync::Arc;

use tokio::sync::watch;

use super::{
    error_objects::ErrorObjects, raw_data::RawData, recovered_objects::RecoveredObjects,
    remaining::Remaining, replay_progress::ReplayProgress, replay_source::ReplaySource,
    replay_stages::ReplayStages, replayer::Replayer,
};
use crate::{
    delivery_stream::{DeliveryStream, LambdaProcessorConfig},
    observer::{DeliveryObserver, Unobserved},
    processors::RetryingInvoker,
    run::StreamFunction,
};

/// The settings of a replay: a function, the objects for its outputs, and the file for remaining
/// records.
#[derive(Debug)]
pub struct ReplayRun {
    function: StreamFunction,
    lambda: LambdaProcessorConfig,
    concurrency: usize,
    recovered: Option<RecoveredObjects>,
    remaining: Option<Remaining>,
    raw_data: Option<RawData>,
    stream: Option<DeliveryStream>,
    observer: Arc<dyn DeliveryObserver>,
    stop: watch::Sender<bool>,
}

/// A replay that is ready to read error objects.
#[derive(Debug)]
pub struct PreparedReplay {
    replayer: Replayer,
    source: ReplaySource,
    progress: Arc<ReplayProgress>,
}

impl ReplayRun {
    /// The name of the replay in delivery events, in place of the name of a delivery stream.
    pub const STREAM: &str = "replay";

    /// Returns a replay with a function and its display name. By default, the replay writes nothing
    /// and does not repeat invocations.
    pub fn new(function: StreamFunction, name: impl Into<String>) -> Self {
        let mut lambda = LambdaProcessorConfig::new(name, "");
        lambda.retries = 0;
        Self {
            function,
            lambda,
            concurrency: 5,
            recovered: None,
            remaining: None,
            raw_data: None,
            stream: None,
            observer: Arc::new(Unobserved),
            stop: watch::Sender::new(false),
        }
    }

    /// Sets the number of times that an invocation is repeated after a function error. Default: 0.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.lambda.retries = retries;
        self
    }

    /// Sets the number of invocations that run at a time. Default: 5. 0 counts as 1.
    #[must_use]
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// Sets the objects that take the outputs of the function. Default: none; the replay is a
    /// trial.
    #[must_use]
    pub fn recovered(mut self, recovered: Option<RecoveredObjects>) -> Self {
        self.recovered = recovered;
        self
    }

    /// Sets the file that takes the records that are neither recovered nor dropped. Default: none.
    #[must_use]
    pub fn remaining(mut self, remaining: Option<Remaining>) -> Self {
        self.remaining = remaining;
        self
    }

    /// Sets the content of `rawData` in lines where neither the error code nor the name of the
    /// object determines the content. Default: none; such a line goes to the file of remaining
    /// records, or the reading stops before the line if this file does not take error lines.
    #[must_use]
    pub fn raw_data(mut self, raw_data: Option<RawData>) -> Self {
        self.raw_data = raw_data;
        self
    }

    /// Sets the delivery stream of the failed records. Its own processors run before and after the
    /// function, and its source gives the events their form. Default: none; the function gets the
    /// `rawData` of an original record.
    #[must_use]
    pub fn delivery_stream(mut self, stream: Option<DeliveryStream>) -> Self {
        self.stream = stream;
        self
    }

    /// Sets the observer of all events. Default: none.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn DeliveryObserver>) -> Self {
        self.observer = observer;
        self
    }

    /// Sets the switch that stops the reading. The replay also sets the switch if the store or the
    /// file of remaining records fails.
    #[must_use]
    pub fn stop(mut self, stop: watch::Sender<bool>) -> Self {
        self.stop = stop;
        self
    }

    /// Prepares the replay. Nothing is read or written yet.
    pub fn prepare(self) -> PreparedReplay {
        let remaining_file = self.remaining.as_ref().map(|file| file.path().to_owned());
        let progress = ReplayProgress::not_begun(self.recovered.is_none(), remaining_file);
        let source = ReplaySource::of(self.stream.as_ref());
        let stages = self.stream.as_ref().map(|stream| ReplayStages::of(stream, &self.observer));
        let invoker = RetryingInvoker {
            stream: Self::STREAM.to_owned(),
            function: self.function.function(),
            lambda: self.lambda,
            events: source.events(),
            partition_keys: self.recovered.as_ref().map_or(Vec::new(), |it| it.partition_keys()),
            limited_by_firehose: self.function.is_limited_by_firehose(),
            observer: Arc::clone(&self.observer),
        };
        let replayer = Replayer {
            invoker: Arc::new(invoker),
            concurrency: self.concurrency,
            recovered: self.recovered,
            remaining: self.remaining.map(|file| file.with_events(source.events())),
            has_warned: false,
            stages: Arc::new(stages.unwrap_or_default()),
            raw_data: self.raw_data,
            stats: progress.shared_stats(),
            stop: self.stop,
            observer: self.observer,
        };
        PreparedReplay {
            replayer,
            source,
            progress: Arc::new(progress.with_function(self.function)),
        }
    }
}

impl PreparedReplay {
    /// Returns the counts of the replay, which can be read while the replay runs and after it was
    /// dropped.
    pub fn progress(&self) -> Arc<ReplayProgress> {
        Arc::clone(&self.progress)
    }

    /// Replays the lines of error objects until their end, or until the reading is stopped. Lines
    /// that were read by then are replayed in any case.
    pub async fn replay(self, objects: ErrorObjects) {
        self.replayer.run(objects, self.source).await;
        self.progress.end_function().await;
    }
}
