use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use crate::{
    delivery_stream::{
        Compression, PartitionKeys, Prefix, PrefixError, object_extension, object_name,
    },
    encoder::AnyEncoder,
    objects::{Arrivals, ObjectLayout},
};

/// The layout of objects with recovered records: the arrival of each record, in UTC, determines its
/// prefix.
#[derive(Debug)]
pub(super) struct RecoveredLayout {
    pub(super) prefix: Prefix,
    pub(super) compression: Compression,
    pub(super) delimiter: &'static [u8],
}

/// The group of the records in one object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RecoveredGroup {
    /// The evaluated prefix, with zeros in place of random strings.
    prefix: String,
    /// The values of the partition keys in the prefix, in their order.
    partition: Vec<String>,
}

impl RecoveredLayout {
    /// The start of the names of objects, in place of the name of a delivery stream.
    const NAME: &str = "replay";

    /// Returns the group of a record.
    ///
    /// # Errors
    ///
    /// If a partition key is missing, or makes the prefix too long.
    pub(super) fn group(
        &self,
        arrival: Timestamp,
        partition_keys: &BTreeMap<String, String>,
    ) -> Result<RecoveredGroup, PrefixError> {
        let time = arrival.to_zoned(TimeZone::UTC);
        let partition_keys = PartitionKeys::of_lambda(partition_keys);
        let prefix = self.prefix.evaluate(&time, partition_keys, &mut Uuid::nil)?;
        Ok(RecoveredGroup { prefix, partition: self.prefix.partition(partition_keys)? })
    }
}

impl ObjectLayout for RecoveredLayout {
    type Group = RecoveredGroup;

    fn encoder(&self, _group: &RecoveredGroup) -> AnyEncoder {
        AnyEncoder::new(self.compression, self.delimiter)
    }

    fn key(&self, group: &RecoveredGroup, arrivals: Arrivals) -> String {
        let time = arrivals.oldest.to_zoned(TimeZone::UTC);
        let values = &group.partition;
        let prefix = self.prefix.evaluate_partition(&time, values, &mut Uuid::new_v4);
        let prefix = prefix.unwrap_or_else(|_| group.prefix.clone());
        let extension = object_extension(self.compression, None);
        object_name(&prefix, Self::NAME, 1, &time, extension, Uuid::new_v4())
    }
}
