use std::{error::Error, fmt::Write};

use bytes::{Bytes, BytesMut};
use firehose_core::{
    BoxError, KinesisMetadata, Outcome, Output, Record, Source, Transform, async_trait,
};

use crate::{Deaggregator, RawUserRecord};

/// A Firehose transform that runs another one on each user record of an aggregate, and joins
/// what comes out: the one output that Firehose takes for a record.
///
/// It is for records that reach Firehose as aggregates: a producer that puts KPL aggregates
/// straight to the delivery stream (Direct PUT), or raw dumps of a stream that are sent again.
/// With a Kinesis data stream as its source, Firehose has taken aggregates apart before it
/// calls the function
/// ([source](https://docs.aws.amazon.com/streams/latest/dev/kpl-with-firehose.html)).
///
/// A record that is no aggregate counts as one user record, and its output too is ended with
/// the delimiter.
///
/// # What becomes of a record
///
/// | the inner transform answers | the record is |
/// |---|---|
/// | `Ok` for some, `Dropped` for the others | `Ok`: the outputs in their order, each ended with the delimiter, unless it ends with it already or is empty |
/// | `Dropped` for all, or there is no user record | `Dropped` |
/// | `ProcessingFailed` for any, or some are [lost](crate::LostRecords) | `ProcessingFailed`: the aggregate goes under the error output prefix as it came, with all of its user records, and the cause says which of them failed and why |
/// | `Ok` with different partition keys or Iceberg routing | `ProcessingFailed`: Firehose takes one set for a record |
///
/// A damaged aggregate (wrong MD5, cut off) is no aggregate: the inner transform gets it whole,
/// as one user record, and is the one to refuse it.
///
/// So nothing is delivered of an aggregate that goes to the error prefix, and nothing of it
/// is lost. To deliver the rest of an aggregate all the same, let the inner transform answer
/// `Ok` or `Dropped` where it would fail.
///
/// # What the inner transform sees
///
/// User records run one after the other, within the one invocation; one that panics fails the
/// aggregate. Each is seen as a [`Record`] of the same id, arrival time and source. If the source is
/// a Kinesis data stream, its metadata has the user record's own partition key and position.
///
/// ```
/// use firehose_core::{Record, Transform, transform_fn};
/// use kpl_aggregation::{Aggregator, Unpack};
///
/// let unpack = Unpack::new(transform_fn(|record: Record| record.into_data()));
///
/// let mut aggregator = Aggregator::default();
/// aggregator.add("key", None, r#"{"a":1}"#)?;
/// aggregator.add("key", None, r#"{"a":2}"#)?;
/// let aggregate = aggregator.finish().unwrap().into_data();
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let outcome = unpack.transform(Record::new("1", aggregate)).await.unwrap();
/// assert_eq!(outcome.output().unwrap().data(), "{\"a\":1}\n{\"a\":2}\n");
/// # });
/// # Ok::<_, kpl_aggregation::AggregateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Unpack<T> {
    inner: T,
    delimiter: Bytes,
}

impl<T: Transform> Unpack<T> {
    /// Runs `inner` on each user record, and ends each output with a newline.
    pub fn new(inner: T) -> Self {
        Self { inner, delimiter: Bytes::from_static(b"\n") }
    }

    /// Ends each output with this instead; with nothing, if it is empty.
    ///
    /// Firehose's own `AppendDelimiterToRecord` knows nothing of user records: it puts its
    /// newline between the outputs of whole records, in addition.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: impl Into<Bytes>) -> Self {
        self.delimiter = delimiter.into();
        self
    }
}

#[async_trait]
impl<T: Transform> Transform for Unpack<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let mut joined = Joined::new(&self.delimiter, record.data().len());
        for user_record in Deaggregator::default().strict(true).deaggregate(record.data().clone()) {
            let user_record = user_record?;
            let number = user_record.sub_sequence_number();
            if !user_record.is_aggregated() {
                // Its own failure says enough: there is only the one.
                match self.inner.transform(record.clone()).await? {
                    Outcome::ProcessingFailed(cause) => return Err(cause),
                    outcome => joined.add(number, outcome),
                }
                continue;
            }
            let outcome = self.inner.transform(as_record(&record, user_record)).await;
            joined.add(number, outcome.into());
        }
        joined.outcome()
    }
}

/// The user record as Firehose would have delivered it by itself.
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

/// The outputs so far, as one.
struct Joined<'a> {
    delimiter: &'a Bytes,
    data: BytesMut,
    /// The first output, with its number: the others must be routed like it.
    first: Option<(u64, Output)>,
    /// One of no data, for when there is no other.
    empty: Option<Output>,
    failed: Vec<(u64, BoxError)>,
    count: u64,
}

impl<'a> Joined<'a> {
    /// The causes that are named; of the others, the number.
    const MOST_CAUSES: usize = 5;

    /// The length of each, so that all of them fit into the log's line.
    const MOST_BYTES: usize = 180;

    fn new(delimiter: &'a Bytes, capacity: usize) -> Self {
        let data = BytesMut::with_capacity(capacity);
        Self { delimiter, data, first: None, empty: None, failed: Vec::new(), count: 0 }
    }

    fn add(&mut self, number: u64, outcome: Outcome) {
        self.count += 1;
        match outcome {
            Outcome::Ok(output) => self.join(number, output),
            Outcome::Dropped => {}
            Outcome::ProcessingFailed(cause) => self.failed.push((number, cause)),
        }
    }

    fn join(&mut self, number: u64, output: Output) {
        if output.data().is_empty() {
            // It puts nothing anywhere, so its routing does not matter beside others.
            self.empty.get_or_insert(output);
            return;
        }
        self.data.extend_from_slice(output.data());
        if !output.data().ends_with(self.delimiter) {
            self.data.extend_from_slice(self.delimiter);
        }
        match &self.first {
            None => self.first = Some((number, output)),
            Some((first, routed)) => {
                let same = routed.partition_keys() == output.partition_keys()
                    && routed.iceberg_routing() == output.iceberg_routing();
                if !same {
                    let cause = format!(
                        "it has other partition keys or Iceberg routing than number {first}, and \
                         Firehose takes one set for a record"
                    );
                    self.failed.push((number, cause.into()));
                }
            }
        }
    }

    fn outcome(self) -> Result<Outcome, BoxError> {
        if !self.failed.is_empty() {
            return Err(self.causes().into());
        }
        let output = self.first.map(|(_, output)| output).or(self.empty);
        Ok(output.map(|output| output.with_data(self.data)).into())
    }

    fn causes(&self) -> String {
        let mut text = format!("{} of {} user records failed:", self.failed.len(), self.count);
        for (number, cause) in self.failed.iter().take(Self::MOST_CAUSES) {
            let mut cause = chain(&**cause);
            if cause.len() > Self::MOST_BYTES {
                cause.truncate(cause.floor_char_boundary(Self::MOST_BYTES));
                cause.push('…');
            }
            // Writing to a string does not fail.
            let _ = write!(text, " number {number}: {cause};");
        }
        if self.failed.len() > Self::MOST_CAUSES {
            text.push_str(" and others");
        }
        text.trim_end_matches(';').to_owned()
    }
}

/// An error with its sources, as the runtime would have logged it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source.filter(|_| text.len() < Joined::MOST_BYTES) {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use firehose_core::{IcebergRouting, transform_fn};

    use super::*;
    use crate::Aggregator;

    /// Answers as the user record says.
    async fn answer(delimiter: &'static str, user_records: &[&'static str]) -> Outcome {
        let inner = transform_fn(|record: Record| -> Result<Outcome, BoxError> {
            let text = record.text()?.to_owned();
            Ok(match text.split_once(' ') {
                Some(("key", key)) => Output::new("keyed").with_partition_key("k", key).into(),
                Some(("table", table)) => Output::new("routed")
                    .with_iceberg_routing(IcebergRouting::new("d", table)?)
                    .into(),
                Some(("fail", why)) => return Err(why.into()),
                _ if text == "drop" => Outcome::Dropped,
                _ => text.into(),
            })
        });
        let mut aggregator = Aggregator::default();
        for user_record in user_records {
            aggregator.add("key", None, *user_record).unwrap();
        }
        let aggregate = aggregator.finish().unwrap().into_data();
        let unpack = Unpack::new(inner).with_delimiter(delimiter);
        unpack.transform(Record::new("1", aggregate)).await.into()
    }

    async fn failure(user_records: &[&'static str]) -> String {
        match answer("\n", user_records).await {
            Outcome::ProcessingFailed(cause) => cause.to_string(),
            other => panic!("expected a failure, got {other:?}"),
        }
    }

    #[tokio::test]
    async fn outputs_are_joined_and_what_is_dropped_is_left_out() {
        for (delimiter, user_records, expected) in [
            ("\n", &["a", "drop", "b\n", "", "c"][..], "a\nb\nc\n"),
            ("", &["a", "b"], "ab"),
            ("--", &["a", "b--"], "a--b--"),
            ("\n", &["", "drop"], ""),
        ] {
            let outcome = answer(delimiter, user_records).await;
            assert_eq!(outcome.output().unwrap().data(), expected);
        }
        assert!(matches!(answer("\n", &["drop", "drop"]).await, Outcome::Dropped));
    }

    #[tokio::test]
    async fn one_failure_fails_the_aggregate_with_its_cause() {
        let cause = failure(&["a", "fail no unit", "b", "fail no value"]).await;
        assert_eq!(cause, "2 of 4 user records failed: number 1: no unit; number 3: no value");
        let cause = failure(&["fail x"; 7]).await;
        assert!(
            cause.starts_with("7 of 7") && cause.ends_with("number 4: x; and others"),
            "{cause}"
        );
    }

    #[tokio::test]
    async fn a_cause_has_its_sources_and_an_end() {
        #[derive(Debug)]
        struct Reading(std::num::ParseIntError);
        impl std::fmt::Display for Reading {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("reading the value")
            }
        }
        impl Error for Reading {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let inner = transform_fn(|record: Record| -> Result<Outcome, BoxError> {
            match record.text()? {
                "long" => Err("é".repeat(1000).into()),
                text => Err(Reading(text.parse::<u8>().unwrap_err()).into()),
            }
        });
        let mut aggregator = Aggregator::default();
        aggregator.add("key", None, "x").unwrap();
        aggregator.add("key", None, "long").unwrap();
        let record = Record::new("1", aggregator.finish().unwrap().into_data());
        let cause = Unpack::new(inner).transform(record).await.unwrap_err().to_string();
        let start = "2 of 2 user records failed: number 0: reading the value: invalid digit found in string; number 1: éé";
        assert!(cause.starts_with(start) && cause.ends_with("é…"), "{cause}");
        assert!(cause.len() < 400, "{}", cause.len());
    }

    #[tokio::test]
    async fn routing_has_to_agree() {
        let outcome = answer("\n", &["", "key a", "drop", "key a"]).await;
        assert_eq!(outcome.output().unwrap().partition_keys()["k"], "a");
        for differing in
            [&["key a", "drop", "key b"], &["a", "drop", "key a"], &["table a", "drop", "table b"]]
        {
            let cause = failure(differing).await;
            assert!(cause.contains("number 2: it has other partition keys"), "{cause}");
        }
    }

    #[tokio::test]
    async fn a_user_record_has_the_metadata_of_its_own() {
        let seen = transform_fn(|record: Record| {
            let Source::Kinesis(metadata) = record.source() else { panic!("from Kinesis") };
            let number = metadata.subsequence_number().unwrap();
            format!("{} {number} {}", metadata.partition_key(), metadata.sequence_number())
        });
        let mut aggregator = Aggregator::default();
        aggregator.add("one", None, "").unwrap();
        aggregator.add("two", None, "").unwrap();
        let metadata = KinesisMetadata::new("shard", "a", "49");
        let record = Record::new("1", aggregator.finish().unwrap().into_data());
        let outcome = Unpack::new(seen)
            .transform(record.with_source(Source::Kinesis(metadata)))
            .await
            .unwrap();
        assert_eq!(outcome.output().unwrap().data(), "one 0 49\ntwo 1 49\n");
    }

    #[tokio::test]
    async fn what_is_no_aggregate_is_one_user_record() {
        let unpack = Unpack::new(transform_fn(|record: Record| -> Result<Output, BoxError> {
            let data = record.into_data();
            if data == "fail" {
                Err("told to".into())
            } else {
                Ok(Output::new(data).with_partition_key("k", "v"))
            }
        }));
        let outcome = unpack.transform(Record::new("1", "plain")).await.unwrap();
        let output = outcome.output().unwrap();
        assert_eq!(
            (output.data().as_ref(), output.partition_keys()["k"].as_str()),
            (&b"plain\n"[..], "v")
        );
        let error = unpack.transform(Record::new("1", "fail")).await.unwrap_err();
        assert_eq!(error.to_string(), "told to");
    }

    #[tokio::test]
    async fn lost_user_records_fail_the_aggregate() {
        let message = [0x0a, 1, b'k', 0x1a, 4, 8, 0, 0x1a, 0, 0x1a, 4, 8, 9, 0x1a, 0];
        let damaged =
            crate::frame::close(message.len(), |buffer| buffer.extend_from_slice(&message));
        let unpack = Unpack::new(transform_fn(|record: Record| record.into_data()));
        let error = unpack.transform(Record::new("1", damaged)).await.unwrap_err();
        assert!(
            error.to_string().contains("2 user records are lost from number 0 on: in number 1"),
            "{error}"
        );
    }
}
