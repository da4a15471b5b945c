use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use tokio::sync::watch;

/// A moment of a run: a number of milliseconds after a number of items, puts or invocations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// [`ITEMS`], [`PUTS`] or [`INVOCATIONS`].
    kind: usize,
    count: u64,
    milliseconds: u64,
}

/// The faults and the signals of one run.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// The numbers of the first and the last put that fail.
    pub(super) full: Option<(u64, u64)>,
    /// The moments of the first and the second signal. The second moment begins after the first.
    pub(super) signals: Vec<Moment>,
    /// The number of an invocation that never ends.
    pub(super) hangs: Option<u64>,
    /// The panic of a delivery stream.
    pub(super) panic: Option<Panic>,
}

/// A panic of a record processor, which ends its delivery stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Panic {
    pub(super) stream: &'static str,
    /// `true` for a processor before the function, `false` for a processor after the function.
    pub(super) is_before: bool,
    /// The number of records that the processor processes before the panic.
    pub(super) records: u64,
}

impl Plan {
    /// Returns `true` if every record is delivered at most once, user records of aggregates
    /// included.
    pub(super) fn is_exact(&self) -> bool {
        self.full.is_none() && self.is_once()
    }

    /// Returns `true` if every record outside aggregates is delivered at most once.
    pub(super) fn is_once(&self) -> bool {
        self.signals.len() < 2 && self.panic.is_none()
    }
}

/// The numbers of items, puts and invocations of a run so far.
pub(super) type Counts = Arc<[watch::Sender<u64>; 3]>;

pub(super) const ITEMS: usize = 0;
pub(super) const PUTS: usize = 1;
pub(super) const INVOCATIONS: usize = 2;

pub(super) fn count(counts: &Counts, kind: usize) -> u64 {
    let mut number = 0;
    counts[kind].send_modify(|count| {
        *count += 1;
        number = *count;
    });
    number
}

pub(super) async fn wait_for(moment: Moment, counts: &Counts) {
    let mut count = counts[moment.kind].subscribe();
    // If a function hangs, the moment may never come. With paused time, the limit passes at once.
    let came = count.wait_for(|count| *count >= moment.count);
    let _ = tokio::time::timeout(Duration::from_secs(3600), came).await;
    tokio::time::sleep(Duration::from_millis(moment.milliseconds)).await;
}

pub(super) fn plan() -> impl Strategy<Value = Plan> {
    let moment = (ITEMS..=INVOCATIONS, 0..40_u64, prop_oneof![Just(0), 0..2000_u64])
        .prop_map(|(kind, count, milliseconds)| Moment { kind, count, milliseconds });
    let full = (1..25_u64, prop_oneof![Just(0), Just(u64::MAX / 2)])
        .prop_map(|(first, more)| (first, first + more));
    let signals = prop::collection::vec(moment, 0..3);
    let panic = (prop_oneof![Just("first"), Just("second")], any::<bool>(), 0..60_u64)
        .prop_map(|(stream, is_before, records)| Panic { stream, is_before, records });
    let hangs = prop::option::of(1..20_u64);
    (prop::option::of(full), signals, hangs, prop::option::weighted(0.3, panic)).prop_map(
        |(full, signals, hangs, panic)| {
            // Only a second signal ends a function that hangs.
            let hangs = hangs.filter(|_| signals.len() == 2);
            Plan { full, signals, hangs, panic }
        },
    )
}
