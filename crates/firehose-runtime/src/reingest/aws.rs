use std::{fmt, time::Instant};

use firehose_core::{BoxError, Record, Source, async_trait};

use super::{
    clients::{Clients, LazyClients},
    entry::Entry,
    origin::Origin,
    put::put,
    sink::Reingest,
    target::Target,
};
use crate::engine::catch_panic::catch_panic;

/// A sink that puts records back with the AWS SDK.
///
/// Records of a Kinesis data stream go back with `PutRecords`, and records of Direct PUT with
/// `PutRecordBatch`.
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
/// The sink needs a Tokio runtime with I/O and time enabled, like those of [`run`](crate::run) and
/// `#[tokio::main]`. See [the module](crate::reingest) for permissions, duplicates and order.
pub struct AwsReingest {
    clients: LazyClients,
    explicit_hash_key: Box<HashKeyOf>,
}

type HashKeyOf = dyn Fn(&Record) -> Option<String> + Send + Sync;

impl AwsReingest {
    /// Returns a sink with the configuration of the environment: region, credentials, and the
    /// endpoints `AWS_ENDPOINT_URL_KINESIS` and `AWS_ENDPOINT_URL_FIREHOSE`.
    ///
    /// The configuration is loaded when the first record is put back, so that the function
    /// starts faster. Credentials come from all providers of the SDK except single
    /// sign-on and `credential_process`, which need more dependencies.
    pub fn from_env() -> Self {
        Self::with_clients(LazyClients::from_env())
    }

    /// Returns a sink with clients of your own, for other endpoints, credentials or TLS.
    ///
    /// The sink overrides two settings of the clients: it turns their retries off, and takes the
    /// region from the ARN. This crate uses the SDK without its default HTTPS client. To get
    /// that client, enable the feature `default-https-client` of `aws-config` in your `Cargo.toml`.
    /// Otherwise configure an HTTP client, as below.
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
        Self::with_clients(LazyClients::ready(Clients { kinesis, firehose }))
    }

    fn with_clients(clients: LazyClients) -> Self {
        Self { clients, explicit_hash_key: Box::new(|_| None) }
    }

    /// Sets a function that returns the explicit hash key of a record: a decimal number from 0 to
    /// 2^128 - 1.
    ///
    /// Default: none, so that the partition key chooses the shard. A producer may choose the shard
    /// with an explicit hash key, which Firehose's events do not have. The function must derive the
    /// key from the data or the partition key. It is called for records of Kinesis data streams
    /// only.
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
        hash_key: impl Fn(&Record) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.explicit_hash_key = Box::new(hash_key);
        self
    }

    fn entry_of_stream(&self, position: usize, record: Record) -> Result<Entry, String> {
        let explicit_hash_key = catch_panic(|| (self.explicit_hash_key)(&record))
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
                    result(position, Err("records cannot be put back to an MSK topic".into()));
                }
                _ => result(position, Err("records cannot be put back to this source".into())),
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
