use std::fmt;

use bytes::Bytes;
use firehose_core::{ForEach, Split, Timestamp, Transform, for_each};

use super::error::EncodeError;

/// An encoder of items, which turns one JSON value into its text for a target.
///
/// [`for_each_encoded`] writes all items of a record.
pub trait Encode: Send + Sync + fmt::Debug + 'static {
    /// Appends the text of an item to `out`, without the delimiter.
    ///
    /// `arrival_time` is the time at which Firehose received the record.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON, or does not have the values that the target needs. Then `out`
    /// may have a part of the item.
    fn encode(
        &self,
        item: &Bytes,
        arrival_time: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError>;

    /// Returns the text before the first item of a record. Default: none.
    fn start(&self) -> Bytes {
        Bytes::new()
    }

    /// Returns the text after each item. Default: a newline.
    fn delimiter(&self) -> Bytes {
        Bytes::from_static(b"\n")
    }

    /// Returns the text after the last item, in place of the delimiter. Default: the delimiter.
    fn end(&self) -> Bytes {
        self.delimiter()
    }
}

/// Returns a transform that splits each record into items, and writes the items with an encoder.
///
/// ```
/// use firehose_core::{JsonLines, Record, Transform};
/// use firehose_transforms::encode::{Loki, for_each_encoded};
///
/// let loki = Loki::new([("app", ".app".parse()?)])?.with_time(".at".parse()?);
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
pub fn for_each_encoded<S: Split, E: Encode + Transform>(splitter: S, encoder: E) -> ForEach<S, E> {
    let (start, delimiter, end) = (encoder.start(), encoder.delimiter(), encoder.end());
    for_each(splitter, encoder).with_start(start).with_delimiter(delimiter).with_end(end)
}

/// Implements [`Transform`](firehose_core::Transform) for an encoder. The output is the text of the
/// item, without the delimiter.
macro_rules! transform_encoded {
    ($name:ident) => {
        #[firehose_core::async_trait]
        impl firehose_core::Transform for $name {
            async fn transform(
                &self,
                record: firehose_core::Record,
            ) -> Result<firehose_core::Outcome, firehose_core::BoxError> {
                let mut out = Vec::with_capacity(record.data().len() + 256);
                $crate::encode::encoder::Encode::encode(
                    self,
                    record.data(),
                    record.arrival_time(),
                    &mut out,
                )?;
                Ok(out.into())
            }
        }
    };
}
pub(super) use transform_encoded;
