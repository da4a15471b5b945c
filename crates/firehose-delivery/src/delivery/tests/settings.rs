use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use proptest::prelude::*;

use super::super::put_result::PutResult;
use crate::{
    delivery_stream::{
        BufferingHints, Compression, DeliveryStream, LambdaProcessorConfig, S3DestinationConfig,
        StreamSource,
    },
    source::{DirectPut, InputError, PutRecord, ShardedStream},
};

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) shards: Option<u32>,
    pub(super) concurrency: usize,
    pub(super) lambda: BufferingHints,
    pub(super) objects: BufferingHints,
    pub(super) compression: Compression,
    pub(super) append_delimiter: bool,
    pub(super) partitioned: bool,
    pub(super) memory: u64,
    /// The number of user records in each record of the input, as in an aggregate.
    pub(super) user_records: usize,
    /// The number n, if every n-th record of the input is refused.
    pub(super) refused: Option<u64>,
    /// The time after which the reading is stopped.
    pub(super) stop: Option<Duration>,
}

fn hints() -> impl Strategy<Value = BufferingHints> {
    (1..200_u64, 0..3_u64)
        .prop_map(|(size, seconds)| BufferingHints { size, interval: Duration::from_secs(seconds) })
}

pub(super) fn settings() -> impl Strategy<Value = Settings> {
    let compression = prop_oneof![Just(Compression::Uncompressed), Just(Compression::Gzip)];
    let shape = (
        prop::option::of(1..5_u32),
        1..8_usize,
        any::<bool>(),
        any::<bool>(),
        prop::option::of(2..9_u64),
    );
    (shape, hints(), hints(), compression, 100..100_000_u64).prop_map(
        |(
            (shards, concurrency, append_delimiter, partitioned, refused),
            lambda,
            objects,
            compression,
            memory,
        )| Settings {
            shards,
            concurrency,
            lambda,
            objects,
            compression,
            append_delimiter,
            partitioned,
            memory,
            user_records: 1,
            refused,
            stop: None,
        },
    )
}

impl Settings {
    /// Returns `true` if the record at this position of the input is refused.
    pub(super) fn refuses(&self, position: u64) -> bool {
        self.refused.is_some_and(|multiple| position.is_multiple_of(multiple))
    }
}

/// Returns the delivery stream of these settings.
pub(super) fn delivery_stream(settings: &Settings) -> DeliveryStream {
    let source = match settings.shards {
        Some(_) => StreamSource::KinesisStream("source".to_owned()),
        None => StreamSource::DirectPut,
    };
    let prefix = if settings.partitioned { "good/!{partitionKeyFromLambda:k}/" } else { "good/" };
    let destination = S3DestinationConfig {
        prefix: prefix.to_owned(),
        error_output_prefix: Some("bad/!{firehose:error-output-type}/".to_owned()),
        buffering: settings.objects,
        compression: settings.compression,
        dynamic_partitioning: settings.partitioned,
        ..S3DestinationConfig::default()
    };
    let mut stream = DeliveryStream::new("demo", source, destination);
    stream.append_delimiter = settings.append_delimiter;
    let mut lambda = LambdaProcessorConfig::new("function", "arn");
    lambda.buffering = settings.lambda;
    stream.lambda = Some(lambda);
    stream
}

/// Returns the results of putting records into the source of these settings.
pub(super) fn put_results(
    records: usize,
    settings: &Settings,
) -> Vec<Result<PutResult, InputError>> {
    let mut direct = DirectPut::new(Timestamp::UNIX_EPOCH);
    let mut sharded = ShardedStream::new(settings.shards.unwrap_or(1), Timestamp::UNIX_EPOCH);
    let indexes: Vec<_> = (0..records).collect();
    let groups = indexes.chunks(settings.user_records).zip(1..);
    let put = |(group, position): (&[usize], u64)| {
        if settings.refuses(position) {
            return Ok(PutResult::refused(position, format!("record {position} is refused")));
        }
        let mut records = Vec::new();
        for index in group {
            let record = PutRecord::new(position, index.to_string().into());
            if settings.shards.is_none() {
                records.push(direct.put(record, Timestamp::UNIX_EPOCH).unwrap());
            } else {
                sharded.put(record, Timestamp::UNIX_EPOCH, &mut records).unwrap();
            }
        }
        let records = records.into_iter().map(Arc::new).collect();
        Ok(PutResult::taken(position, records))
    };
    groups.map(put).collect()
}
