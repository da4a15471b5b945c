use std::{
    fs::{self, Metadata},
    path::{Path, PathBuf},
};

use super::{
    super::command_error::CommandError,
    resolved_location::{is_below, is_same, parsed, resolved, standard_input},
};
use firehose_delivery::store::StoreLocation;

/// The paths that a command reads and writes.
pub(in super::super) struct CommandPaths<'a> {
    /// The word for the contents of the inputs in error messages, such as `records`.
    contents: &'static str,
    inputs: Vec<StoreLocation>,
    has_standard_input: bool,
    /// Other files that the command reads, each with its meaning, such as `the template`.
    read: Vec<(&'static str, &'a Path)>,
    /// The option that names the store, and the location of the store.
    store: Option<(&'static str, &'a Path)>,
    files: Vec<OutputFile<'a>>,
}

/// A file that the command writes.
struct OutputFile<'a> {
    /// The option that names the file, or the name of a standard stream.
    option: &'static str,
    path: PathBuf,
    may_write: MayWrite<'a>,
}

/// A check that an existing file may be written.
type MayWrite<'a> = Box<dyn Fn(&Path) -> Result<(), String> + 'a>;

impl<'a> CommandPaths<'a> {
    /// Returns the paths of a command that reads files, folders and standard input (`-`).
    pub(in super::super) fn of_files(paths: &[PathBuf], contents: &'static str) -> Self {
        let inputs = paths.iter().filter(|path| !is_standard_input(path));
        let inputs = inputs.map(|path| StoreLocation::Folder(resolved(path))).collect();
        let has_standard_input = paths.iter().any(|path| is_standard_input(path));
        let (read, store) = (Vec::new(), None);
        Self { contents, inputs, has_standard_input, read, store, files: standard_streams() }
    }

    /// Returns the paths of a command that also reads objects and prefixes of buckets.
    ///
    /// # Errors
    ///
    /// If a file or a folder is missing, or if a location is invalid.
    pub(in super::super) fn of_objects(
        paths: &[PathBuf],
        contents: &'static str,
    ) -> Result<Self, CommandError> {
        let mut inputs = Vec::new();
        for path in paths.iter().filter(|path| !is_standard_input(path)) {
            let location = parsed(path)?;
            if let StoreLocation::Folder(file) = &location {
                fs::metadata(file).map_err(|error| {
                    CommandError::usage(format!("cannot read {}: {error}", path.display()))
                })?;
            }
            inputs.push(location);
        }
        Ok(Self { inputs, ..Self::of_files(paths, contents) })
    }

    /// Adds a file that the command reads beside its inputs. `meaning` names the file in errors,
    /// such as `the template`.
    pub(in super::super) fn reads(mut self, meaning: &'static str, file: Option<&'a Path>) -> Self {
        self.read.extend(file.map(|file| (meaning, file)));
        self
    }

    /// Adds the store that an option names. Objects have new names, so that no object replaces a
    /// file.
    pub(in super::super) fn stores(mut self, option: &'static str, to: Option<&'a Path>) -> Self {
        self.store = to.map(|to| (option, to));
        self
    }

    /// Adds the file that an option names. `may_write` checks that an existing file may be written.
    pub(in super::super) fn writes(
        mut self,
        option: &'static str,
        file: Option<&Path>,
        may_write: impl Fn(&Path) -> Result<(), String> + 'a,
    ) -> Self {
        self.files.extend(file.map(|file| OutputFile {
            option,
            path: file.to_owned(),
            may_write: Box::new(may_write),
        }));
        self
    }

    /// Rejects outputs that are below an input, that replace a file which the command reads, that
    /// share a file, or that would overwrite a file which `firehose-local` did not write.
    pub(in super::super) fn check(&self) -> Result<(), CommandError> {
        if let Some((option, store)) = self.store {
            let location = parsed(store)?;
            if let Some(input) = self.inputs.iter().find(|input| is_below(&location, input)) {
                return Err(self.input_conflict(option, store, &format!("in {input}")));
            }
        }
        for (index, file) in self.files.iter().enumerate() {
            let present = fs::metadata(&file.path).ok();
            // Writing to a pipe or to a terminal destroys nothing.
            if present.as_ref().is_none_or(Metadata::is_file) {
                self.check_inputs(file, present.as_ref())?;
                self.check_others(file, present.as_ref(), &self.files[..index])?;
            }
            (file.may_write)(&file.path).map_err(CommandError::usage)?;
        }
        Ok(())
    }

    fn check_inputs(
        &self,
        file: &OutputFile<'_>,
        present: Option<&Metadata>,
    ) -> Result<(), CommandError> {
        let location = StoreLocation::Folder(resolved(&file.path));
        let is_input = |input: &StoreLocation| match input {
            StoreLocation::Folder(path) => is_same(present, fs::metadata(path).ok().as_ref()),
            StoreLocation::S3 { .. } => false,
        };
        let mut inputs = self.inputs.iter();
        if let Some(input) = inputs.find(|input| is_below(&location, input) || is_input(input)) {
            return Err(self.input_conflict(file.option, &file.path, &format!("in {input}")));
        }
        if self.has_standard_input && is_same(present, standard_input().ok().as_ref()) {
            return Err(self.input_conflict(file.option, &file.path, "the standard input"));
        }
        Ok(())
    }

    /// Compares a file with the other files of the command, and with its store.
    fn check_others(
        &self,
        file: &OutputFile<'_>,
        present: Option<&Metadata>,
        before: &[OutputFile<'_>],
    ) -> Result<(), CommandError> {
        let (option, path) = (file.option, file.path.display());
        let is_file = |other: &Path| {
            let metadata = fs::metadata(other).ok();
            let is_regular = metadata.as_ref().is_none_or(Metadata::is_file);
            is_same(present, metadata.as_ref())
                || is_regular && resolved(other) == resolved(&file.path)
        };
        if let Some((meaning, _)) = self.read.iter().find(|(_, other)| is_file(other)) {
            let reason = format!("{option} {path} is {meaning}: choose another path");
            return Err(CommandError::usage(reason));
        }
        // Both standard streams may lead to one file.
        let others = before.iter().filter(|other| !(is_stream(file) && is_stream(other)));
        let others = others.map(|other| (other.option, other.path.as_path()));
        let store = self.store.filter(|(_, to)| {
            let location = StoreLocation::Folder(resolved(&file.path));
            parsed(to).is_ok_and(|to| is_below(&to, &location))
        });
        if let Some((other, _)) = others.filter(|(_, other)| is_file(other)).chain(store).next() {
            return Err(CommandError::usage(format!(
                "{option} {path} is also the path of {other}: choose another path for one of them"
            )));
        }
        Ok(())
    }

    fn input_conflict(&self, option: &str, path: &Path, place: &str) -> CommandError {
        let (path, contents) = (path.display(), self.contents);
        CommandError::usage(format!(
            "{option} {path} is {place}, where the {contents} are read from: choose another path"
        ))
    }
}

const STREAMS: [(&str, &str); 2] =
    [("standard output", "/proc/self/fd/1"), ("standard error", "/proc/self/fd/2")];

/// Returns the files behind standard output and standard error, where the system has `/proc`. The
/// shell has opened and perhaps emptied these files already.
fn standard_streams<'a>() -> Vec<OutputFile<'a>> {
    let file = |(option, link): &(&'static str, &str)| {
        let path = fs::read_link(link).ok().filter(|path| path.is_file())?;
        Some(OutputFile { option, path, may_write: Box::new(|_| Ok(())) })
    };
    STREAMS.iter().filter_map(file).collect()
}

fn is_stream(file: &OutputFile<'_>) -> bool {
    STREAMS.iter().any(|(option, _)| *option == file.option)
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}
