use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use super::{
    run_report::{RunReport, StreamReport},
    stream_function::StreamFunction,
};
use crate::{
    delivery::{DeliveryStats, InputStats, StreamDelivery, WantedPositions},
    delivery_stream::{DeliveryStream, DestinationKind},
    source::InputManifest,
    store::Store,
};

/// The counts of a run, which are correct at any time, even after the run was dropped.
///
/// The default is the progress of a run that has not begun.
#[derive(Debug, Default)]
pub struct SharedProgress {
    streams: Vec<StreamProgress>,
    input: Mutex<InputStats>,
    manifest: InputManifest,
    store: Option<Arc<Store>>,
    /// `true` after the run was dropped.
    is_abandoned: AtomicBool,
}

#[derive(Debug)]
struct StreamProgress {
    name: String,
    processors: Vec<&'static str>,
    destination: DestinationKind,
    stats: Arc<Mutex<DeliveryStats>>,
    wanted: Arc<WantedPositions>,
    function: Option<StreamFunction>,
}

impl SharedProgress {
    pub(super) fn new(store: Arc<Store>, manifest: InputManifest) -> Self {
        Self { store: Some(store), manifest, ..Self::default() }
    }

    pub(super) fn add(
        &mut self,
        stream: &StreamDelivery,
        settings: &DeliveryStream,
        function: Option<StreamFunction>,
    ) {
        self.streams.push(StreamProgress {
            name: stream.name().to_owned(),
            processors: settings.processor_names(),
            destination: settings.destination.kind(),
            stats: stream.shared_stats(),
            wanted: stream.wanted(),
            function,
        });
    }

    /// Returns the positions that each delivery stream is to receive.
    pub(super) fn wanted(&self) -> Vec<Arc<WantedPositions>> {
        self.streams.iter().map(|stream| Arc::clone(&stream.wanted)).collect()
    }

    pub(super) fn input(&self) -> &Mutex<InputStats> {
        &self.input
    }

    /// Ends the functions of the run, and waits for the rest of their logs.
    pub(super) async fn end_functions(&self) {
        for function in self.streams.iter().filter_map(|stream| stream.function.as_ref()) {
            function.end().await;
        }
    }

    /// Ends the functions of a run that was dropped, and waits for nothing. From then on, a record
    /// counts as not delivered if it is neither in an object, nor at an endpoint, nor dropped.
    pub fn abandon(&self) {
        self.is_abandoned.store(true, Ordering::Relaxed);
        let functions = self.streams.iter().filter_map(|stream| stream.function.as_ref());
        functions.for_each(StreamFunction::abandon);
    }

    /// Returns the counts as they are now.
    pub fn report(&self) -> RunReport {
        let input = self.input.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let is_abandoned = self.is_abandoned.load(Ordering::Relaxed);
        let streams = self.streams.iter().map(|stream| stream.report(&input, is_abandoned));
        let (manifest, store) = (self.manifest.clone(), self.store.clone());
        RunReport { streams: streams.collect(), is_abandoned, manifest, input, store }
    }
}

impl StreamProgress {
    fn report(&self, input: &InputStats, is_abandoned: bool) -> StreamReport {
        let mut stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if is_abandoned {
            stats.abandon(&self.wanted, input.last_read);
        }
        StreamReport {
            name: self.name.clone(),
            processors: self.processors.clone(),
            destination: self.destination,
            stats,
            not_read: match input.read_to_end {
                true => WantedPositions::none(),
                false => self.wanted.after(input.last_read),
            },
            failures: self.function.as_ref().and_then(StreamFunction::failures),
        }
    }
}
