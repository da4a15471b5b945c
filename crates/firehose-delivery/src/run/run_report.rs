use std::{sync::Arc, time::Duration};

use crate::{
    delivery::{DeliveryStats, InputStats, WantedPositions},
    delivery_stream::DestinationKind,
    function::FailureCounts,
    source::InputManifest,
    store::Store,
};

/// The result of a run: the counts of each delivery stream and of the input.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The delivery streams, in the order in which they were added.
    pub streams: Vec<StreamReport>,
    /// The counts of the input.
    pub input: InputStats,
    /// The files of the input, if the run knows them.
    pub manifest: InputManifest,
    /// `true` if the run was dropped before its end. Then some of the records that count as not
    /// delivered may be in objects or at an endpoint. The same is true for a delivery stream that
    /// panicked.
    pub is_abandoned: bool,
    pub(super) store: Option<Arc<Store>>,
}

/// The result of one delivery stream.
#[derive(Clone, Debug)]
pub struct StreamReport {
    /// The name of the delivery stream.
    pub name: String,
    /// The processors of the delivery stream, in the order in which they run. See also
    /// [`DeliveryStream::processor_names`](crate::delivery_stream::DeliveryStream::processor_names).
    pub processors: Vec<&'static str>,
    /// The kind of its destination.
    pub destination: DestinationKind,
    /// The counts of its records.
    pub stats: DeliveryStats,
    /// The positions of records that the delivery stream is to receive, and that were not read.
    pub not_read: WantedPositions,
    /// The failures that the function reported; `None` without a function, or if the function
    /// reports its failures elsewhere.
    pub failures: Option<FailureCounts>,
}

impl RunReport {
    /// Returns the location of an object: a path, or an address with the bucket.
    pub fn locate(&self, key: &str) -> String {
        self.store.as_ref().map_or_else(|| key.to_owned(), |store| store.locate(key))
    }

    /// Returns the sum of the times of all invocations, which overlap.
    pub fn function_time(&self) -> Duration {
        self.streams.iter().map(|stream| stream.stats.invocations.time).sum()
    }

    /// Returns `true` if the reading thread or a delivery stream ended too early, or if records are
    /// missing in the counts. Both are errors of the engine itself.
    pub fn is_faulty(&self) -> bool {
        self.input.is_faulty || self.any(DeliveryStats::is_unbalanced)
    }

    /// Returns `true` if records are left for a later run: records that were not delivered, or not
    /// read.
    pub fn has_records_left(&self) -> bool {
        let has_left = |stream: &StreamReport| {
            stream.stats.undelivered.records() > 0 || !stream.not_read.is_empty()
        };
        self.streams.iter().any(has_left)
    }

    /// Returns `true` if the counts of any delivery stream pass a test.
    pub fn any(&self, test: impl Fn(&DeliveryStats) -> bool) -> bool {
        self.streams.iter().any(|stream| test(&stream.stats))
    }
}
