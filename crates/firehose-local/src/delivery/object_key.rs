use std::collections::BTreeMap;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use uuid::Uuid;

use super::objects::Kind;
use crate::{
    DeliveryFailure, DeliveryStream, ErrorOutputPrefix, InvalidPrefix, Prefix, PrefixError,
    object_extension, object_name,
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

/// A delivery stream is new in each run.
const VERSION: u32 = 1;

impl ObjectKeys {
    /// The keys that a delivery stream's prefixes make.
    ///
    /// # Errors
    ///
    /// If a prefix is none that Firehose takes.
    pub(crate) fn new(stream: &DeliveryStream, folder: String) -> Result<Self, InvalidPrefix> {
        let destination = &stream.destination;
        let prefix = Prefix::parse(&destination.prefix)?;
        let error_output_prefix = match destination.error_output_prefix.as_deref() {
            None | Some("") => ErrorOutputPrefix::default_for(&prefix)?,
            Some(text) => ErrorOutputPrefix::parse(text)?,
        };
        let extension =
            object_extension(destination.compression, destination.file_extension.as_deref());
        Ok(Self {
            folder,
            stream: stream.name.clone(),
            prefix,
            error_output_prefix,
            time_zone: destination.time_zone.clone(),
            extension: extension.to_owned(),
        })
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

    /// The prefix of an object whose oldest record arrived at this time.
    ///
    /// # Errors
    ///
    /// If it would be too long.
    pub(super) fn prefix(&self, kind: &Kind, arrival: i64) -> Result<String, PrefixError> {
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

    /// The key of an object with this prefix.
    pub(super) fn key(&self, prefix: &str, arrival: i64) -> String {
        let prefix = format!("{}{prefix}", self.folder);
        let time = self.time(arrival);
        object_name(&prefix, &self.stream, VERSION, &time, &self.extension, Uuid::new_v4())
    }

    /// An input may name any number of milliseconds; those that are no time are 1970.
    fn time(&self, arrival: i64) -> Zoned {
        let time = Timestamp::from_millisecond(arrival).unwrap_or_default();
        time.to_zoned(self.time_zone.clone())
    }
}
