use std::{borrow::Cow, sync::Arc};

use firehose_runtime::async_trait;
use tokio::time::Instant;

use super::{
    delivery_outcome::DeliveryOutcome,
    destination::Destination,
    folder_form::FolderForm,
    object_keys::ObjectKeys,
    object_kind::ObjectKind,
    object_summary::{ObjectSummary, SummarizedRecord},
    output_record::{OutputRecord, RecordFailure, RejectedRecord},
    position_set::PositionSet,
    stream_layout::StreamLayout,
};
use crate::{
    delivery_stream::{DeliveryFailure, DeliveryStream, ErrorLine, StreamRecord},
    now::now,
    objects::{DeliveredObject, ObjectLimits, ObjectWriter, UploadResult},
    store::Store,
};

/// The destination for S3 and for folders: objects of data by partition, and objects of failed
/// records by error output type.
#[derive(Debug)]
pub(crate) struct ObjectDestination {
    stream: Arc<DeliveryStream>,
    writer: ObjectWriter<StreamLayout, ObjectSummary>,
    /// The limit of open partitions.
    max_partitions: usize,
    /// `true` if a newline at the end of a record is left out, because a delimiter follows.
    trims_newline: bool,
}

impl ObjectDestination {
    /// The limit of open partitions of a delivery stream, which AWS may raise:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>.
    const MAX_PARTITIONS: usize = 500;

    /// Creates a destination without objects, with the S3 settings of the delivery stream. Objects
    /// take at most `memory` bytes: half for open objects, and half for uploads.
    pub(crate) fn new(
        stream: Arc<DeliveryStream>,
        keys: ObjectKeys,
        store: Arc<Store>,
        memory: u64,
    ) -> Self {
        let delimiter = FolderForm::separator(stream.append_delimiter);
        let compression = stream.destination.s3().compression;
        let layout = StreamLayout { keys, compression, failed_compression: compression, delimiter };
        Self::with_layout(stream, layout, store, memory)
    }

    /// Sets whether a newline at the end of a record is left out, because the delimiter is a
    /// newline. Default: `false`.
    #[must_use]
    pub(super) fn trimming_newlines(self, trims_newline: bool) -> Self {
        Self { trims_newline, ..self }
    }

    /// Removes the limit of open partitions.
    #[must_use]
    pub(super) fn without_partition_limit(self) -> Self {
        Self { max_partitions: usize::MAX, ..self }
    }

    /// Creates a destination without objects, with this layout of its objects. Objects take at most
    /// `memory` bytes.
    pub(super) fn with_layout(
        stream: Arc<DeliveryStream>,
        layout: StreamLayout,
        store: Arc<Store>,
        memory: u64,
    ) -> Self {
        let buffering = stream.destination.s3().buffering;
        let limits = ObjectLimits {
            object_bytes: buffering.size,
            interval: Some(buffering.interval),
            memory: memory / 2,
            open_objects: usize::MAX,
        };
        let writer = ObjectWriter::new(layout, limits, store);
        Self { stream, writer, max_partitions: Self::MAX_PARTITIONS, trims_newline: false }
    }

    /// Adds a record to the object of its partition.
    fn add(&mut self, output: &OutputRecord<'_>) -> Result<(), DeliveryFailure> {
        let OutputRecord { record, data, partition_keys, .. } = output;
        let keys = &self.writer.layout().keys;
        let kind = ObjectKind::Partition(keys.partition(*partition_keys)?);
        if !self.writer.is_open(&kind) {
            let is_partition = |kind: &&ObjectKind| matches!(kind, ObjectKind::Partition(_));
            if self.writer.open_groups().filter(is_partition).count() >= self.max_partitions {
                return Err(DeliveryFailure::TooManyPartitions);
            }
            // A key that is rejected at the upload would fail all records of the object.
            keys.check(&kind, record.arrival_timestamp)?;
        }
        let kept = SummarizedRecord { position: record.position, error_code: None };
        let data = FolderForm::record(self.trims_newline, data);
        let added = self.writer.add(&kind, kept, record.arrival_timestamp, data);
        added.map_err(|(_, failure)| failure)
    }

    /// Adds the original of a failed record to the object of its error output type.
    fn add_failed(&mut self, failed: &RecordFailure<'_>) {
        let RecordFailure { record, failure, attempts, ended } = *failed;
        let lambda = self.stream.lambda.as_ref();
        let line = ErrorLine {
            error_code: Some(failure.error_code().into()),
            error_message: Some(failure.error_message().into()),
            attempts_made: Some(attempts.into()),
            arrival_timestamp: Some(record.arrival_timestamp),
            attempt_ending_timestamp: Some(ended),
            lambda_arn: lambda
                .filter(|_| failure.names_function())
                .map(|lambda| lambda.lambda_arn.clone().into()),
            ..ErrorLine::new(record.data.clone())
        };
        self.add_line(record, failure, &line);
    }

    /// Adds records that the destination does not take to the object of its error output type.
    pub(super) fn reject(&mut self, rejected: &RejectedRecord<'_>) {
        let RejectedRecord { record, failure, response, fields, attempts, ended } = rejected;
        let failure = DeliveryFailure::from(*failure);
        let message: Cow<'static, str> = match (failure.error_message(), *response) {
            (message, "") => message.into(),
            ("", response) => response.to_owned().into(),
            (message, response) => format!("{message} {response}").into(),
        };
        let line = ErrorLine {
            error_code: Some(failure.error_code().into()),
            error_message: Some(message),
            attempts_made: Some((*attempts).into()),
            arrival_timestamp: Some(record.arrival_timestamp),
            attempt_ending_timestamp: Some(*ended),
            destination_fields: fields.clone(),
            ..ErrorLine::new(record.data.clone())
        };
        self.add_line(record, failure, &line);
    }

    fn add_line(&mut self, record: &StreamRecord, failure: DeliveryFailure, line: &ErrorLine) {
        let mut text = Vec::new();
        line.write(&mut text);
        let kind = ObjectKind::Failed(failure.error_output_type());
        let error_code = Some(failure.error_code());
        let kept = SummarizedRecord { position: record.position, error_code };
        // The encoders of error output accept every line.
        let _ = self.writer.add(&kind, kept, record.arrival_timestamp, &text);
    }
}

#[async_trait]
impl Destination for ObjectDestination {
    fn deliver(&mut self, records: &[OutputRecord<'_>]) {
        for output in records {
            if let Err(failure) = self.add(output) {
                let attempts = output.attempts.max(1);
                let record = output.record;
                self.add_failed(&RecordFailure { record, failure, attempts, ended: now() });
            }
        }
    }

    fn fail(&mut self, failures: &[RecordFailure<'_>]) {
        failures.iter().for_each(|failed| self.add_failed(failed));
    }

    async fn next_outcome(&mut self) -> Option<DeliveryOutcome> {
        let UploadResult { key, bytes, contents, result } = self.writer.next_upload().await?;
        let ObjectSummary { positions, failed } = contents;
        Some(match result {
            Ok(()) => {
                let object = DeliveredObject { key, records: positions.records(), bytes };
                DeliveryOutcome::Stored { object, positions, failed }
            }
            Err(error) => {
                let mut all = PositionSet::default();
                all.add(&positions);
                DeliveryOutcome::NotDelivered { positions: all, error }
            }
        })
    }

    fn deadline(&self) -> Option<Instant> {
        self.writer.deadline()
    }

    fn flush(&mut self, due: Option<Instant>) {
        self.writer.flush(due);
    }

    fn has_room(&self) -> bool {
        self.writer.has_room()
    }

    fn is_empty(&self) -> bool {
        self.writer.is_empty()
    }

    fn give_up(&mut self) -> PositionSet {
        let mut all = PositionSet::default();
        self.writer.give_up().for_each(|contents| all.add(&contents.positions));
        all
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use futures_util::TryStreamExt;
    use object_store::{ObjectStore, ObjectStoreExt};

    use super::{
        super::conformance::{self, Behavior, Receiver},
        *,
    };
    use crate::{
        delivery_stream::{BufferingHints, S3DestinationConfig, StreamSource},
        store::faulty::{Fault, FaultyStore},
    };

    impl Receiver for Arc<FaultyStore> {
        async fn delivered(&self) -> Vec<Bytes> {
            let objects = contents(self, "data").await;
            let records = objects.iter().flat_map(|object| object.split(|byte| *byte == b'\n'));
            records.map(Bytes::copy_from_slice).collect()
        }

        async fn failed(&self) -> Vec<ErrorLine> {
            let objects = contents(self, "errors").await.concat();
            let lines = objects.split_inclusive(|byte| *byte == b'\n');
            lines.map(|line| ErrorLine::parse(line).unwrap()).collect()
        }
    }

    async fn contents(store: &FaultyStore, folder: &str) -> Vec<Bytes> {
        let found: Vec<_> = store.list(Some(&folder.into())).try_collect().await.unwrap();
        let mut contents = Vec::new();
        for object in found {
            contents.push(store.get(&object.location).await.unwrap().bytes().await.unwrap());
        }
        contents
    }

    fn start(behavior: Behavior) -> (Box<dyn Destination>, Arc<FaultyStore>) {
        let objects = FaultyStore::new(move |put| match behavior {
            Behavior::Takes => Fault::None,
            Behavior::FailsFrom(first) if put < first => Fault::None,
            Behavior::FailsFrom(_) | Behavior::TakesNothing => Fault::Full,
            Behavior::Hangs => Fault::Hangs,
        });
        let store = Arc::new(Store::new(Arc::clone(&objects) as _, "memory:"));
        let config = S3DestinationConfig {
            prefix: "data/!{partitionKeyFromLambda:k}/".to_owned(),
            error_output_prefix: Some("errors/!{firehose:error-output-type}/".to_owned()),
            buffering: BufferingHints { size: 1_000_000, interval: Duration::from_secs(60) },
            dynamic_partitioning: true,
            ..S3DestinationConfig::default()
        };
        let mut stream = DeliveryStream::new("demo", StreamSource::DirectPut, config);
        stream.append_delimiter = true;
        let keys = ObjectKeys::new(&stream, String::new(), Arc::clone(&store)).unwrap();
        let destination = ObjectDestination::new(Arc::new(stream), keys, store, 1 << 30);
        (Box::new(destination), objects)
    }

    #[tokio::test(start_paused = true)]
    async fn the_contract_of_destinations_is_kept() {
        conformance::check(start).await;
    }
}
