use std::{
    fs::{File, Metadata},
    io,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
};

use super::super::command_error::CommandError;
use firehose_delivery::store::StoreLocation;

/// Returns the metadata of standard input, which may be a file.
pub(super) fn standard_input() -> io::Result<Metadata> {
    File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata()
}

/// Returns `true` if both metadata are of the same file, under any name.
pub(super) fn is_same(one: Option<&Metadata>, other: Option<&Metadata>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Parses a location, and resolves the path of a folder or file.
pub(super) fn parsed(path: &Path) -> Result<StoreLocation, CommandError> {
    let location = StoreLocation::parse(path)
        .map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))?;
    Ok(match location {
        StoreLocation::Folder(path) => StoreLocation::Folder(resolved(&path)),
        s3 @ StoreLocation::S3 { .. } => s3,
    })
}

/// Returns the absolute path. Resolves links in the part of the path that exists.
pub(super) fn resolved(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => absolute,
    }
}

/// Returns `true` if a command that reads `input` also reads `location`.
pub(super) fn is_below(location: &StoreLocation, input: &StoreLocation) -> bool {
    match (location, input) {
        (StoreLocation::Folder(path), StoreLocation::Folder(input)) => path.starts_with(input),
        (
            StoreLocation::S3 { bucket, prefix },
            StoreLocation::S3 { bucket: input_bucket, prefix: input_prefix },
        ) => {
            let rest = prefix.strip_prefix(input_prefix.as_str());
            let is_whole_name =
                |rest: &str| rest.is_empty() || input_prefix.is_empty() || rest.starts_with('/');
            bucket == input_bucket && rest.is_some_and(is_whole_name)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_below_an_input_conflicts_and_a_path_beside_it_does_not() {
        let is_below = |place: &str, input: &str| {
            is_below(&parsed(Path::new(place)).unwrap(), &parsed(Path::new(input)).unwrap())
        };
        for (place, input) in [
            ("s3://bucket/a/b", "s3://bucket/a/"),
            ("s3://bucket/a", "s3://bucket/a"),
            ("s3://bucket", "s3://bucket"),
            ("s3://bucket/a", "s3://bucket/"),
            ("/none/a/b", "/none/a"),
            ("/none/a", "/none/a/"),
            ("/tmp/../none/x", "/none"),
        ] {
            assert!(is_below(place, input), "{place} {input}");
        }
        for (place, input) in [
            ("s3://bucket", "s3://bucket/errors"),
            ("s3://bucket/errors2", "s3://bucket/errors"),
            ("s3://other/errors", "s3://bucket/errors"),
            ("/none", "/none/errors"),
            ("/none/errors2", "/none/errors"),
            ("/bucket/errors", "s3://bucket/errors"),
        ] {
            assert!(!is_below(place, input), "{place} {input}");
        }
    }
}
