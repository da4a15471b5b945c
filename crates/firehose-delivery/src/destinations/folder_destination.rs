use std::{sync::Arc, time::Duration};

use firehose_runtime::BoxError;

use super::{
    destination::Destination, folder_form::FolderForm, iceberg_destination::IcebergDestination,
    object_destination::ObjectDestination, object_keys::ObjectKeys, stream_layout::StreamLayout,
};
use crate::{
    delivery_stream::{
        BufferingHints, DeliveryStream, DestinationConfig, DestinationKind, S3DestinationConfig,
    },
    store::Store,
};

/// The shortest interval of a buffer. The interval of a destination may be zero, which would make
/// an object for each record. Snowflake itself buffers for one second:
/// <https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html>.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// Creates a destination that writes the records for another destination to the store.
///
/// The objects hold the data of the records, not requests, in a [`FolderForm`]. The buffering hints of
/// the destination complete them. The keys and the compression of failed records are those of the
/// backup.
///
/// `folder` is the start of every key.
///
/// # Errors
///
/// If Firehose rejects a prefix of the backup, or if the store rejects the keys with this prefix.
pub(crate) fn folder_destination(
    stream: &Arc<DeliveryStream>,
    folder: String,
    store: &Arc<Store>,
    memory: u64,
) -> Result<Box<dyn Destination>, BoxError> {
    let kind = stream.destination.kind();
    let backup = stream.destination.s3();
    // The objects of Redshift are those of its S3 settings.
    if matches!(kind, DestinationKind::S3 | DestinationKind::Redshift) {
        let keys = ObjectKeys::new(stream, folder, Arc::clone(store))?;
        let (stream, store) = (Arc::clone(stream), Arc::clone(store));
        return Ok(Box::new(ObjectDestination::new(stream, keys, store, memory)));
    }
    // Reads and checks the prefixes of the backup.
    ObjectKeys::new(stream, String::new(), Arc::clone(store))?;
    let hints = stream.destination.buffering();
    let form = FolderForm::of(stream);
    let config = S3DestinationConfig {
        prefix: form.prefix,
        error_output_prefix: Some(error_output_prefix(backup)),
        buffering: BufferingHints { interval: hints.interval.max(SHORTEST_INTERVAL), ..hints },
        compression: form.compression,
        file_extension: form.file_extension,
        dynamic_partitioning: form.tables.is_some(),
        ..backup.clone()
    };
    let objects = DeliveryStream {
        destination: DestinationConfig::S3(config),
        ..DeliveryStream::clone(stream)
    };
    let keys = ObjectKeys::new(&objects, folder, Arc::clone(store))?;
    let layout = StreamLayout {
        keys,
        compression: form.compression,
        failed_compression: backup.compression,
        delimiter: FolderForm::separator(form.separates_records),
    };
    let objects =
        ObjectDestination::with_layout(Arc::new(objects), layout, Arc::clone(store), memory)
            .trimming_newlines(form.trims_newline);
    Ok(match form.tables {
        Some(tables) => Box::new(IcebergDestination::new(tables, objects)),
        None => Box::new(objects),
    })
}

/// Returns the error output prefix of a backup. If the backup has none, returns a prefix that gives
/// the same keys as the default.
fn error_output_prefix(backup: &S3DestinationConfig) -> String {
    match backup.error_output_prefix.as_deref() {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => format!(
            "{}!{{firehose:error-output-type}}/!{{timestamp:yyyy/MM/dd/HH}}/",
            backup.prefix
        ),
    }
}
