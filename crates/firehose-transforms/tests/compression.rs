//! Tests of compression, for the formats of the enabled features.

use firehose_core::{Bytes, Items, Lines, Outcome, Record, Split, Transform, error_chain};
use firehose_transforms::compression::{
    Compress, Compression, Decompress, DecompressError, Decompressed, decompress,
};
use proptest::prelude::*;

fn compressed(format: Compression, data: &[u8]) -> Bytes {
    Compress::new(format).compress(data).unwrap().into()
}

proptest! {
    #[test]
    fn every_format_restores_the_data(data: Vec<u8>) {
        for &format in Compression::ALL {
            let compressed = compressed(format, &data);
            prop_assert_eq!(Compression::detect(&compressed), Some(format));
            prop_assert_eq!(&Decompress::new(format).decompress(&compressed).unwrap(), &data);
            prop_assert_eq!(&Decompress::detect().decompress(&compressed).unwrap(), &data);
        }
    }

    /// Truncated data must fail. The exception is Snappy, which has no checksum at the end of a stream.
    #[test]
    fn damaged_data_fails_and_never_panics(data: Vec<u8>, at: usize, bit in 0_u8..8) {
        for &format in Compression::ALL {
            let _ = decompress(format, &data, 1000);
            let mut damaged = Compress::new(format).compress(&data).unwrap();
            let at = at % damaged.len();
            damaged[at] ^= 1 << bit;
            let _ = decompress(format, &damaged, 1000);
            if at > 0 && format.name() != "snappy" {
                let cut = &compressed(format, &data)[..at];
                prop_assert!(decompress(format, cut, 1000).is_err(), "{} cut at {}", format, at);
            }
        }
    }
}

#[test]
fn a_limit_ends_the_decompression() {
    let zeros = vec![0; 1_000_000];
    for &format in Compression::ALL {
        let bomb = compressed(format, &zeros);
        assert!(bomb.len() < 100_000, "{format}");
        let decompress = Decompress::new(format);
        for limit in [1_000_000, usize::MAX] {
            assert_eq!(decompress.with_max_bytes(limit).decompress(&bomb).unwrap(), zeros);
        }
        let error = decompress.with_max_bytes(999_999).decompress(&bomb).unwrap_err();
        assert!(matches!(error, DecompressError::TooLong { max_bytes: 999_999, .. }), "{error}");
        let message = format!("the record decompresses by {format} to more than 999999 bytes");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn gzip_may_have_several_members() {
    let members = [compressed(Compression::Gzip, b"one "), compressed(Compression::Gzip, b"two")];
    let data = Decompress::new(Compression::Gzip).decompress(&members.concat().into());
    assert_eq!(data.unwrap(), "one two");
}

#[cfg(feature = "zstd")]
#[test]
fn zstd_may_have_several_frames() {
    let frames = [compressed(Compression::Zstd, b"one "), compressed(Compression::Zstd, b"two")];
    let data = Decompress::new(Compression::Zstd).decompress(&frames.concat().into());
    assert_eq!(data.unwrap(), "one two");
}

#[cfg(feature = "snappy")]
#[test]
fn a_raw_block_of_snappy_is_read_by_name() {
    let block = Bytes::from(snap::raw::Encoder::new().compress_vec(b"hello").unwrap());
    assert_eq!(Compression::detect(&block), None);
    assert_eq!(Decompress::new(Compression::Snappy).decompress(&block).unwrap(), "hello");
    // The block claims 4 GiB.
    let error = decompress(Compression::Snappy, &[0xff, 0xff, 0xff, 0xff, 0x0f, 0], 1000);
    assert!(matches!(error, Err(DecompressError::TooLong { .. })));
}

#[test]
fn plain_records_are_not_detected_as_compressed() {
    for text in ["", "{}", "x", "xylophone", "x = 1", "x,y\n1,2", "x\r\n", "x\n", "(5)"] {
        assert_eq!(Compression::detect(text.as_bytes()), None, "{text}");
        assert_eq!(Decompress::detect().decompress(&text.into()).unwrap(), text);
    }
}

#[tokio::test]
async fn a_record_in_another_format_fails_without_its_data() {
    for &format in Compression::ALL {
        let outcome = Decompress::new(format).transform(Record::new("1", "s3cret")).await;
        let Outcome::ProcessingFailed(cause) = outcome.into() else { panic!("{format}") };
        assert_eq!(cause.to_string(), format!("the record is not valid {format}"));
        let chain = firehose_core::error_chain(&*cause);
        assert!(!chain.contains("s3cret"), "{chain}");
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let error = "brotli".parse::<Compression>().unwrap_err().to_string();
    assert!(error.starts_with("unknown compression \"brotli\"; use one of: gzip, zlib"), "{error}");
}

/// Splits text into lines, and offers the first line and the others as halves.
struct FirstLine;

impl Split for FirstLine {
    fn split(&self, record: Record) -> Items {
        Lines.split(record)
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        let end = record.data().iter().position(|byte| *byte == b'\n')? + 1;
        Some([record.data().slice(..end), record.data().slice(end..)])
    }
}

fn items(splitter: &impl Split, data: Bytes) -> Vec<Result<Bytes, String>> {
    let items = splitter.split(Record::new("1", data));
    items.map(|it| it.map(Record::into_data).map_err(|error| error_chain(&*error))).collect()
}

#[test]
fn a_splitter_reads_decompressed_records_and_compresses_halves() {
    for &format in Compression::ALL {
        let data = compressed(format, b"1\n2\n3");
        for decompress in [Decompress::new(format), Decompress::detect()] {
            let splitter = Decompressed::new(decompress, FirstLine);
            let expected = ["1", "2", "3"].map(|line| Ok(Bytes::from(line)));
            assert_eq!(items(&splitter, data.clone()), expected);
            let [first, second] = splitter.halves(&Record::new("1", data.clone())).unwrap();
            assert_eq!(Compression::detect(&first), Some(format));
            assert_eq!(items(&splitter, first), expected[..1]);
            assert_eq!(items(&splitter, second), expected[1..]);
        }
        let bomb = compressed(format, &[b'x'; 100_000]);
        let bounded = Decompressed::new(Decompress::new(format).with_max_bytes(10), Lines);
        let error = format!("the record decompresses by {format} to more than 10 bytes");
        assert_eq!(items(&bounded, bomb), [Err(error)]);
    }
    let plain = Decompressed::new(Decompress::detect(), FirstLine);
    let halves = plain.halves(&Record::new("1", "a\nb"));
    assert_eq!(halves, Some([Bytes::from("a\n"), Bytes::from("b")]));
}
