use jiff::Zoned;
use uuid::Uuid;

use super::s3_destination_config::Compression;

/// Returns the key of an object, as in
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html>:
/// `<prefix><stream>-<version>-yyyy-MM-dd-HH-mm-ss-<uuid><extension>`.
///
/// `prefix` is an evaluated prefix. The version of a delivery stream is 1 at first, and grows by
/// one with every change of its settings. AWS does not document the time in the name. Callers pass
/// the arrival of the oldest record in the object, as for prefixes.
pub(crate) fn object_name(
    prefix: &str,
    stream: &str,
    version: u32,
    time: &Zoned,
    extension: &str,
    uuid: Uuid,
) -> String {
    format!(
        "{prefix}{stream}-{version}-{:04}-{:02}-{:02}-{:02}-{:02}-{:02}-{uuid}{extension}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
    )
}

/// Returns the end of the keys of objects: the `FileExtension` of the destination, or the extension
/// of the compression if `FileExtension` is missing or empty.
pub(crate) fn object_extension(compression: Compression, file_extension: Option<&str>) -> &str {
    match (file_extension, compression) {
        (Some(extension), _) if !extension.is_empty() => extension,
        (_, Compression::Gzip) => ".gz",
        (_, Compression::Uncompressed) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_after_its_stream_version_and_time() {
        let time = "2018-08-07T10:30:05.9+09:00[+09:00]".parse().unwrap();
        let name = object_name("data/", "Delivery", 3, &time, ".gz", Uuid::from_u128(0xab));
        insta::assert_snapshot!(
            name,
            @"data/Delivery-3-2018-08-07-10-30-05-00000000-0000-0000-0000-0000000000ab.gz"
        );
    }

    #[test]
    fn a_file_extension_replaces_the_default() {
        let gzip = |extension| object_extension(Compression::Gzip, extension);
        assert_eq!([gzip(None), gzip(Some("")), gzip(Some(".jsonl"))], [".gz", ".gz", ".jsonl"]);
        assert_eq!(object_extension(Compression::Uncompressed, None), "");
        assert_eq!(object_extension(Compression::Uncompressed, Some(".json")), ".json");
    }
}
