//! The contract of [`ObjectEncoder`] as a test that every implementation runs.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::{
    object_encoder::{EncodedObject, ObjectEncoder},
    pieces::Pieces,
};

/// The memory that an encoder may take beside its output, in bytes.
const MAX_STATE_BYTES: u64 = 1024 * 1024;

/// Checks an encoder. `new` creates an encoder that writes this delimiter between records. `decode`
/// decodes the bytes of an object, and returns `None` if the bytes have another format.
pub(super) fn check<E: ObjectEncoder>(
    new: impl Fn(&'static [u8]) -> E,
    decode: impl Fn(&[u8]) -> Option<Vec<u8>>,
    content_encoding: Option<&'static str>,
) {
    let checked = Checked { new, decode, content_encoding };
    checked.round_trip(b"\n", &[]);
    checked.round_trip(b"\n", &[b"one".to_vec()]);
    checked.round_trip(b"\n", &[b"a".to_vec(), b"b\n".to_vec(), Vec::new(), b"c".to_vec()]);
    checked.round_trip(b"", &[b"a".to_vec(), Vec::new(), b"b".to_vec()]);
    // Records that end at, before and after the end of a piece.
    for length in [Pieces::SIZE - 1, Pieces::SIZE, Pieces::SIZE + 1, 3 * Pieces::SIZE + 5] {
        checked.round_trip(b"\n", &[vec![7; length], b"next".to_vec()]);
    }
    let many: Vec<_> = (0..100_000_u32).map(|number| number.to_string().into_bytes()).collect();
    checked.round_trip(b"\n", &many);
    let records = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 0..50);
    TestRunner::new(Config::with_cases(64))
        .run(&records, |records| {
            checked.round_trip(b"\r\n", &records);
            Ok(())
        })
        .unwrap();
}

struct Checked<N, D> {
    new: N,
    decode: D,
    content_encoding: Option<&'static str>,
}

impl<E: ObjectEncoder, N: Fn(&'static [u8]) -> E, D: Fn(&[u8]) -> Option<Vec<u8>>> Checked<N, D> {
    #[track_caller]
    fn round_trip(&self, delimiter: &'static [u8], records: &[Vec<u8>]) {
        let mut encoder = (self.new)(delimiter);
        let mut expected = Vec::new();
        for (index, record) in records.iter().enumerate() {
            if index > 0 {
                expected.extend_from_slice(delimiter);
            }
            expected.extend_from_slice(record);
            encoder.push(record).unwrap();
            assert_eq!(encoder.written(), expected.len() as u64, "bytes before compression");
        }
        let held = encoder.held();
        let EncodedObject { content, content_encoding } = encoder.finish();
        assert_eq!(content_encoding, self.content_encoding);
        assert!(content.iter().all(|piece| piece.len() <= Pieces::SIZE), "a piece is too long");
        let content = content.concat();
        let decoded = (self.decode)(&content).expect("the object has the format of the encoder");
        assert!(decoded == expected, "the object does not decode to its records");
        assert!(held <= content.len() as u64 + MAX_STATE_BYTES, "{held} bytes are held");
        assert!(held + MAX_STATE_BYTES >= content.len() as u64, "only {held} bytes are counted");
    }
}
