use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{super::cannot_run::CannotRun, Replay};
use crate::store::StoreLocation;

/// Finds out whether what is to be read is there, and whether what is to be written would be read
/// in turn, or take its place.
pub(super) fn check(replay: &Replay) -> Result<(), CannotRun> {
    let inputs = replay.objects.iter().filter(|path| path.as_path() != Path::new("-"));
    let inputs = inputs.map(|path| located(path)).collect::<Result<Vec<_>, _>>()?;
    for (input, path) in inputs.iter().zip(&replay.objects) {
        if let StoreLocation::Folder(file) = input {
            fs::metadata(file).map_err(|error| {
                CannotRun::usage(format!("cannot read {}: {error}", path.display()))
            })?;
        }
    }
    let read = |place: &StoreLocation| inputs.iter().find(|input| is_in(place, input));
    if let Some(to) = &replay.recovered.to
        && let Some(input) = read(&located(to)?)
    {
        return Err(CannotRun::usage(format!(
            "--to {} is in {input}, where the failed records are read from: name another place",
            to.display()
        )));
    }
    let Some(rest) = &replay.rest.rest else { return Ok(()) };
    if let Some(input) = read(&StoreLocation::Folder(resolved(rest))) {
        return Err(CannotRun::usage(format!(
            "--rest {} is in {input}, where the failed records are read from: name another file",
            rest.display()
        )));
    }
    if !replay.rest.force && rest.exists() {
        let rest = rest.display();
        return Err(CannotRun::usage(format!(
            "{rest} is there already: --force replaces it, or name another file for --rest"
        )));
    }
    Ok(())
}

/// A location, a path as the file system has it.
fn located(path: &Path) -> Result<StoreLocation, CannotRun> {
    let location = StoreLocation::parse(path)
        .map_err(|error| CannotRun::usage(format!("{}: {error}", path.display())))?;
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
