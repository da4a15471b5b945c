use super::{
    input_error::InputError, input_file::InputFile, input_item::InputItem, put_record::PutRecord,
};
use crate::reading::ReadBuffer;

/// The records of a file in which each record follows its length.
#[derive(Debug)]
pub(super) struct LengthPrefixedRecords {
    file: InputFile,
    buffer: ReadBuffer,
    /// The offset of the next record's length in the unpacked file.
    offset: u64,
    limit: usize,
}

/// The size of a length, in bytes.
const PREFIX: usize = 4;

impl LengthPrefixedRecords {
    pub(super) fn new(file: InputFile, limit: usize) -> Self {
        Self { file, buffer: ReadBuffer::default(), offset: 0, limit }
    }

    /// Returns the next record, which has this position in the input.
    pub(super) fn next(&mut self, position: u64) -> Result<Option<InputItem>, InputError> {
        self.read_up_to(PREFIX)?;
        let announced = match *self.buffer.as_slice() {
            [] => return Ok(None),
            [a, b, c, d, ..] => u32::from_be_bytes([a, b, c, d]),
            ref rest => return Err(self.truncated(None, rest.len() as u64)),
        };
        self.buffer.skip(PREFIX);
        let item = match usize::try_from(announced) {
            Ok(length) if length <= self.limit => {
                self.read_up_to(length)?;
                let data = self.buffer.take(length);
                if data.len() < length {
                    return Err(self.truncated(Some(announced), data.len() as u64));
                }
                InputItem::Record(PutRecord::new(position, data))
            }
            _ => {
                self.skip(announced)?;
                InputItem::TooLarge { position, bytes: announced.into(), limit: self.limit }
            }
        };
        self.offset += PREFIX as u64 + u64::from(announced);
        Ok(Some(item))
    }

    /// Reads until the buffer has this many bytes, or the file ends.
    fn read_up_to(&mut self, length: usize) -> Result<(), InputError> {
        while self.buffer.len() < length && self.fill()? {}
        Ok(())
    }

    fn fill(&mut self) -> Result<bool, InputError> {
        self.buffer.fill(&mut self.file).map_err(|error| self.file.error(error))
    }

    /// Discards a record of this length.
    fn skip(&mut self, announced: u32) -> Result<(), InputError> {
        let mut left = u64::from(announced);
        loop {
            let here = left.min(self.buffer.len() as u64);
            self.buffer.skip(usize::try_from(here).unwrap_or(usize::MAX));
            left -= here;
            if left == 0 {
                return Ok(());
            }
            if !self.fill()? {
                return Err(self.truncated(Some(announced), u64::from(announced) - left));
            }
        }
    }

    fn truncated(&self, announced: Option<u32>, found: u64) -> InputError {
        InputError::Truncated { file: self.file.name(), offset: self.offset, announced, found }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::input_file::tests::in_pieces;

    fn prefixed(records: &[Vec<u8>]) -> Vec<u8> {
        let mut content = Vec::new();
        for record in records {
            content.extend_from_slice(&u32::try_from(record.len()).unwrap().to_be_bytes());
            content.extend_from_slice(record);
        }
        content
    }

    /// Returns the items, and the error that ends them.
    fn all(content: &[u8], pieces: &[usize], limit: usize) -> (Vec<InputItem>, Option<InputError>) {
        let mut records = LengthPrefixedRecords::new(in_pieces(content, pieces), limit);
        let mut items = Vec::new();
        loop {
            match records.next(items.len() as u64 + 1) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return (items, None),
                Err(error) => return (items, Some(error)),
            }
        }
    }

    #[test]
    fn a_truncated_file_is_an_error_after_the_earlier_records() {
        let content = prefixed(&[b"one".to_vec(), b"twenty".to_vec()]);
        let (items, error) = all(&content[..10], &[100], 100);
        assert_eq!(items.len(), 1);
        insta::assert_snapshot!(
            error.unwrap(),
            @"cannot read test: the file ends within the length of the record at byte 7, after 3 of 4 bytes"
        );
        let (items, error) = all(&content[..16], &[100], 100);
        assert_eq!(items.len(), 1);
        insta::assert_snapshot!(
            error.unwrap(),
            @"cannot read test: the record at byte 7 has a length of 6, but only 5 bytes follow; each record needs its length before it, in 4 bytes, big-endian"
        );
        // A record over the limit may be truncated too.
        let (items, error) = all(&content[..16], &[2], 5);
        assert_eq!(items.len(), 1);
        insta::assert_snapshot!(
            error.unwrap(),
            @"cannot read test: the record at byte 7 has a length of 6, but only 5 bytes follow; each record needs its length before it, in 4 bytes, big-endian"
        );
    }

    #[test]
    fn a_file_of_text_is_an_error() {
        let (items, error) = all(b"{\"sensor\": 1}\n", &[100], 1024 * 1024);
        assert!(items.is_empty());
        insta::assert_snapshot!(
            error.unwrap(),
            @"cannot read test: the record at byte 0 has a length of 2065855333, but only 10 bytes follow; each record needs its length before it, in 4 bytes, big-endian"
        );
    }

    #[test]
    fn a_huge_length_takes_no_memory() {
        let file = in_pieces(&[0xff; 5], &[100]);
        let mut records = LengthPrefixedRecords::new(file, usize::MAX >> 1);
        assert!(records.next(1).is_err());
        assert!(records.buffer.capacity() < 1024 * 1024, "{}", records.buffer.capacity());
    }

    proptest! {
        #[test]
        fn each_record_of_the_file_is_a_record_of_the_input(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..30),
            pieces in prop::collection::vec(1usize..400, 1..5),
            limit in 0usize..400,
        ) {
            let (items, error) = all(&prefixed(&records), &pieces, limit);
            prop_assert!(error.is_none());
            prop_assert_eq!(items.len(), records.len());
            for (position, (item, record)) in (1..).zip(items.into_iter().zip(records)) {
                prop_assert_eq!(item, match record.len() <= limit {
                    true => InputItem::Record(PutRecord::new(position, record.into())),
                    false => InputItem::TooLarge { position, bytes: record.len() as u64, limit },
                });
            }
        }

        #[test]
        fn the_reading_of_any_bytes_ends(
            content in prop::collection::vec(any::<u8>(), 0..2000),
            limit in 0usize..400,
        ) {
            let (items, _) = all(&content, &[64], limit);
            prop_assert!(items.len() <= content.len() / PREFIX);
        }
    }
}
