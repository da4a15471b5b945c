use std::{collections::BTreeMap, mem};

use bytes::Bytes;

use crate::{
    aggregate::Aggregate,
    aggregate_error::AggregateError,
    aggregator::Aggregator,
    hash_key::{HashKey, HashKeyRange},
};

/// A set of aggregators, one for each shard or key. Each aggregate has user records of one shard.
///
/// Kinesis puts an aggregate on the shard of its put key, whatever keys its user records have. The
/// Kinesis Client Library skips an aggregate with a user record whose hash key is outside the range
/// of the shard, because the KPL sends such a user record again to the right shard
/// ([source](https://github.com/awslabs/amazon-kinesis-client/blob/master/amazon-kinesis-client/src/main/java/software/amazon/kinesis/retrieval/AggregatorUtil.java)).
/// An [`Aggregator`] packs records in the order of the calls, so use it alone only if the keys of
/// all records belong to one shard.
///
/// ```
/// use kpl_aggregation::{Aggregator, HashKeyRange, ShardAggregator};
///
/// // `StartingHashKey` and `EndingHashKey` of the open shards, from `ListShards`.
/// let half = "170141183460469231731687303715884105728";
/// let lower = HashKeyRange::new("0", "170141183460469231731687303715884105727")?;
/// let upper = HashKeyRange::new(half, "340282366920938463463374607431768211455")?;
/// let mut aggregator = ShardAggregator::new(&Aggregator::default(), [lower, upper])?;
/// for number in 0..100 {
///     // Returns an aggregate when it is full.
///     assert!(aggregator.add(&format!("sensor-{number}"), None, "21.5")?.is_none());
/// }
/// let aggregates = aggregator.finish();
/// assert_eq!(aggregates.len(), 2);
/// assert_eq!(aggregates.iter().map(|it| it.user_records()).sum::<usize>(), 100);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShardAggregator {
    empty: Aggregator,
    /// The ranges of the shards in ascending order, or `None` if each hash key is a group.
    shards: Option<Vec<HashKeyRange>>,
    /// The aggregators of the groups with records, by the hash key at the start of each group.
    groups: BTreeMap<HashKey, Aggregator>,
}

impl ShardAggregator {
    /// Creates an aggregator for each of these shards, with the settings of `aggregator`.
    ///
    /// After a reshard, a user record may belong to another shard than its aggregate. Then call
    /// [`finish`](Self::finish), list the shards again, and create a new aggregator.
    ///
    /// # Errors
    ///
    /// If two ranges overlap. `ListShards` also returns closed shards, whose ranges overlap with
    /// those of their children. Its filter `AT_LATEST` returns only open shards
    /// ([source](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html)).
    pub fn new(
        aggregator: &Aggregator,
        shards: impl IntoIterator<Item = HashKeyRange>,
    ) -> Result<Self, AggregateError> {
        let mut shards: Vec<_> = shards.into_iter().collect();
        shards.sort_by_key(HashKeyRange::starting);
        if shards.windows(2).any(|pair| pair[0].contains(pair[1].starting())) {
            return Err(AggregateError::OverlappingShards);
        }
        Ok(Self { shards: Some(shards), ..Self::by_key(aggregator) })
    }

    /// Creates an aggregator for each hash key: for each partition key, or for each explicit hash
    /// key of the records that have one. The settings are those of `aggregator`.
    ///
    /// The caller need not know the shards, and a reshard does no harm. But the aggregates have
    /// fewer user records than with [`new`](Self::new). Memory grows with the number of keys, so
    /// call [`finish`](Self::finish) regularly.
    pub fn by_key(aggregator: &Aggregator) -> Self {
        Self { empty: aggregator.emptied(), shards: None, groups: BTreeMap::new() }
    }

    /// Adds a user record, and returns the current aggregate of its shard if the record does not
    /// fit into it. Then the record is the first of the next aggregate of the shard.
    ///
    /// # Errors
    ///
    /// The errors of [`Aggregator::add`], and [`AggregateError::NoShard`] if no shard has the hash
    /// key of the record. Then the record is not added, and the aggregator is unchanged.
    pub fn add(
        &mut self,
        partition_key: &str,
        explicit_hash_key: Option<&str>,
        data: impl Into<Bytes>,
    ) -> Result<Option<Aggregate>, AggregateError> {
        let hash_key = match explicit_hash_key {
            Some(text) => {
                HashKey::from_explicit(text).ok_or(AggregateError::InvalidExplicitHashKey)?
            }
            None => HashKey::of_partition_key(partition_key),
        };
        let group = match &self.shards {
            None => hash_key,
            Some(shards) => {
                let after = shards.partition_point(|shard| shard.starting() <= hash_key);
                let shard = shards[..after].last().filter(|shard| shard.contains(hash_key));
                shard.ok_or(AggregateError::NoShard { hash_key })?.starting()
            }
        };
        let aggregator = self.groups.entry(group).or_insert_with(|| self.empty.clone());
        aggregator.add(partition_key, explicit_hash_key, data)
    }

    /// Returns the current aggregates, at most one for each shard or key, in the order of their
    /// hash keys. Starts new aggregates.
    pub fn finish(&mut self) -> Vec<Aggregate> {
        let groups = mem::take(&mut self.groups);
        groups.into_values().filter_map(|mut aggregator| aggregator.finish()).collect()
    }

    /// Returns the size of all current aggregates in bytes.
    pub fn size(&self) -> usize {
        self.groups.values().filter(|it| !it.is_empty()).map(Aggregator::size).sum()
    }

    /// Returns the number of user records in all current aggregates.
    pub fn len(&self) -> usize {
        self.groups.values().map(Aggregator::len).sum()
    }

    /// Returns `true` if no current aggregate has a user record.
    pub fn is_empty(&self) -> bool {
        self.groups.values().all(Aggregator::is_empty)
    }
}
