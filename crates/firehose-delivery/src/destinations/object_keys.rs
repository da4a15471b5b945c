use std::{collections::BTreeMap, sync::Arc};

use firehose_runtime::BoxError;
use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use super::object_kind::ObjectKind;
use crate::{
    delivery_stream::{
        DeliveryFailure, DeliveryStream, ErrorOutputPrefix, PartitionKeys, Prefix, PrefixError,
        object_extension, object_name,
    },
    now::now,
    objects::Arrivals,
    store::Store,
};

/// The keys of a delivery stream's objects.
#[derive(Debug)]
pub(crate) struct ObjectKeys {
    /// The start of every key: the folder of the bucket if a run has several buckets, else empty.
    folder: String,
    stream: String,
    prefix: Prefix,
    error_output_prefix: ErrorOutputPrefix,
    /// The evaluated prefixes of kinds without partition keys, checked at the start.
    checked: BTreeMap<ObjectKind, String>,
    time_zone: TimeZone,
    extension: String,
    store: Arc<Store>,
}

/// The version of the delivery stream in the names of its objects. Each run has a new delivery
/// stream, so the version is always 1.
const VERSION: u32 = 1;

impl ObjectKeys {
    /// Reads and checks the prefixes of a delivery stream.
    ///
    /// # Errors
    ///
    /// If Firehose rejects a prefix, or if the store rejects the keys with a prefix.
    pub(crate) fn new(
        stream: &DeliveryStream,
        folder: String,
        store: Arc<Store>,
    ) -> Result<Self, BoxError> {
        let destination = stream.destination.s3();
        let prefix = Prefix::parse(&destination.prefix)?;
        let error_output_prefix = match destination.error_output_prefix.as_deref() {
            None | Some("") => ErrorOutputPrefix::default_for(&prefix)?,
            Some(text) => ErrorOutputPrefix::parse(text)?,
        };
        let extension =
            object_extension(destination.compression, destination.file_extension.as_deref());
        let mut keys = Self {
            folder,
            stream: stream.name.clone(),
            prefix,
            error_output_prefix,
            checked: BTreeMap::new(),
            time_zone: destination.time_zone.clone(),
            extension: extension.to_owned(),
            store,
        };
        let now = now();
        let is_partitioned = keys.prefix.partition_keys().next().is_some();
        let whole = (!is_partitioned).then(|| (ObjectKind::Partition(Vec::new()), "Prefix"));
        let types = DeliveryFailure::ERROR_OUTPUT_TYPES.into_iter();
        let types = types.chain(stream.destination.kind().error_output_type());
        let failed = types.map(|kind| (ObjectKind::Failed(kind), "ErrorOutputPrefix"));
        for (kind, name) in whole.into_iter().chain(failed) {
            let prefix = keys.evaluate(&kind, now).map_err(|error| format!("{name}: {error}"))?;
            if !keys.store.takes(&keys.object_key(&kind, &prefix, now)) {
                let reason = "the store rejects the keys with this prefix, because a key or a name \
                              between its slashes is too long";
                return Err(format!("{name}: {reason}").into());
            }
            keys.checked.insert(kind, prefix);
        }
        Ok(keys)
    }

    /// Returns the partition of a record: the values of the partition keys in the prefix.
    ///
    /// # Errors
    ///
    /// If a value is missing or too long.
    pub(super) fn partition(
        &self,
        keys: PartitionKeys<'_>,
    ) -> Result<Vec<String>, DeliveryFailure> {
        self.prefix.partition(keys).map_err(|_| DeliveryFailure::MissingPartitionKey)
    }

    /// Checks that an object of this kind can exist, given the arrival of its first record.
    ///
    /// # Errors
    ///
    /// If the partition keys make the prefix too long, or make a key that the store rejects.
    pub(super) fn check(
        &self,
        kind: &ObjectKind,
        arrival: Timestamp,
    ) -> Result<(), DeliveryFailure> {
        // Kinds without partition keys were checked at the start.
        if self.checked.contains_key(kind) {
            return Ok(());
        }
        let prefix = self.evaluate(kind, arrival);
        match prefix.map(|prefix| self.store.takes(&self.object_key(kind, &prefix, arrival))) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(DeliveryFailure::MissingPartitionKey),
        }
    }

    /// Returns the key of an object, with the prefix at the arrival of its oldest record.
    ///
    /// That prefix may be too long although the prefix at another time was not, for example because
    /// the name of the month is longer. Then the key has the prefix at the arrival of the record
    /// that was added first, or else the prefix that was checked at the start.
    pub(super) fn key(&self, kind: &ObjectKind, arrivals: Arrivals) -> String {
        let Arrivals { oldest, first } = arrivals;
        let prefix = self.evaluate(kind, oldest).or_else(|_| self.evaluate(kind, first));
        let checked = || self.checked.get(kind).cloned().unwrap_or_default();
        self.object_key(kind, &prefix.unwrap_or_else(|_| checked()), oldest)
    }

    fn object_key(&self, kind: &ObjectKind, prefix: &str, arrival: Timestamp) -> String {
        let prefix = format!("{}{prefix}", self.folder);
        let time = arrival.to_zoned(self.time_zone.clone());
        // Objects of failed records have no file extension (observed:
        // <https://github.com/floci-io/floci>), even if they are compressed.
        let extension = if matches!(kind, ObjectKind::Failed(_)) { "" } else { &self.extension };
        object_name(&prefix, &self.stream, VERSION, &time, extension, Uuid::new_v4())
    }

    fn evaluate(&self, kind: &ObjectKind, arrival: Timestamp) -> Result<String, PrefixError> {
        let time = arrival.to_zoned(self.time_zone.clone());
        let uuids = &mut Uuid::new_v4;
        match kind {
            ObjectKind::Partition(values) => self.prefix.evaluate_partition(&time, values, uuids),
            ObjectKind::Failed(error_output_type) => {
                self.error_output_prefix.evaluate(&time, error_output_type, uuids)
            }
        }
    }
}
