use bytes::Bytes;
use firehose_core::{Items, Record, Split};

use super::decompress::Decompress;

/// A splitter that decompresses each record before another splitter splits it.
///
/// ```
/// use firehose_core::{JsonLines, Record, Split};
/// use firehose_transforms::compression::{Compress, Compression, Decompress, Decompressed};
///
/// let splitter = Decompressed::new(Decompress::detect(), JsonLines);
/// let data = Compress::new(Compression::Gzip).compress(b"1\n2\n")?;
/// let items = splitter.split(Record::new("record-1", data));
/// let items: Vec<_> = items.map(|item| item.unwrap().into_data()).collect();
/// assert_eq!(items, ["1", "2"]);
/// # Ok::<_, std::io::Error>(())
/// ```
///
/// If a record cannot be decompressed, the splitter returns an error in place of its items.
#[derive(Clone, Copy, Debug)]
pub struct Decompressed<S> {
    decompress: Decompress,
    splitter: S,
}

impl<S> Decompressed<S> {
    /// Creates a splitter that decompresses with `decompress` and splits with `splitter`.
    pub fn new(decompress: Decompress, splitter: S) -> Self {
        Self { decompress, splitter }
    }
}

impl<S: Split> Split for Decompressed<S> {
    fn split(&self, record: Record) -> Items {
        match self.decompress.decompress(record.data()) {
            Ok(data) => self.splitter.split(record.with_data(data)),
            Err(error) => Box::new([Err(error.into())].into_iter()),
        }
    }

    /// Splits the decompressed record, and compresses the halves in the format of the record.
    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.decompress
            .halves(record.data(), |data| self.splitter.halves(&record.clone().with_data(data)))
    }
}
