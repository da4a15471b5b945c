use jiff::tz::TimeZone;

use crate::{
    delivery_stream::{Compression, DeliveryStream, IcebergTable, InvalidPrefix, Prefix},
    destinations::FolderForm,
};

/// The keys and the encoding of the objects with recovered records. The fields are like the
/// settings of a delivery stream.
#[derive(Debug)]
pub struct RecoveredFormat {
    /// The prefix of the keys.
    pub prefix: Prefix,
    /// The compression.
    pub compression: Compression,
    /// `true` if a newline separates the records of an object.
    pub append_delimiter: bool,
    /// The end of the keys, in place of the extension of the compression.
    pub file_extension: Option<String>,
    /// The time zone of the keys.
    pub time_zone: TimeZone,
    /// `true` if a newline at the end of a record is left out, because the separator follows.
    pub(super) trims_newline: bool,
    /// The tables of the configuration, if each table has objects of its own.
    pub(super) tables: Option<Vec<IcebergTable>>,
}

impl RecoveredFormat {
    /// Returns a format with this prefix: uncompressed, without delimiters, in UTC.
    pub fn new(prefix: Prefix) -> Self {
        Self {
            prefix,
            compression: Compression::Uncompressed,
            append_delimiter: false,
            file_extension: None,
            time_zone: TimeZone::UTC,
            trims_newline: false,
            tables: None,
        }
    }

    /// Returns the format in which a run writes the objects for the destination of a delivery
    /// stream. For a destination other than S3, these are not the objects of its S3 backup.
    ///
    /// # Errors
    ///
    /// If Firehose rejects the prefix.
    pub fn of_stream(stream: &DeliveryStream) -> Result<Self, InvalidPrefix> {
        let form = FolderForm::of(stream);
        Ok(Self {
            prefix: Prefix::parse(&form.prefix)?,
            compression: form.compression,
            append_delimiter: form.separates_records,
            file_extension: form.file_extension,
            time_zone: stream.destination.s3().time_zone.clone(),
            trims_newline: form.trims_newline,
            tables: form.tables,
        })
    }

    /// Returns `true` if the prefix names the Iceberg table of the records.
    pub fn names_tables(&self) -> bool {
        self.tables.is_some()
    }
}
