use firehose_runtime::contract::IcebergAnswer;
use jiff::Timestamp;
use uuid::Uuid;

use super::recovered_format::RecoveredFormat;
use crate::{
    delivery_stream::{
        DeliveryFailure, DestinationFailure, PartitionKeys, PrefixError, object_extension,
        object_name,
    },
    destinations::{FolderForm, IcebergRoute},
    encoder::AnyEncoder,
    objects::{Arrivals, ObjectLayout},
};

/// The layout of objects with recovered records: the arrival of each record determines its prefix.
#[derive(Debug)]
pub(super) struct RecoveredLayout {
    pub(super) format: RecoveredFormat,
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

    /// Returns the group of a record. `iceberg` is the answer of the function for an Iceberg table.
    ///
    /// # Errors
    ///
    /// If a partition key is missing, or makes the prefix too long, or if the record has no table.
    pub(super) fn group(
        &self,
        arrival: Timestamp,
        partition_keys: PartitionKeys<'_>,
        iceberg: &IcebergAnswer,
    ) -> Result<RecoveredGroup, DeliveryFailure> {
        let group = match &self.format.tables {
            None => self.group_of(arrival, partition_keys),
            Some(tables) => {
                let table = IcebergRoute::keys(tables, iceberg, partition_keys.from_query)
                    .ok_or(DestinationFailure::InvalidIcebergTable)?;
                self.group_of(arrival, PartitionKeys::of_lambda(&table))
            }
        };
        group.map_err(|_| DeliveryFailure::MissingPartitionKey)
    }

    fn group_of(
        &self,
        arrival: Timestamp,
        partition_keys: PartitionKeys<'_>,
    ) -> Result<RecoveredGroup, PrefixError> {
        let time = arrival.to_zoned(self.format.time_zone.clone());
        let prefix = self.format.prefix.evaluate(&time, partition_keys, &mut Uuid::nil)?;
        Ok(RecoveredGroup { prefix, partition: self.format.prefix.partition(partition_keys)? })
    }
}

impl ObjectLayout for RecoveredLayout {
    type Group = RecoveredGroup;

    fn encoder(&self, _group: &RecoveredGroup) -> AnyEncoder {
        let separator = FolderForm::separator(self.format.append_delimiter);
        AnyEncoder::new(self.format.compression, separator)
    }

    fn key(&self, group: &RecoveredGroup, arrivals: Arrivals) -> String {
        let time = arrivals.oldest.to_zoned(self.format.time_zone.clone());
        let values = &group.partition;
        let prefix = self.format.prefix.evaluate_partition(&time, values, &mut Uuid::new_v4);
        let prefix = prefix.unwrap_or_else(|_| group.prefix.clone());
        let extension =
            object_extension(self.format.compression, self.format.file_extension.as_deref());
        object_name(&prefix, Self::NAME, 1, &time, extension, Uuid::new_v4())
    }
}
