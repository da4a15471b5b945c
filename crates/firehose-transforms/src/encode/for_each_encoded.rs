use std::fmt;

use bytes::Bytes;
use firehose_core::{
    BoxError, ForEach, ItemErrors, Outcome, Record, Split, Transform, async_trait, for_each,
};

use super::encoder::Encode;

/// Splits each record into items, and writes the items in the form of an encoder.
///
/// ```
/// use firehose_core::{JsonLines, Record, Transform};
/// use firehose_transforms::encode::{Loki, for_each_encoded};
///
/// let loki = Loki::new([("app", ".app".parse()?)])?.with_time(".at".parse()?)?;
/// let transform = for_each_encoded(JsonLines, loki);
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let record = Record::new("record-1", r#"{"app":"shop","at":1769817600.5}"#);
/// let outcome = transform.transform(record).await?;
/// let push = concat!(
///     r#"{"streams":[{"stream":{"app":"shop"},"values":[["1769817600500000000","#,
///     r#""{\"app\":\"shop\",\"at\":1769817600.5}"]]}]}"#,
///     "\n",
/// );
/// assert_eq!(outcome.output().unwrap().data(), push);
/// # Ok::<_, firehose_core::BoxError>(())
/// # }).unwrap();
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
///
/// An item that fails costs its record, or [only itself](ForEachEncoded::with_failed_items_left_out).
pub fn for_each_encoded<S: Split, E: Encode + Transform>(
    splitter: S,
    encoder: E,
) -> ForEachEncoded<S, E> {
    ForEachEncoded::new(splitter, encoder)
}

/// The transform that [`for_each_encoded`] returns.
///
/// An item that fails is never kept as it came ([`ItemErrors::KeepOriginal`]), because it does not have
/// the form that the target reads:
///
/// ```compile_fail
/// use firehose_core::{ItemErrors, JsonLines};
/// use firehose_transforms::encode::{SplunkHec, for_each_encoded};
///
/// // ForEachEncoded has no method `on_item_error`.
/// for_each_encoded(JsonLines, SplunkHec::new()).on_item_error(ItemErrors::KeepOriginal);
/// ```
#[derive(Clone)]
pub struct ForEachEncoded<S, E>(ForEach<S, E>);

impl<S: Split, E: Encode + Transform> ForEachEncoded<S, E> {
    pub(super) fn new(splitter: S, encoder: E) -> Self {
        let (start, delimiter, end) = (encoder.start(), encoder.delimiter(), encoder.end());
        let joined = for_each(splitter, encoder).with_start(start).with_delimiter(delimiter);
        Self(joined.with_end(end))
    }

    /// Leaves out items that fail, as [`ItemErrors::DropItem`] does. Default: such an item fails its
    /// record.
    ///
    /// ```
    /// use firehose_core::{JsonLines, Record, Transform};
    /// use firehose_transforms::encode::{SplunkHec, for_each_encoded};
    ///
    /// let transform = for_each_encoded(JsonLines, SplunkHec::new()).with_failed_items_left_out();
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let outcome = transform.transform(Record::new("record-1", "1\nnot JSON\n2")).await?;
    /// assert_eq!(outcome.output().unwrap().data(), "{\"event\":1}\n{\"event\":2}\n");
    /// # Ok::<_, firehose_core::BoxError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn with_failed_items_left_out(self) -> Self {
        Self(self.0.on_item_error(ItemErrors::DropItem))
    }
}

#[async_trait]
impl<S: Split, E: Transform> Transform for ForEachEncoded<S, E> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        self.0.transform(record).await
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.0.halves(record)
    }
}

impl<S, E: fmt::Debug> fmt::Debug for ForEachEncoded<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ForEachEncoded").field(&self.0).finish()
    }
}
