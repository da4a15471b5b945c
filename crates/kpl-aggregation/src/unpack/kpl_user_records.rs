use firehose_core::{Items, KinesisMetadata, Record, Source, Split};

use crate::{deaggregator::Deaggregator, raw_user_record::RawUserRecord};

/// Splits a record that is a KPL aggregate into its user records.
///
/// Each item has the id, the arrival time and the source of the aggregate. If the source is a
/// Kinesis data stream, the metadata has the partition key and the position of the user record.
///
/// A record that is not an aggregate is one item, unchanged. A damaged aggregate (wrong MD5, cut
/// off) is also one unchanged item. If some user records of an aggregate are
/// [lost](crate::LostRecords), an error is the only item.
///
/// See also [`Unpack`](crate::Unpack) and [`firehose_core::for_each`].
#[derive(Clone, Copy, Debug, Default)]
pub struct KplUserRecords;

impl Split for KplUserRecords {
    fn split(&self, record: Record) -> Items {
        let user_records = Deaggregator::default().strict(true).deaggregate(record.data().clone());
        Box::new(user_records.map(move |user_record| {
            let user_record = user_record?;
            Ok(if user_record.is_aggregated() {
                as_record(&record, user_record)
            } else {
                record.clone()
            })
        }))
    }
}

/// Returns the user record in the form that it would have without aggregation.
fn as_record(record: &Record, user_record: RawUserRecord) -> Record {
    let mut unpacked = record.clone();
    if let Source::Kinesis(metadata) = record.source()
        && let Some(partition_key) = user_record.partition_key()
    {
        let (shard_id, sequence_number) = (metadata.shard_id(), metadata.sequence_number());
        let mut own = KinesisMetadata::new(shard_id, partition_key, sequence_number)
            .with_subsequence_number(user_record.sub_sequence_number());
        if let Some(time) = metadata.arrival_time() {
            own = own.with_arrival_time(time);
        }
        unpacked = unpacked.with_source(Source::Kinesis(own));
    }
    unpacked.with_data(user_record.into_data())
}
