use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
};

use super::{StoreError, StoreErrorKind};

/// The location of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreLocation {
    /// A folder. Keys are paths in the folder.
    Folder(PathBuf),
    /// A bucket of S3, or of a service that is compatible with S3.
    S3 {
        /// The name of the bucket.
        bucket: String,
        /// The start of all keys, without slashes at either end; it may be empty.
        prefix: String,
    },
}

impl StoreLocation {
    /// Parses `s3://bucket/prefix`, or else the path of a folder.
    ///
    /// # Errors
    ///
    /// The text is empty or `-`, has another scheme, or has an invalid name of a bucket.
    pub fn parse(argument: impl AsRef<OsStr>) -> Result<Self, StoreError> {
        let argument = argument.as_ref();
        if argument.is_empty() || argument == "-" {
            return Err(bad("a store must be a folder or s3://bucket/prefix"));
        }
        let Some((scheme, rest)) = argument.to_str().and_then(scheme) else {
            return Ok(Self::Folder(Path::new(argument).to_owned()));
        };
        let Some(rest) = rest.strip_prefix("//").filter(|_| scheme == "s3") else {
            return Err(bad(&format!(
                "{scheme}: is not supported; a store must be a folder or s3://bucket/prefix; for a \
                 folder of this name, write ./ before the name"
            )));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket(bucket) {
            return Err(bad(
                "s3:// must be followed by the name of a bucket: 3 to 63 letters, digits, dots and hyphens",
            ));
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

/// Splits a text at its first colon if it looks like a URL: `s3:`, `gs://`.
fn scheme(argument: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = argument.split_once(':')?;
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    (!scheme.is_empty() && is_scheme && (rest.starts_with("//") || scheme == "s3"))
        .then_some((scheme, rest))
}

/// Checks the name of a bucket by the rules of today, and by those before 2018, which allow
/// capitals and underscores:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>. None of the
/// allowed characters has a meaning in a URL.
fn is_bucket(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (3..=63).contains(&name.len())
        && name.bytes().all(is_allowed)
        && name.as_bytes()[0].is_ascii_alphanumeric()
}

fn bad(message: &str) -> StoreError {
    StoreError::new(StoreErrorKind::BadLocation, message)
}

impl fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_a_bucket_with_a_prefix_or_a_folder() {
        for (argument, shown) in [
            ("s3://bucket", "s3://bucket"),
            ("s3://bucket/", "s3://bucket"),
            ("s3://bucket/a b/c=1/", "s3://bucket/a b/c=1"),
            ("s3://My_old.bucket-1//a", "s3://My_old.bucket-1/a"),
        ] {
            let location = StoreLocation::parse(argument).unwrap();
            assert!(matches!(location, StoreLocation::S3 { .. }), "{argument}");
            assert_eq!(location.to_string(), shown);
        }
        for folder in ["out", "/tmp/out", "./s3:", "a:b", "s3", "~", "a/b://c"] {
            let location = StoreLocation::parse(folder).unwrap();
            assert_eq!(location, StoreLocation::Folder(folder.into()));
        }
    }

    #[test]
    fn other_schemes_and_invalid_buckets_are_rejected() {
        for (argument, expected) in [
            ("", "must be a folder or s3://"),
            ("-", "must be a folder or s3://"),
            (
                "gs://bucket/a",
                "gs: is not supported; a store must be a folder or s3://bucket/prefix",
            ),
            ("s3a://bucket", "s3a: is not supported"),
            ("file:///tmp", "file: is not supported"),
            ("memory://", "memory: is not supported"),
            ("s3:bucket", "s3: is not supported; a store must be a folder or s3://"),
            ("s3:/bucket", "must be a folder or s3://"),
            ("s3://", "3 to 63 letters"),
            ("s3:///prefix", "3 to 63 letters"),
            ("s3://b/prefix", "3 to 63 letters"),
            ("s3://a?b#c/", "3 to 63 letters"),
            ("s3://../b", "3 to 63 letters"),
            ("s3://key:secret@bucket/", "3 to 63 letters"),
        ] {
            let error = StoreLocation::parse(argument).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::BadLocation);
            assert!(error.to_string().contains(expected), "{argument}: {error}");
            assert!(!error.to_string().contains("secret@"), "{error}");
        }
    }
}
