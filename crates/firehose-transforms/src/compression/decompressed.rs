use bytes::Bytes;
use firehose_core::{Items, Record, Split};

use super::{compress::Compress, decompress::Decompress, format::Compression};

/// A splitter that decompresses each record before another splitter splits it.
///
/// [`Decompress::split_with`] creates it.
#[derive(Clone, Copy, Debug)]
pub struct Decompressed<S> {
    decompress: Decompress,
    splitter: S,
}

impl<S> Decompressed<S> {
    pub(super) fn new(decompress: Decompress, splitter: S) -> Self {
        Self { decompress, splitter }
    }
}

impl<S: Split> Split for Decompressed<S> {
    /// A record that cannot be decompressed has an error in place of its items.
    fn split(&self, record: Record) -> Items {
        match self.decompress.decompress(record.data()) {
            Ok(data) => self.splitter.split(record.with_data(data)),
            Err(error) => Box::new([Err(error.into())].into_iter()),
        }
    }

    /// Returns the halves in the compression of the record.
    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        let format = self.decompress.format().or_else(|| Compression::detect(record.data()));
        let Some(format) = format else { return self.splitter.halves(record) };
        let data = self.decompress.decompress(record.data()).ok()?;
        let [first, second] = self.splitter.halves(&record.clone().with_data(data))?;
        let compress = Compress::new(format);
        Some([compress.compress(&first).ok()?.into(), compress.compress(&second).ok()?.into()])
    }
}
