use std::fmt;

use bytes::Bytes;
use firehose_core::Timestamp;

use super::error::EncodeError;

/// An encoder of items, which turns one JSON value into its text for a target.
///
/// [`for_each_encoded`](super::for_each_encoded) writes all items of a record.
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

/// Implements [`Transform`](firehose_core::Transform) for encoders: one item in, its text without a
/// delimiter out.
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
