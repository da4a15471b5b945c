use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{error_chain::error_chain, failed_item::FailedItem, outcome::BoxError};

/// The invocation of the Lambda function that a record came with.
///
/// All records of an event share one invocation. A clone is cheap and refers to the same
/// invocation.
///
/// An invocation also counts the items that failed without failing their records: see
/// [`ItemErrors`](crate::ItemErrors).
///
/// ```
/// use firehose_core::{Invocation, Record};
///
/// let invocation = Invocation::new("11111111-aaaa-bbbb-cccc-000000000000")
///     .with_region("eu-west-1")
///     .with_delivery_stream_arn("arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks");
/// let record = Record::new("record-1", "data").with_invocation(invocation);
/// assert_eq!(record.invocation().delivery_stream_name(), Some("clicks"));
/// ```
#[derive(Clone, Default)]
pub struct Invocation {
    /// `None` by default, so that a record without an invocation needs no allocation.
    shared: Option<Arc<Shared>>,
    /// The position of the record in the event.
    record: usize,
}

#[derive(Default)]
struct Shared {
    id: String,
    delivery_stream_arn: String,
    region: String,
    failed_items: Mutex<FailedItems>,
}

#[derive(Default)]
struct FailedItems {
    /// The number of failed items of each record with such items, by the position of the record.
    counts: BTreeMap<usize, u64>,
    /// Failed items with the positions of their records.
    first: Vec<(usize, FailedItem)>,
}

/// The maximum number of failed items that are kept with their causes. More are kept than are
/// returned, because those of some records may be forgotten.
const MAX_KEPT_ITEMS: usize = 10 * Invocation::MAX_FAILED_ITEMS;

impl Invocation {
    /// The maximum number of failed items that an invocation returns with their causes. Further
    /// failed items are only counted.
    pub const MAX_FAILED_ITEMS: usize = 10;

    /// Creates an invocation with this id (`invocationId`). Firehose sends a new id with each
    /// attempt, even for the same records.
    pub fn new(id: impl Into<String>) -> Self {
        Self::from(Shared { id: id.into(), ..Shared::default() })
    }

    /// Sets the ARN of the delivery stream (`deliveryStreamArn`).
    ///
    /// Set the ARN before you clone the invocation: earlier clones do not get the ARN.
    #[must_use]
    pub fn with_delivery_stream_arn(self, arn: impl Into<String>) -> Self {
        Self::from(Shared { delivery_stream_arn: arn.into(), ..self.into_shared() })
    }

    /// Sets the region of the delivery stream (`region`), such as `eu-west-1`.
    ///
    /// Set the region before you clone the invocation: earlier clones do not get the region.
    #[must_use]
    pub fn with_region(self, region: impl Into<String>) -> Self {
        Self::from(Shared { region: region.into(), ..self.into_shared() })
    }

    /// Returns the id, or `None` if the event has none.
    pub fn id(&self) -> Option<&str> {
        self.text(|shared| &shared.id)
    }

    /// Returns the ARN of the delivery stream, or `None` if the event has none.
    pub fn delivery_stream_arn(&self) -> Option<&str> {
        self.text(|shared| &shared.delivery_stream_arn)
    }

    /// Returns the name of the delivery stream: the part of its ARN after `deliverystream/`.
    pub fn delivery_stream_name(&self) -> Option<&str> {
        self.delivery_stream_arn()?.split_once(":deliverystream/").map(|(_, name)| name)
    }

    /// Returns the region of the delivery stream, or `None` if the event has none.
    pub fn region(&self) -> Option<&str> {
        self.text(|shared| &shared.region)
    }

    /// Returns the number of failed items that were reported.
    pub fn failed_item_count(&self) -> u64 {
        self.failed_items().map_or(0, |items| items.counts.values().sum())
    }

    /// Returns the first [`MAX_FAILED_ITEMS`](Self::MAX_FAILED_ITEMS) failed items that were
    /// reported.
    pub fn first_failed_items(&self) -> Vec<FailedItem> {
        let Some(items) = self.failed_items() else { return Vec::new() };
        items.first.iter().take(Self::MAX_FAILED_ITEMS).map(|(_, item)| item.clone()).collect()
    }

    /// Returns the same invocation for the record at this position in the event.
    ///
    /// The positions tell apart the failed items of records, whose ids may repeat.
    #[must_use]
    pub fn for_record(&self, position: usize) -> Self {
        Self { shared: self.shared.clone(), record: position }
    }

    /// Forgets the failed items that the record at this position reported.
    ///
    /// The runtime calls this for a record that it puts back to its source: the record comes again,
    /// and its items are reported then.
    pub fn forget_failed_items(&self, position: usize) {
        let Some(mut items) = self.failed_items() else { return };
        items.counts.remove(&position);
        items.first.retain(|(record, _)| *record != position);
    }

    pub(crate) fn report_failed_item(&self, record_id: &str, number: u64, cause: &BoxError) {
        let Some(mut items) = self.failed_items() else { return };
        let count = items.counts.entry(self.record).or_default();
        *count += 1;
        if *count <= Self::MAX_FAILED_ITEMS as u64 && items.first.len() < MAX_KEPT_ITEMS {
            let cause = error_chain(&**cause);
            items.first.push((self.record, FailedItem::new(record_id, number, cause)));
        }
    }

    fn failed_items(&self) -> Option<MutexGuard<'_, FailedItems>> {
        // The count and the list are valid even after a panic, so poisoning is ignored.
        let items = &self.shared.as_ref()?.failed_items;
        Some(items.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn text(&self, part: impl FnOnce(&Shared) -> &str) -> Option<&str> {
        self.shared.as_deref().map(part).filter(|text| !text.is_empty())
    }

    /// Returns the parts by value, without the failed items if other clones exist.
    fn into_shared(self) -> Shared {
        let Some(shared) = self.shared else { return Shared::default() };
        Arc::try_unwrap(shared).unwrap_or_else(|shared| Shared {
            id: shared.id.clone(),
            delivery_stream_arn: shared.delivery_stream_arn.clone(),
            region: shared.region.clone(),
            failed_items: Mutex::default(),
        })
    }
}

impl From<Shared> for Invocation {
    fn from(shared: Shared) -> Self {
        Self { shared: Some(Arc::new(shared)), record: 0 }
    }
}

/// Compares the id, the delivery stream and the region.
impl PartialEq for Invocation {
    fn eq(&self, other: &Self) -> bool {
        let parts = |it: &Self| {
            [it.id(), it.delivery_stream_arn(), it.region()].map(|text| text.map(str::to_owned))
        };
        parts(self) == parts(other)
    }
}

impl Eq for Invocation {}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("id", &self.id())
            .field("delivery_stream_arn", &self.delivery_stream_arn())
            .field("region", &self.region())
            .field("failed_items", &self.failed_item_count())
            .finish()
    }
}
