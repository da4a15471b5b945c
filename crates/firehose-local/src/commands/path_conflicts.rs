use std::{
    fs::{self, File, Metadata},
    io,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
};

use super::command_error::CommandError;
use firehose_delivery::store::StoreLocation;

/// Where a command reads from, to be held against where it is to write to: what is written must
/// not be read in turn, and not take the place of what is read.
#[derive(Debug)]
pub(super) struct Inputs {
    /// What is read there, in the plural.
    what: &'static str,
    places: Vec<StoreLocation>,
    has_standard_input: bool,
}

impl Inputs {
    /// Files and folders, and `-`.
    pub(super) fn files(paths: &[PathBuf], what: &'static str) -> Self {
        let places = paths.iter().filter(|path| !is_standard_input(path));
        let places = places.map(|path| StoreLocation::Folder(resolved(path))).collect();
        Self { what, places, has_standard_input: paths.iter().any(|it| is_standard_input(it)) }
    }

    /// Files, folders, objects and prefixes, and `-`. The first two are there.
    pub(super) fn objects(paths: &[PathBuf], what: &'static str) -> Result<Self, CommandError> {
        let mut places = Vec::new();
        for path in paths.iter().filter(|path| !is_standard_input(path)) {
            let place = located(path)?;
            if let StoreLocation::Folder(file) = &place {
                fs::metadata(file).map_err(|error| {
                    CommandError::usage(format!("cannot read {}: {error}", path.display()))
                })?;
            }
            places.push(place);
        }
        Ok(Self { places, ..Self::files(paths, what) })
    }

    /// Refuses a store in one of them, as this option names it.
    pub(super) fn refuse_store(&self, option: &str, store: &Path) -> Result<(), CommandError> {
        let place = located(store)?;
        match self.places.iter().find(|input| is_in(&place, input)) {
            Some(input) => Err(self.refused(option, store, &format!("in {input}"))),
            None => Ok(()),
        }
    }

    /// Refuses a file in one of them, or that is one of them under whatever name. What is there
    /// and is no file, a terminal for one, loses nothing by being written to.
    pub(super) fn refuse_file(&self, option: &str, file: &Path) -> Result<(), CommandError> {
        let present = fs::metadata(file).ok();
        if present.as_ref().is_some_and(|present| !present.is_file()) {
            return Ok(());
        }
        let place = StoreLocation::Folder(resolved(file));
        let is_it = |input: &StoreLocation| match input {
            StoreLocation::Folder(path) => is_same(present.as_ref(), fs::metadata(path)),
            StoreLocation::S3 { .. } => false,
        };
        if let Some(input) = self.places.iter().find(|input| is_in(&place, input) || is_it(input)) {
            return Err(self.refused(option, file, &format!("in {input}")));
        }
        if self.has_standard_input && is_same(present.as_ref(), standard_input()) {
            return Err(self.refused(option, file, "the standard input"));
        }
        Ok(())
    }

    fn refused(&self, option: &str, path: &Path, place: &str) -> CommandError {
        let (path, what) = (path.display(), self.what);
        CommandError::usage(format!(
            "{option} {path} is {place}, where the {what} are read from: name another place"
        ))
    }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// What standard input comes from: a shell may have opened a file.
fn standard_input() -> io::Result<Metadata> {
    File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata()
}

fn is_same(one: Option<&Metadata>, other: io::Result<Metadata>) -> bool {
    let (Some(one), Ok(other)) = (one, other) else { return false };
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// A location, a path as the file system has it.
fn located(path: &Path) -> Result<StoreLocation, CommandError> {
    let location = StoreLocation::parse(path)
        .map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))?;
    Ok(match location {
        StoreLocation::Folder(path) => StoreLocation::Folder(resolved(&path)),
        s3 @ StoreLocation::S3 { .. } => s3,
    })
}

/// The absolute path without links, as far as it is there.
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

/// Whether what is put at `place` would be read with `input`.
fn is_in(place: &StoreLocation, input: &StoreLocation) -> bool {
    match (place, input) {
        (StoreLocation::Folder(place), StoreLocation::Folder(input)) => place.starts_with(input),
        (
            StoreLocation::S3 { bucket, prefix },
            StoreLocation::S3 { bucket: input_bucket, prefix: input_prefix },
        ) => {
            let rest = prefix.strip_prefix(input_prefix.as_str());
            let is_below =
                |rest: &str| rest.is_empty() || input_prefix.is_empty() || rest.starts_with('/');
            bucket == input_bucket && rest.is_some_and(is_below)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_an_input_is_in_it_and_what_is_beside_it_is_not() {
        let is_in = |place: &str, input: &str| {
            is_in(&located(Path::new(place)).unwrap(), &located(Path::new(input)).unwrap())
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
            assert!(is_in(place, input), "{place} {input}");
        }
        for (place, input) in [
            ("s3://bucket", "s3://bucket/errors"),
            ("s3://bucket/errors2", "s3://bucket/errors"),
            ("s3://other/errors", "s3://bucket/errors"),
            ("/none", "/none/errors"),
            ("/none/errors2", "/none/errors"),
            ("/bucket/errors", "s3://bucket/errors"),
        ] {
            assert!(!is_in(place, input), "{place} {input}");
        }
    }
}
