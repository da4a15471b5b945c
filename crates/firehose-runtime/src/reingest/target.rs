use std::fmt;

use aws_sdk_firehose::primitives::Blob as FirehoseBlob;
use aws_sdk_kinesis::{config::retry::RetryConfig, primitives::Blob};

use super::{arn::Arn, clients::Clients, entry::Entry, failed::FailedAttempt, origin::Origin};
use crate::limits::{
    MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES, MAX_LARGE_KINESIS_BYTES, MAX_PUT_RECORD_BATCH_BYTES,
    MAX_PUT_RECORDS,
};

/// The stream that records go back to, with its operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    /// `PutRecords` to a Kinesis data stream.
    Stream { arn: Arn<'a>, region: Option<&'a str> },
    /// `PutRecordBatch` to a delivery stream.
    DeliveryStream { arn: Arn<'a>, region: Option<&'a str> },
}

/// The limits of one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestLimits {
    pub(super) entries: usize,
    pub(super) request_bytes: usize,
    /// A longer entry goes alone in a request.
    pub(super) ordinary_bytes: usize,
    pub(super) entry_bytes: usize,
}

/// The limits of `PutRecords`.
///
/// The largest record of a stream is a setting of the stream, from 1 to 10 MiB. A record above the
/// setting fails the whole request, so a record of more than 1 MiB goes alone. `PutRecords` accepts
/// requests of 10 MiB. The limit of 5 MiB here is more than one event has, and was the limit of
/// `PutRecords` until AWS introduced large records.
const PUT_RECORDS: RequestLimits = RequestLimits {
    entries: MAX_PUT_RECORDS,
    request_bytes: 5 * 1024 * 1024,
    ordinary_bytes: MAX_KINESIS_BYTES,
    entry_bytes: MAX_LARGE_KINESIS_BYTES,
};

const PUT_RECORD_BATCH: RequestLimits = RequestLimits {
    entries: MAX_PUT_RECORDS,
    request_bytes: MAX_PUT_RECORD_BATCH_BYTES,
    ordinary_bytes: MAX_DIRECT_PUT_BYTES,
    entry_bytes: MAX_DIRECT_PUT_BYTES,
};

/// The result of each entry of a request, in the order of the entries.
pub(super) type EntryResults = Vec<Result<(), FailedAttempt>>;

impl<'a> Target<'a> {
    pub(super) fn stream(origin: &'a Origin) -> Result<Self, String> {
        let field = "sourceKinesisStreamArn";
        let text = origin.source_kinesis_stream_arn.as_deref();
        let arn = parse_arn(field, text, "kinesis", "stream")?;
        Ok(Self::Stream { arn, region: arn.region.or_else(|| region(origin)) })
    }

    pub(super) fn delivery_stream(origin: &'a Origin) -> Result<Self, String> {
        let text = origin.delivery_stream_arn.as_deref();
        let arn = parse_arn("deliveryStreamArn", text, "firehose", "deliverystream")?;
        Ok(Self::DeliveryStream { arn, region: arn.region.or_else(|| region(origin)) })
    }

    pub(super) fn limits(&self) -> RequestLimits {
        match self {
            Self::Stream { .. } => PUT_RECORDS,
            Self::DeliveryStream { .. } => PUT_RECORD_BATCH,
        }
    }

    /// Makes one request, without the retries of the SDK, which would repeat entries that the
    /// service has taken.
    pub(super) async fn put(
        &self,
        clients: &Clients,
        entries: &[Entry],
    ) -> Result<EntryResults, FailedAttempt> {
        let answers = match *self {
            Self::Stream { arn, region } => put_records(clients, arn, region, entries).await?,
            Self::DeliveryStream { arn, region } => {
                put_record_batch(clients, arn, region, entries).await?
            }
        };
        if answers.len() != entries.len() {
            // An answer has no id. Only its position shows which entry it belongs to.
            return Err(FailedAttempt::refused(format!(
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

fn parse_arn<'a>(
    field: &str,
    text: Option<&'a str>,
    service: &str,
    kind: &str,
) -> Result<Arn<'a>, String> {
    match text.unwrap_or_default() {
        "" => Err(format!("the event has no `{field}`")),
        text => Arn::parse(text, service, kind)
            .ok_or_else(|| format!("`{field}` of the event is not an ARN of a {service} {kind}")),
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
) -> Result<EntryResults, FailedAttempt> {
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
        request =
            request.records(entry.map_err(|error| FailedAttempt::refused(error.to_string()))?);
    }
    let response = request.customize().config_override(config).send().await;
    let response = response.map_err(|error| FailedAttempt::of_request(&error))?;
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
) -> Result<EntryResults, FailedAttempt> {
    use aws_sdk_firehose::{Config, config::Region, types::Record};

    let mut config = Config::builder().retry_config(RetryConfig::disabled());
    if let Some(region) = region {
        config = config.region(Region::new(region.to_owned()));
    }
    let mut request = clients.firehose.put_record_batch().delivery_stream_name(arn.name);
    for entry in entries {
        let record = Record::builder().data(FirehoseBlob::new(entry.copy_of_data())).build();
        request =
            request.records(record.map_err(|error| FailedAttempt::refused(error.to_string()))?);
    }
    let response = request.customize().config_override(config).send().await;
    let response = response.map_err(|error| FailedAttempt::of_request(&error))?;
    let answers = response.request_responses().iter();
    Ok(answers.map(|it| answer(it.record_id(), it.error_code(), it.error_message())).collect())
}

/// Returns `Ok` if the answer to an entry has a sequence number or record id, and no error.
fn answer(
    number: Option<&str>,
    code: Option<&str>,
    message: Option<&str>,
) -> Result<(), FailedAttempt> {
    let is_set = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    if is_set(code) || is_set(message) {
        return Err(FailedAttempt::of_code(code.filter(|it| !it.is_empty()), message));
    }
    if !is_set(number) {
        return Err(FailedAttempt::refused(
            "the response does not show that the record was accepted",
        ));
    }
    Ok(())
}
