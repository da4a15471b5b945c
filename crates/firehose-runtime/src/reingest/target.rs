use std::fmt;

use aws_sdk_firehose::primitives::Blob as FirehoseBlob;
use aws_sdk_kinesis::{config::retry::RetryConfig, primitives::Blob};

use super::{Origin, arn::Arn, clients::Clients, entry::Entry, failed::Failed};

const MIB: usize = 1024 * 1024;

/// Where records go back to, and by which operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    /// `PutRecords` to a Kinesis data stream.
    Stream { arn: Arn<'a>, region: Option<&'a str> },
    /// `PutRecordBatch` to a delivery stream.
    DeliveryStream { arn: Arn<'a>, region: Option<&'a str> },
}

/// What one request may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) entries: usize,
    pub(super) request_bytes: usize,
    /// Longer ones have a request for themselves.
    pub(super) ordinary_bytes: usize,
    pub(super) entry_bytes: usize,
}

/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>: 500 records,
/// 10 MiB for one and for all, partition keys included. How much a stream takes of one record
/// is its own setting, from 1 MiB, and one that is too long fails a request as a whole: so it
/// is the only one in it. With that, 5 MiB is more than an event brings, and was always taken.
const PUT_RECORDS: Limits =
    Limits { entries: 500, request_bytes: 5 * MIB, ordinary_bytes: MIB, entry_bytes: 10 * MIB };

/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>: 500
/// records, 4 MiB; a record has at most 1,000 KiB.
const PUT_RECORD_BATCH: Limits = Limits {
    entries: 500,
    request_bytes: 4 * MIB,
    ordinary_bytes: 1000 * 1024,
    entry_bytes: 1000 * 1024,
};

/// What became of each entry of a request, in its order.
pub(super) type Answers = Vec<Result<(), Failed>>;

impl<'a> Target<'a> {
    pub(super) fn stream(origin: &'a Origin) -> Result<Self, String> {
        let field = "sourceKinesisStreamArn";
        let text = origin.source_kinesis_stream_arn.as_deref();
        let arn = read(field, text, "kinesis", "stream")?;
        Ok(Self::Stream { arn, region: arn.region.or_else(|| region(origin)) })
    }

    pub(super) fn delivery_stream(origin: &'a Origin) -> Result<Self, String> {
        let text = origin.delivery_stream_arn.as_deref();
        let arn = read("deliveryStreamArn", text, "firehose", "deliverystream")?;
        Ok(Self::DeliveryStream { arn, region: arn.region.or_else(|| region(origin)) })
    }

    pub(super) fn limits(&self) -> Limits {
        match self {
            Self::Stream { .. } => PUT_RECORDS,
            Self::DeliveryStream { .. } => PUT_RECORD_BATCH,
        }
    }

    /// Makes one request, once: the SDK would repeat it as a whole, and so what was taken.
    pub(super) async fn put(
        &self,
        clients: &Clients,
        entries: &[Entry],
    ) -> Result<Answers, Failed> {
        let answers = match *self {
            Self::Stream { arn, region } => put_records(clients, arn, region, entries).await?,
            Self::DeliveryStream { arn, region } => {
                put_record_batch(clients, arn, region, entries).await?
            }
        };
        if answers.len() != entries.len() {
            // Which entry an answer is for is told by nothing but its place.
            return Err(Failed::refused(format!(
                "the response has {} entries for {} records",
                answers.len(),
                entries.len()
            )));
        }
        Ok(answers)
    }
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream { arn, .. } => write!(f, "PutRecords to stream {}", arn.name),
            Self::DeliveryStream { arn, .. } => {
                write!(f, "PutRecordBatch to delivery stream {}", arn.name)
            }
        }
    }
}

fn read<'a>(
    field: &str,
    text: Option<&'a str>,
    service: &str,
    kind: &str,
) -> Result<Arn<'a>, String> {
    match text.unwrap_or_default() {
        "" => Err(format!("the event has no `{field}`")),
        text => Arn::parse(text, service, kind)
            .ok_or_else(|| format!("`{field}` of the event is no ARN of a {service} {kind}")),
    }
}

fn region(origin: &Origin) -> Option<&str> {
    origin.region.as_deref().filter(|region| !region.is_empty())
}

async fn put_records(
    clients: &Clients,
    arn: Arn<'_>,
    region: Option<&str>,
    entries: &[Entry],
) -> Result<Answers, Failed> {
    use aws_sdk_kinesis::{Config, config::Region, types::PutRecordsRequestEntry};

    let mut config = Config::builder().retry_config(RetryConfig::disabled());
    if let Some(region) = region {
        config = config.region(Region::new(region.to_owned()));
    }
    let mut request = clients.kinesis.put_records().stream_arn(arn.text);
    for entry in entries {
        let entry = PutRecordsRequestEntry::builder()
            .data(Blob::new(entry.copy_of_data()))
            .partition_key(entry.partition_key())
            .set_explicit_hash_key(entry.explicit_hash_key.clone())
            .build();
        request = request.records(entry.map_err(|error| Failed::refused(error.to_string()))?);
    }
    let response = request.customize().config_override(config).send().await;
    let response = response.map_err(|error| Failed::of_request(&error))?;
    let answers = response.records().iter();
    Ok(answers
        .map(|it| answer(it.sequence_number(), it.error_code(), it.error_message()))
        .collect())
}

async fn put_record_batch(
    clients: &Clients,
    arn: Arn<'_>,
    region: Option<&str>,
    entries: &[Entry],
) -> Result<Answers, Failed> {
    use aws_sdk_firehose::{Config, config::Region, types::Record};

    let mut config = Config::builder().retry_config(RetryConfig::disabled());
    if let Some(region) = region {
        config = config.region(Region::new(region.to_owned()));
    }
    let mut request = clients.firehose.put_record_batch().delivery_stream_name(arn.name);
    for entry in entries {
        let record = Record::builder().data(FirehoseBlob::new(entry.copy_of_data())).build();
        request = request.records(record.map_err(|error| Failed::refused(error.to_string()))?);
    }
    let response = request.customize().config_override(config).send().await;
    let response = response.map_err(|error| Failed::of_request(&error))?;
    let answers = response.request_responses().iter();
    Ok(answers.map(|it| answer(it.record_id(), it.error_code(), it.error_message())).collect())
}

/// A record is there if the service gave it a number, and no error.
fn answer(number: Option<&str>, code: Option<&str>, message: Option<&str>) -> Result<(), Failed> {
    let given = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    if given(code) || given(message) {
        return Err(Failed::of_code(code.filter(|it| !it.is_empty()), message));
    }
    if !given(number) {
        return Err(Failed::refused(
            "the response has neither a number nor an error for the record",
        ));
    }
    Ok(())
}
