use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    invalid_item::InvalidItem, item_errors::ItemErrors, joined_outputs::JoinedOutputs,
    joint::Joint, splitter::Split,
};
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
/// An item that the splitter reports as [`InvalidItem`](crate::InvalidItem) is an item that fails. A
/// record that cannot be split is `ProcessingFailed`. The items before the fault reach the
/// transform, and their outputs are not delivered.
///
/// The items of a record run one after the other, within the invocation. A panic on an item fails
/// the record.
pub fn for_each<S: Split, T: Transform>(splitter: S, transform: T) -> ForEach<S, T> {
    ForEach { splitter, transform, joint: Joint::default(), item_errors: ItemErrors::default() }
}

/// The transform that [`for_each`] returns.
#[derive(Clone)]
pub struct ForEach<S, T> {
    splitter: S,
    transform: T,
    joint: Joint,
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
        self.joint.delimiter = delimiter.into();
        self
    }

    /// Sets the text before the first output of a record. Default: none.
    ///
    /// A record whose outputs are all empty gets neither this text nor the [end](Self::with_end).
    #[must_use]
    pub fn with_start(mut self, start: impl Into<Bytes>) -> Self {
        self.joint.start = start.into();
        self
    }

    /// Sets the text after the last output of a record, in place of the delimiter. Default: the
    /// delimiter. An output that itself ends with the delimiter stays whole.
    ///
    /// ```
    /// use firehose_core::{JsonLines, Record, Transform, for_each, transform_fn};
    ///
    /// let array = for_each(JsonLines, transform_fn(|item: Record| item.into_data()))
    ///     .with_start("[")
    ///     .with_delimiter(",")
    ///     .with_end("]\n");
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let outcome = array.transform(Record::new("record-1", "1\n2\n3")).await?;
    /// assert_eq!(outcome.output().unwrap().data(), "[1,2,3]\n");
    /// # Ok::<_, firehose_core::BoxError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn with_end(mut self, end: impl Into<Bytes>) -> Self {
        self.joint.end = Some(end.into());
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
        let mut joined = JoinedOutputs::new(&self.joint, record.data().len());
        let mut number = 0;
        for item in self.splitter.split(record) {
            number += 1;
            let keeps = self.item_errors != ItemErrors::FailRecord;
            let (original, outcome) = match item {
                Ok(item) => {
                    let original = keeps.then(|| item.clone());
                    (original, self.transform.transform(item).await.into())
                }
                Err(error) => {
                    let (item, cause) = error.downcast::<InvalidItem>()?.into_parts();
                    (keeps.then_some(item), Outcome::ProcessingFailed(cause))
                }
            };
            match (outcome, original) {
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

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.splitter.halves(record)
    }
}

impl<S, T: fmt::Debug> fmt::Debug for ForEach<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForEach")
            .field("transform", &self.transform)
            .field("joint", &self.joint)
            .field("item_errors", &self.item_errors)
            .finish_non_exhaustive()
    }
}
