use crate::delivery_stream::{
    Compression, DeliveryStream, DestinationConfig, DestinationKind, IcebergTable,
};

use super::iceberg_route::IcebergRoute;

/// The form of the objects that hold the records for a destination. A delivery and a replay share
/// it.
///
/// | destination | prefix | records of an object |
/// |---|---|---|
/// | S3 | the prefix of the destination | follow each other |
/// | Redshift | the prefix of the intermediate objects | follow each other |
/// | HTTP endpoint, OpenSearch, Elasticsearch, Snowflake | the name of the kind and the hour | lines |
/// | Splunk | the name of the kind and the hour | follow each other, as in a request |
/// | Iceberg | `database/table/operation/` | lines |
///
/// With `AppendDelimiterToRecord`, a newline separates records that would follow each other.
/// Objects other than those of S3 and Redshift are uncompressed.
#[derive(Clone, Debug)]
pub(crate) struct FolderForm {
    /// The prefix of the keys.
    pub(crate) prefix: String,
    /// The compression.
    pub(crate) compression: Compression,
    /// The end of the keys, in place of the extension of the compression.
    pub(crate) file_extension: Option<String>,
    /// `true` if a newline separates the records of an object.
    pub(crate) separates_records: bool,
    /// `true` if a newline at the end of a record is left out, because the separator follows.
    pub(crate) trims_newline: bool,
    /// The tables of the configuration, if each table has objects of its own.
    pub(crate) tables: Option<Vec<IcebergTable>>,
}

impl FolderForm {
    /// Returns the form of the objects for the destination of a delivery stream.
    pub(crate) fn of(stream: &DeliveryStream) -> Self {
        let s3 = stream.destination.s3();
        let kind = stream.destination.kind();
        let separates_records = stream.append_delimiter;
        if matches!(kind, DestinationKind::S3 | DestinationKind::Redshift) {
            return Self {
                prefix: s3.prefix.clone(),
                compression: s3.compression,
                file_extension: s3.file_extension.clone(),
                separates_records,
                trims_newline: false,
                tables: None,
            };
        }
        let lines = kind != DestinationKind::Splunk;
        let tables = match &stream.destination {
            DestinationConfig::Iceberg(config) => Some(config.tables.clone()),
            _ => None,
        };
        Self {
            prefix: match tables {
                Some(_) => IcebergRoute::PREFIX.to_owned(),
                None => format!("{}/!{{timestamp:yyyy/MM/dd/HH}}/", kind.name()),
            },
            compression: Compression::Uncompressed,
            file_extension: None,
            separates_records: separates_records || lines,
            trims_newline: lines,
            tables,
        }
    }

    /// Returns the data of a record as an object holds it.
    pub(crate) fn record(trims_newline: bool, data: &[u8]) -> &[u8] {
        match trims_newline {
            true => data.strip_suffix(b"\n").unwrap_or(data),
            false => data,
        }
    }

    /// Returns the bytes between the records of an object.
    pub(crate) fn separator(separates_records: bool) -> &'static [u8] {
        if separates_records { b"\n" } else { b"" }
    }
}
