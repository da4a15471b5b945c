use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use super::{item_errors::ItemErrors, joined_outputs::JoinedOutputs, splitter::Split};
use crate::{
    outcome::{BoxError, Outcome},
    record::Record,
    transform::Transform,
};

/// Splits each record into items, runs a transform on each item, and joins the outputs.
///
/// Firehose accepts one output per record, so the outputs of a record's items become one output.
///
/// ```
/// use firehose_core::{JsonLines, Record, Transform, for_each, json_fn};
///
/// let doubled = for_each(JsonLines, json_fn(|n: i64| Some(n * 2)));
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let outcome = doubled.transform(Record::new("record-1", "1\n2\n3")).await?;
/// assert_eq!(outcome.output().unwrap().data(), "2\n4\n6\n");
///
/// let error = doubled.transform(Record::new("record-1", "1\n[]")).await.unwrap_err();
/// assert!(error.to_string().starts_with("1 of 2 items failed: item 2: invalid type: "));
/// # Ok::<_, firehose_core::BoxError>(())
/// # }).unwrap();
/// ```
///
/// # Result of a record
///
/// | the transform returns | the record is |
/// |---|---|
/// | `Ok` for some items, `Dropped` for the others | `Ok`: the outputs in the order of the items, each with the [delimiter](ForEach::with_delimiter) |
/// | `Dropped` for all items, or the record has no items | `Dropped` |
/// | `ProcessingFailed` for any item | `ProcessingFailed` with the causes of up to five items, or as [`on_item_error`](ForEach::on_item_error) says |
/// | `Ok` with different partition keys or Iceberg routing | `ProcessingFailed`: Firehose accepts one set of keys and one routing per record. Empty outputs may differ |
///
/// A record that cannot be split is `ProcessingFailed`. The items before the fault reach the
/// transform, and their outputs are not delivered.
///
/// The items of a record run one after the other, within the invocation. A panic on an item fails
/// the record.
pub fn for_each<S: Split, T: Transform>(splitter: S, transform: T) -> ForEach<S, T> {
    ForEach {
        splitter,
        transform,
        delimiter: Bytes::from_static(b"\n"),
        item_errors: ItemErrors::default(),
    }
}

/// The transform that [`for_each`] returns.
#[derive(Clone)]
pub struct ForEach<S, T> {
    splitter: S,
    transform: T,
    delimiter: Bytes,
    item_errors: ItemErrors,
}

impl<S, T> ForEach<S, T> {
    /// Sets the delimiter. The transform appends the delimiter to each output that is not empty and
    /// does not end with the delimiter.
    ///
    /// Default: a newline. An empty delimiter appends nothing.
    ///
    /// `AppendDelimiterToRecord` of the delivery stream works on whole records, not on items. It
    /// appends a further newline to the joined output.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: impl Into<Bytes>) -> Self {
        self.delimiter = delimiter.into();
        self
    }

    /// Sets the treatment of an item that fails. Default: [`ItemErrors::FailRecord`].
    ///
    /// The setting does not apply to a record that cannot be split, nor to outputs with different
    /// partition keys: such a record always fails.
    #[must_use]
    pub fn on_item_error(mut self, item_errors: ItemErrors) -> Self {
        self.item_errors = item_errors;
        self
    }
}

#[async_trait]
impl<S: Split, T: Transform> Transform for ForEach<S, T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let mut joined = JoinedOutputs::new(&self.delimiter, record.data().len());
        let mut number = 0;
        for item in self.splitter.split(record) {
            let item = item?;
            number += 1;
            let original = (self.item_errors != ItemErrors::FailRecord).then(|| item.clone());
            match (self.transform.transform(item).await.into(), original) {
                (Outcome::Ok(output), _) => joined.add(number, output),
                (Outcome::Dropped, _) => {}
                (Outcome::ProcessingFailed(cause), None) => joined.fail(number, cause),
                (Outcome::ProcessingFailed(cause), Some(original)) => {
                    original.report_failed_item(number, &cause);
                    if self.item_errors == ItemErrors::KeepOriginal {
                        joined.add_original(original.data());
                    }
                }
            }
        }
        joined.outcome(number)
    }
}

impl<S, T: fmt::Debug> fmt::Debug for ForEach<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForEach")
            .field("transform", &self.transform)
            .field("delimiter", &self.delimiter)
            .field("item_errors", &self.item_errors)
            .finish_non_exhaustive()
    }
}
