use std::collections::BTreeMap;

use firehose_runtime::BoxError;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use uuid::Uuid;

use super::objects::Kind;
use crate::{
    DeliveryFailure, DeliveryStream, ErrorOutputPrefix, Prefix, PrefixError,
    now::epoch_milliseconds, object_extension, object_name,
};

/// The keys of a delivery stream's objects.
#[derive(Debug)]
pub(crate) struct ObjectKeys {
    /// What comes before the prefix: a folder for the bucket where there are several, or nothing.
    folder: String,
    stream: String,
    prefix: Prefix,
    error_output_prefix: ErrorOutputPrefix,
    time_zone: TimeZone,
    extension: String,
}

/// The longest name of a file or folder that file systems take; S3 takes longer ones.
const MAX_NAME_BYTES: usize = 255;

/// A delivery stream is new in each run.
const VERSION: u32 = 1;

impl ObjectKeys {
    /// The keys that a delivery stream's prefixes make.
    ///
    /// # Errors
    ///
    /// If a prefix is none that Firehose takes, or the error output prefix is too long whatever
    /// the records are.
    pub(crate) fn new(stream: &DeliveryStream, folder: String) -> Result<Self, BoxError> {
        let destination = &stream.destination;
        let prefix = Prefix::parse(&destination.prefix)?;
        let error_output_prefix = match destination.error_output_prefix.as_deref() {
            None | Some("") => ErrorOutputPrefix::default_for(&prefix)?,
            Some(text) => ErrorOutputPrefix::parse(text)?,
        };
        let extension =
            object_extension(destination.compression, destination.file_extension.as_deref());
        let keys = Self {
            folder,
            stream: stream.name.clone(),
            prefix,
            error_output_prefix,
            time_zone: destination.time_zone.clone(),
            extension: extension.to_owned(),
        };
        let failures = [DeliveryFailure::ProcessingFailed, DeliveryFailure::MissingPartitionKey];
        for failure in failures {
            keys.prefix(&Kind::Failed(failure.error_output_type()), epoch_milliseconds())
                .map_err(|error| format!("ErrorOutputPrefix: {error}"))?;
        }
        Ok(keys)
    }

    /// The partition that a record with these keys belongs to: their values, as far as the
    /// prefix asks for them.
    ///
    /// # Errors
    ///
    /// If one of them is missing or too long.
    pub(super) fn partition(
        &self,
        keys: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, DeliveryFailure> {
        self.prefix.partition(keys).map_err(|_| DeliveryFailure::MissingPartitionKey)
    }

    /// Whether there can be an object of this kind, if its first record arrived at this time.
    ///
    /// # Errors
    ///
    /// If its prefix would be too long, or a name in it longer than any store takes.
    pub(super) fn check(&self, kind: &Kind, arrival: i64) -> Result<(), DeliveryFailure> {
        let is_short = |prefix: String| prefix.split('/').all(|name| name.len() <= MAX_NAME_BYTES);
        match self.prefix(kind, arrival).map(is_short) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(DeliveryFailure::MissingPartitionKey),
        }
    }

    /// The key of an object, by the arrival of its oldest record. Where that makes a prefix that
    /// is too long, as the name of another month may, it is by that of its first record.
    pub(super) fn key(&self, kind: &Kind, oldest: i64, first: i64) -> String {
        let prefix = self.prefix(kind, oldest).or_else(|_| self.prefix(kind, first));
        let prefix = format!("{}{}", self.folder, prefix.unwrap_or_default());
        let time = self.time(oldest);
        object_name(&prefix, &self.stream, VERSION, &time, &self.extension, Uuid::new_v4())
    }

    fn prefix(&self, kind: &Kind, arrival: i64) -> Result<String, PrefixError> {
        let time = self.time(arrival);
        let uuids = &mut Uuid::new_v4;
        match kind {
            Kind::Partition(values) => {
                let keys = self.prefix.partition_keys().map(str::to_owned);
                let keys = keys.zip(values.iter().cloned()).collect();
                self.prefix.evaluate(&time, &keys, uuids)
            }
            Kind::Failed(error_output_type) => {
                self.error_output_prefix.evaluate(&time, error_output_type, uuids)
            }
        }
    }

    /// An input may name any number of milliseconds; those that are no time are 1970.
    fn time(&self, arrival: i64) -> Zoned {
        let time = Timestamp::from_millisecond(arrival).unwrap_or_default();
        time.to_zoned(self.time_zone.clone())
    }
}
