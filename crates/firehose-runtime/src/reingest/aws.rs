use std::{fmt, time::Instant};

use firehose_core::{BoxError, Record, Source, async_trait};

use super::{
    Origin, Reingest,
    clients::{Clients, LazyClients},
    entry::Entry,
    put::put,
    target::Target,
};
use crate::engine::inside;

/// Puts records back by the AWS SDK: to the Kinesis data stream with `PutRecords`, or, of
/// Direct PUT, to the delivery stream with `PutRecordBatch`.
///
/// ```no_run
/// use firehose_runtime::{BoxError, Record, reingest::{AwsReingest, Origin, Reingest}};
///
/// # async fn put_back() -> Result<(), BoxError> {
/// let sink = AwsReingest::from_env(); // nothing is read or connected yet
/// let arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/lake";
/// let mut origin = Origin::default();
/// origin.delivery_stream_arn = Some(arn.to_owned());
/// let records = vec![Record::new("1", "one"), Record::new("2", "two")];
/// for result in sink.put_back(&origin, records, None).await {
///     result?; // "PutRecordBatch to delivery stream lake: AccessDeniedException: ..."
/// }
/// # Ok(())
/// # }
/// ```
///
/// It works within a Tokio runtime whose I/O and time are enabled, as [`run`](crate::run) and
/// `#[tokio::main]` have them. See [the module](crate::reingest) for what it needs, and what
/// happens to duplicates and order.
pub struct AwsReingest {
    clients: LazyClients,
    explicit_hash_key: Box<HashKeyOf>,
}

type HashKeyOf = dyn Fn(&Record) -> Option<String> + Send + Sync;

impl AwsReingest {
    /// With the configuration of the environment, as a Lambda function has it: region and
    /// credentials, and `AWS_ENDPOINT_URL_KINESIS` and `AWS_ENDPOINT_URL_FIREHOSE` for others
    /// than AWS.
    ///
    /// The configuration is loaded when a record is first put back, so that a start of the
    /// function does not pay for it. Credentials are looked for where the SDK always looks,
    /// except single sign-on and `credential_process`, which take more dependencies.
    pub fn from_env() -> Self {
        Self::of(LazyClients::from_env())
    }

    /// With clients of your own, for other endpoints, credentials or TLS.
    ///
    /// They do not retry what is sent here, whatever their configuration says, and the region
    /// is that of the ARN. The SDK's default HTTPS client is there only if your own dependency
    /// on the SDK has its feature `default-https-client`; otherwise the configuration has to
    /// have one.
    ///
    /// ```
    /// use aws_config::BehaviorVersion;
    /// use firehose_runtime::reingest::AwsReingest;
    ///
    /// # async fn sink() -> AwsReingest {
    /// let config = aws_config::defaults(BehaviorVersion::latest())
    ///     .http_client(aws_smithy_http_client::Builder::new().build_http())
    ///     .endpoint_url("http://127.0.0.1:5000")
    ///     .load()
    ///     .await;
    /// let kinesis = aws_sdk_kinesis::Client::new(&config);
    /// let firehose = aws_sdk_firehose::Client::new(&config);
    /// AwsReingest::new(kinesis, firehose)
    /// # }
    /// ```
    pub fn new(kinesis: aws_sdk_kinesis::Client, firehose: aws_sdk_firehose::Client) -> Self {
        Self::of(LazyClients::ready(Clients { kinesis, firehose }))
    }

    fn of(clients: LazyClients) -> Self {
        Self { clients, explicit_hash_key: Box::new(|_| None) }
    }

    /// Sets how a record's explicit hash key is found, for producers that choose the shard
    /// with one: a decimal number from 0 to 2^128 - 1.
    ///
    /// Firehose's events do not carry it, so it has to be in the data, or be a function of the
    /// partition key. Without one, the partition key chooses the shard. It is asked for
    /// records of Kinesis data streams only.
    ///
    /// ```
    /// use firehose_runtime::reingest::AwsReingest;
    ///
    /// let sink = AwsReingest::from_env().with_explicit_hash_key(|record| {
    ///     let value: serde_json::Value = record.json().ok()?;
    ///     Some(value["hashKey"].as_str()?.to_owned())
    /// });
    /// ```
    #[must_use]
    pub fn with_explicit_hash_key(
        mut self,
        of: impl Fn(&Record) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.explicit_hash_key = Box::new(of);
        self
    }

    fn entry_of_stream(&self, position: usize, record: Record) -> Result<Entry, String> {
        let explicit_hash_key = inside(|| (self.explicit_hash_key)(&record))
            .map_err(|panic| format!("the function for the explicit hash key {}", panic.text))?;
        Entry::of_stream(position, record, explicit_hash_key)
    }
}

#[async_trait]
impl Reingest for AwsReingest {
    async fn put_back(
        &self,
        origin: &Origin,
        records: Vec<Record>,
        stop: Option<Instant>,
    ) -> Vec<Result<(), BoxError>> {
        let mut results: Vec<Result<(), BoxError>> = Vec::new();
        results.resize_with(records.len(), || Err("not put back".into()));
        let mut result = |position: usize, result| {
            if let Some(place) = results.get_mut(position) {
                *place = result;
            }
        };

        let (mut of_stream, mut of_delivery_stream) = (Vec::new(), Vec::new());
        for (position, record) in records.into_iter().enumerate() {
            match record.source() {
                Source::Kinesis(_) => match self.entry_of_stream(position, record) {
                    Ok(entry) => of_stream.push(entry),
                    Err(error) => result(position, Err(error.into())),
                },
                Source::DirectPut => of_delivery_stream.push(Entry::new(position, record)),
                Source::Msk(_) => {
                    result(position, Err("there is no way back to an MSK topic".into()));
                }
                _ => result(position, Err("there is no way back to this source".into())),
            }
        }
        for (target, entries) in [
            (Target::stream(origin), of_stream),
            (Target::delivery_stream(origin), of_delivery_stream),
        ] {
            match target {
                Ok(target) => put(&target, &self.clients, entries, stop, &mut result).await,
                Err(error) => {
                    for entry in entries {
                        result(entry.position, Err(error.clone().into()));
                    }
                }
            }
        }
        results
    }
}

impl fmt::Debug for AwsReingest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsReingest").field("clients", &self.clients).finish_non_exhaustive()
    }
}
