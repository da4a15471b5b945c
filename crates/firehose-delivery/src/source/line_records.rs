use super::{
    input_error::InputError, input_file::InputFile, input_item::InputItem, put_record::PutRecord,
};
use crate::reading::{Line, LineReader};

/// The lines of a file, each a record. An empty line is an empty record.
#[derive(Debug)]
pub(super) struct LineRecords {
    lines: LineReader<InputFile>,
    limit: usize,
}

impl LineRecords {
    pub(super) fn new(file: InputFile, limit: usize) -> Self {
        Self { lines: LineReader::new(file, limit), limit }
    }

    /// Returns the next line, which has this position in the input.
    pub(super) fn next(&mut self, position: u64) -> Result<Option<InputItem>, InputError> {
        match self.lines.next_line() {
            Ok(None) => Ok(None),
            Ok(Some(Line::Whole(data))) => {
                Ok(Some(InputItem::Record(PutRecord::new(position, data))))
            }
            Ok(Some(Line::TooLong { bytes })) => {
                Ok(Some(InputItem::TooLarge { position, bytes, limit: self.limit }))
            }
            Err(error) => Err(self.lines.get_ref().error(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Read},
        sync::Arc,
    };

    use proptest::prelude::*;

    use super::*;
    use crate::source::input_file::tests::in_pieces;

    fn all(mut lines: LineRecords) -> Vec<InputItem> {
        let mut items = Vec::new();
        while let Some(item) = lines.next(items.len() as u64 + 1).unwrap() {
            items.push(item);
        }
        items
    }

    fn data(content: &[u8]) -> Vec<Vec<u8>> {
        let items = all(LineRecords::new(in_pieces(content, &[3, 1, 7]), 1000));
        let data = |item| match item {
            InputItem::Record(record) => record.data.to_vec(),
            other => panic!("{other:?}"),
        };
        items.into_iter().map(data).collect()
    }

    #[test]
    fn only_a_newline_ends_a_record() {
        assert_eq!(data(b"one\ntwo\n"), [b"one", b"two"]);
        assert_eq!(data(b"one\ntwo"), [b"one", b"two"]);
        assert_eq!(data(b"\n\none\r\n"), [&b""[..], b"", b"one\r"]);
        assert_eq!(data(b"\0\xff\n\x80"), [&b"\0\xff"[..], b"\x80"]);
        assert_eq!(data(b"\n"), [b""]);
        assert!(data(b"").is_empty());
    }

    #[test]
    fn a_line_over_the_limit_is_skipped() {
        for pieces in [&[1][..], &[4, 9], &[100]] {
            let content = b"12345\n123456\n\n1234567890123456789\n12345\n123456";
            let items = all(LineRecords::new(in_pieces(content, pieces), 5));
            let record = |position, data: &'static [u8]| {
                InputItem::Record(PutRecord::new(position, data.into()))
            };
            let too_large = |position, bytes| InputItem::TooLarge { position, bytes, limit: 5 };
            let expected = [
                record(1, b"12345"),
                too_large(2, 6),
                record(3, b""),
                too_large(4, 19),
                record(5, b"12345"),
                too_large(6, 6),
            ];
            assert_eq!(items, expected, "in pieces of {pieces:?}");
        }
    }

    #[test]
    fn a_long_file_without_a_newline_is_not_held() {
        const LENGTH: u64 = 100 * 1024 * 1024;
        let file = InputFile::new("zeros", io::repeat(0).take(LENGTH), Arc::default());
        let mut lines = LineRecords::new(file, 1024 * 1024);
        let item = lines.next(1).unwrap();
        let too_large = InputItem::TooLarge { position: 1, bytes: LENGTH, limit: 1024 * 1024 };
        assert_eq!(item, Some(too_large));
        assert!(
            lines.lines.buffer_capacity() < 4 * 1024 * 1024,
            "{}",
            lines.lines.buffer_capacity()
        );
        assert_eq!(lines.next(2).unwrap(), None);
    }

    #[test]
    fn lines_up_to_the_limit_are_whole() {
        let limit = 1024 * 1024;
        let content = [vec![b'a'; limit], vec![b'b'; limit + 1], vec![b'c'; limit]].join(&b'\n');
        let items = all(LineRecords::new(in_pieces(&content, &[64 * 1024, 1]), limit));
        let InputItem::Record(first) = &items[0] else { panic!("{:?}", items[0]) };
        assert!(first.data.len() == limit && first.data.iter().all(|byte| *byte == b'a'));
        assert_eq!(items[1], InputItem::TooLarge { position: 2, bytes: limit as u64 + 1, limit });
        let InputItem::Record(last) = &items[2] else { panic!("{:?}", items[2]) };
        assert!(last.data.len() == limit && last.data.iter().all(|byte| *byte == b'c'));
    }

    proptest! {
        #[test]
        fn each_line_is_a_record(
            lines in prop::collection::vec("[^\n]{0,40}", 0..50),
            pieces in prop::collection::vec(1usize..60, 1..5),
            limit in 0usize..200,
            ends_in_newline: bool,
        ) {
            let mut content = lines.join("\n").into_bytes();
            let no_last = !ends_in_newline && lines.last().is_some_and(|line| line.is_empty());
            if ends_in_newline && !lines.is_empty() {
                content.push(b'\n');
            }
            let items = all(LineRecords::new(in_pieces(&content, &pieces), limit));
            prop_assert_eq!(items.len(), lines.len() - usize::from(no_last));
            for (position, (item, line)) in (1..).zip(items.into_iter().zip(lines)) {
                prop_assert_eq!(item, match line.len() <= limit {
                    true => InputItem::Record(PutRecord::new(position, line.into())),
                    false => InputItem::TooLarge { position, bytes: line.len() as u64, limit },
                });
            }
        }
    }
}
