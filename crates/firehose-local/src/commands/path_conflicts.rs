use std::{
    fs::{self, File, Metadata},
    io,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
};

use super::command_error::CommandError;
use firehose_delivery::store::StoreLocation;

/// The inputs of a command, for comparison with the paths that the command writes. A command must
/// not read its own output, and must not replace its input.
#[derive(Debug)]
pub(super) struct InputPaths {
    /// The word for the contents of the inputs in error messages, such as `records`.
    contents: &'static str,
    locations: Vec<StoreLocation>,
    has_standard_input: bool,
}

impl InputPaths {
    /// Returns the inputs of a command that reads files, folders and standard input (`-`).
    pub(super) fn files(paths: &[PathBuf], contents: &'static str) -> Self {
        let locations = paths.iter().filter(|path| !is_standard_input(path));
        let locations = locations.map(|path| StoreLocation::Folder(resolved(path))).collect();
        let has_standard_input = paths.iter().any(|path| is_standard_input(path));
        Self { contents, locations, has_standard_input }
    }

    /// Returns the inputs of a command that also reads objects and prefixes of buckets.
    ///
    /// # Errors
    ///
    /// If a file or a folder is missing, or if a location is invalid.
    pub(super) fn objects(paths: &[PathBuf], contents: &'static str) -> Result<Self, CommandError> {
        let mut locations = Vec::new();
        for path in paths.iter().filter(|path| !is_standard_input(path)) {
            let location = parsed(path)?;
            if let StoreLocation::Folder(file) = &location {
                fs::metadata(file).map_err(|error| {
                    CommandError::usage(format!("cannot read {}: {error}", path.display()))
                })?;
            }
            locations.push(location);
        }
        Ok(Self { locations, ..Self::files(paths, contents) })
    }

    /// Rejects the store of an option if the store is an input, or is below an input.
    pub(super) fn reject_store(&self, option: &str, store: &Path) -> Result<(), CommandError> {
        let location = parsed(store)?;
        match self.locations.iter().find(|input| is_below(&location, input)) {
            Some(input) => Err(self.rejected(option, store, &format!("in {input}"))),
            None => Ok(()),
        }
    }

    /// Rejects the file of an option if the file is below an input, or is an input under any name.
    ///
    /// Accepts an existing path that is not a regular file, such as a terminal, because writing to
    /// such a path destroys no input.
    pub(super) fn reject_file(&self, option: &str, file: &Path) -> Result<(), CommandError> {
        let present = fs::metadata(file).ok();
        if present.as_ref().is_some_and(|present| !present.is_file()) {
            return Ok(());
        }
        let location = StoreLocation::Folder(resolved(file));
        let is_input = |input: &StoreLocation| match input {
            StoreLocation::Folder(path) => is_same(present.as_ref(), fs::metadata(path)),
            StoreLocation::S3 { .. } => false,
        };
        let mut inputs = self.locations.iter();
        if let Some(input) = inputs.find(|input| is_below(&location, input) || is_input(input)) {
            return Err(self.rejected(option, file, &format!("in {input}")));
        }
        if self.has_standard_input && is_same(present.as_ref(), standard_input()) {
            return Err(self.rejected(option, file, "the standard input"));
        }
        Ok(())
    }

    fn rejected(&self, option: &str, path: &Path, place: &str) -> CommandError {
        let (path, contents) = (path.display(), self.contents);
        CommandError::usage(format!(
            "{option} {path} is {place}, where the {contents} are read from: choose another path"
        ))
    }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// Returns the metadata of standard input, which may be a file.
fn standard_input() -> io::Result<Metadata> {
    File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata()
}

fn is_same(one: Option<&Metadata>, other: io::Result<Metadata>) -> bool {
    let (Some(one), Ok(other)) = (one, other) else { return false };
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Parses a location, and resolves a path.
fn parsed(path: &Path) -> Result<StoreLocation, CommandError> {
    let location = StoreLocation::parse(path)
        .map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))?;
    Ok(match location {
        StoreLocation::Folder(path) => StoreLocation::Folder(resolved(&path)),
        s3 @ StoreLocation::S3 { .. } => s3,
    })
}

/// Returns the absolute path. Resolves links in the part of the path that exists.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => absolute,
    }
}

/// Returns `true` if a store at `location` is read as part of `input`.
fn is_below(location: &StoreLocation, input: &StoreLocation) -> bool {
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
