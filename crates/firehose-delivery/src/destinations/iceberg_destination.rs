use firehose_runtime::async_trait;
use tokio::time::Instant;

use super::{
    delivery_outcome::DeliveryOutcome,
    destination::Destination,
    iceberg_route::IcebergRoute,
    object_destination::ObjectDestination,
    output_record::{OutputRecord, RecordFailure, RejectedRecord},
    position_set::PositionSet,
};
use crate::{
    delivery_stream::{DestinationFailure, IcebergTable, PartitionKeys, StreamRecord},
    now::now,
};

/// The destination for Apache Iceberg tables: objects of lines below `database/table/operation/`.
///
/// [`IcebergRoute`] finds the table of a record. A record without a table fails. The tables themselves
/// are not written.
#[derive(Debug)]
pub(super) struct IcebergDestination {
    tables: Vec<IcebergTable>,
    objects: ObjectDestination,
}

impl IcebergDestination {
    /// Creates a destination for these tables. The prefix of the objects is
    /// [`IcebergRoute::PREFIX`].
    pub(super) fn new(tables: Vec<IcebergTable>, objects: ObjectDestination) -> Self {
        Self { tables, objects: objects.without_partition_limit() }
    }
}

#[async_trait]
impl Destination for IcebergDestination {
    fn deliver(&mut self, records: &[OutputRecord<'_>]) {
        for output in records {
            let query_keys = output.partition_keys.from_query;
            match IcebergRoute::keys(&self.tables, output.iceberg, query_keys) {
                Some(keys) => {
                    let partition_keys = PartitionKeys::of_lambda(&keys);
                    self.objects.deliver(&[OutputRecord { partition_keys, ..*output }]);
                }
                None => {
                    let data = output.data.clone();
                    let record = StreamRecord { data, ..output.record.clone() };
                    self.objects.reject(&RejectedRecord {
                        record: &record,
                        failure: DestinationFailure::InvalidIcebergTable,
                        response: "",
                        fields: None,
                        attempts: 1,
                        ended: now(),
                    });
                }
            }
        }
    }

    fn fail(&mut self, failures: &[RecordFailure<'_>]) {
        self.objects.fail(failures);
    }

    async fn next_outcome(&mut self) -> Option<DeliveryOutcome> {
        self.objects.next_outcome().await
    }

    fn deadline(&self) -> Option<Instant> {
        self.objects.deadline()
    }

    fn flush(&mut self, due: Option<Instant>) {
        self.objects.flush(due);
    }

    fn has_room(&self) -> bool {
        self.objects.has_room()
    }

    fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    fn give_up(&mut self) -> PositionSet {
        self.objects.give_up()
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use bytes::Bytes;
    use firehose_runtime::contract::IcebergAnswer;
    use futures_util::TryStreamExt;
    use jiff::Timestamp;
    use object_store::{ObjectStore, ObjectStoreExt};

    use super::{
        super::{
            conformance::{self, Behavior, Receiver},
            folder_destination::folder_destination,
        },
        *,
    };
    use crate::{
        delivery_stream::{
            BufferingHints, DeliveryStream, DestinationConfig, ErrorLine, IcebergConfig,
            PartitionKeys, RecordOutcome, S3DestinationConfig, StreamSource, read_response,
        },
        store::{
            Store,
            faulty::{Fault, FaultyStore},
        },
    };

    struct Tables(Arc<FaultyStore>);

    impl Receiver for Tables {
        const PARTITIONS: bool = false;

        async fn delivered(&self) -> Vec<Bytes> {
            let objects = contents(&self.0, "sales/orders/insert").await;
            let records = objects.iter().flat_map(|(_, data)| data.split(|byte| *byte == b'\n'));
            records.map(Bytes::copy_from_slice).collect()
        }

        async fn failed(&self) -> Vec<ErrorLine> {
            let objects = contents(&self.0, "errors").await;
            let lines =
                objects.iter().flat_map(|(_, data)| data.split_inclusive(|byte| *byte == b'\n'));
            lines.map(|line| ErrorLine::parse(line).unwrap()).collect()
        }
    }

    async fn contents(store: &FaultyStore, folder: &str) -> Vec<(String, Bytes)> {
        let found: Vec<_> = store.list(Some(&folder.into())).try_collect().await.unwrap();
        let mut contents = Vec::new();
        for object in found {
            let data = store.get(&object.location).await.unwrap().bytes().await.unwrap();
            contents.push((object.location.to_string(), data));
        }
        contents
    }

    fn start(
        tables: usize,
        fault: impl Fn(u64) -> Fault + Send + Sync + 'static,
    ) -> (Box<dyn Destination>, Tables) {
        let objects = FaultyStore::new(fault);
        let store = Arc::new(Store::new(Arc::clone(&objects) as _, "memory:"));
        let table = IcebergTable { database: "sales".to_owned(), table: "orders".to_owned() };
        let config = IcebergConfig {
            tables: vec![table; tables],
            buffering: BufferingHints { size: 1_000_000, ..BufferingHints::new(1, 60) },
            backup: S3DestinationConfig {
                error_output_prefix: Some("errors/!{firehose:error-output-type}/".to_owned()),
                ..S3DestinationConfig::default()
            },
        };
        let config = DestinationConfig::Iceberg(config);
        let stream = Arc::new(DeliveryStream::new("demo", StreamSource::DirectPut, config));
        let destination = folder_destination(&stream, String::new(), &store, 1 << 30).unwrap();
        (destination, Tables(objects))
    }

    #[tokio::test(start_paused = true)]
    async fn the_contract_of_destinations_is_kept() {
        conformance::check(|behavior| {
            start(1, move |put| match behavior {
                Behavior::Takes => Fault::None,
                Behavior::FailsFrom(first) if put < first => Fault::None,
                Behavior::FailsFrom(_) | Behavior::TakesNothing => Fault::Full,
                Behavior::Hangs => Fault::Hangs,
            })
        })
        .await;
    }

    #[tokio::test]
    async fn a_record_without_a_table_goes_to_the_error_output() {
        let fields = |operation: &str| {
            format!(
                r#"{{"destinationDatabaseName":"other","destinationTableName":"rows",
                "operation":"{operation}"}}"#
            )
        };
        let texts = ["update", "", "upsert"].map(fields);
        let answers = texts.map(|text| answer(&text));
        let keys = BTreeMap::new();
        for (tables, unrouted) in
            [(1, "sales/orders/insert"), (0, "errors/iceberg-failed"), (2, "errors/iceberg-failed")]
        {
            let (mut destination, Tables(store)) = start(tables, |_| Fault::None);
            let record = record();
            let data = Bytes::from_static(b"{}\n");
            let output = |iceberg| OutputRecord {
                record: &record,
                data: &data,
                partition_keys: PartitionKeys::of_lambda(&keys),
                iceberg,
                attempts: 1,
            };
            let [update, plain, _] = &answers;
            destination.deliver(&[output(update), output(plain), output(&IcebergAnswer::Missing)]);
            destination.flush(None);
            while destination.next_outcome().await.is_some() {}
            for folder in ["other/rows/update", "other/rows/insert", unrouted] {
                let found = contents(&store, folder).await;
                assert_eq!(found.len(), 1, "{folder} {found:?}");
                if !folder.starts_with("errors") {
                    assert_eq!(found[0].1, "{}");
                    continue;
                }
                let line = ErrorLine::parse(&found[0].1).unwrap();
                assert_eq!(line.error_code.as_deref(), Some("Iceberg.InvalidTableName"));
                // The output of the function, not the record before it.
                assert_eq!(line.raw_data, "{}\n");
            }
        }
        let (mut destination, tables) = start(1, |_| Fault::None);
        let (record, data) = (record(), Bytes::from_static(b"{}\n"));
        let partition_keys = PartitionKeys::NONE;
        let iceberg = &answers[2];
        destination.deliver(&[OutputRecord {
            record: &record,
            data: &data,
            partition_keys,
            iceberg,
            attempts: 1,
        }]);
        destination.flush(None);
        while destination.next_outcome().await.is_some() {}
        assert_eq!((tables.delivered().await.len(), tables.failed().await.len()), (0, 1));
    }

    fn record() -> StreamRecord {
        StreamRecord {
            position: 1,
            record_id: "1".to_owned(),
            arrival_timestamp: Timestamp::UNIX_EPOCH,
            data: Bytes::from_static(b"{}"),
            processed: None,
            kinesis: None,
            msk: None,
        }
    }

    /// Returns the answer of a function with these fields of `otfMetadata`.
    fn answer(fields: &str) -> IcebergAnswer {
        let response = format!(
            r#"{{"records":[{{"recordId":"1","result":"Ok","data":"","metadata":
            {{"otfMetadata":{fields}}}}}]}}"#
        );
        let answers = read_response(response.as_bytes(), &[record()], &[]).unwrap();
        match answers.outcomes.into_iter().next() {
            Some(RecordOutcome::Ok { iceberg, .. }) => iceberg,
            other => panic!("{other:?}"),
        }
    }
}
