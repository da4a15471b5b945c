use std::{collections::VecDeque, path::PathBuf};

use super::replay_summary::LastLine;
use crate::store::{StoreError, StoreErrorKind, StoreOptions, StoredLine, StoredLines};

/// The lines of error objects. Arguments name the objects: files, folders, keys and prefixes. Each
/// argument is opened after the last line of the previous argument.
#[derive(Debug)]
pub struct ErrorObjects {
    arguments: VecDeque<PathBuf>,
    options: StoreOptions,
    current: Option<StoredLines>,
    is_remote: bool,
    /// The line after which the reading begins, until this line is read.
    after: Option<LastLine>,
    /// `true` after an error because the line of `after` is missing.
    misses_start: bool,
}

impl ErrorObjects {
    /// Opens the first of these files, folders, objects and prefixes.
    ///
    /// # Errors
    ///
    /// If the first argument cannot be opened.
    pub async fn open(arguments: &[PathBuf], options: StoreOptions) -> Result<Self, StoreError> {
        let arguments = arguments.iter().cloned().collect();
        let (after, misses_start) = (None, false);
        let mut objects =
            Self { arguments, options, current: None, is_remote: false, after, misses_start };
        objects.advance().await?;
        Ok(objects)
    }

    /// Begins after this line, which an earlier replay of the same objects read last. Objects before
    /// the object of the line are not opened. The reading fails if the line is missing.
    #[must_use]
    pub fn after(mut self, line: LastLine) -> Self {
        if let Some(lines) = &mut self.current {
            lines.skip_to(&line.object);
        }
        self.after = Some(line);
        self
    }

    /// Returns the next line, or `None` after the last line.
    ///
    /// # Errors
    ///
    /// If a line, an object or an argument cannot be read. The next call continues after this line,
    /// object or argument. Also if the line of [`after`](Self::after) is missing, which
    /// [`misses_start`](Self::misses_start) reports.
    pub(super) async fn next(&mut self) -> Option<Result<StoredLine, StoreError>> {
        loop {
            let line = match self.read().await {
                Some(Ok(line)) => Some(line),
                Some(Err(error)) => return Some(Err(error)),
                None => None,
            };
            let Some(after) = &self.after else { return line.map(Ok) };
            match line {
                Some(line) if *line.object == *after.object && line.number < after.line => {}
                Some(line) if *line.object == *after.object && line.number == after.line => {
                    self.after = None;
                }
                _ => {
                    self.misses_start = true;
                    let LastLine { object, line } = after;
                    let message = format!(
                        "cannot continue after {object}:{line}: the error objects have no such line"
                    );
                    return Some(Err(StoreError::new(StoreErrorKind::BadContent, message)));
                }
            }
        }
    }

    /// Returns `true` after an error because the line of [`after`](Self::after) is missing.
    pub(super) fn misses_start(&self) -> bool {
        self.misses_start
    }

    /// Returns the next line of all objects, except of objects that are not opened.
    async fn read(&mut self) -> Option<Result<StoredLine, StoreError>> {
        loop {
            if let Some(lines) = &mut self.current {
                match lines.next().await {
                    Some(line) => return Some(line),
                    None => self.current = None,
                }
            } else {
                match self.advance().await {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => return Some(Err(error)),
                }
            }
        }
    }

    /// Returns `true` if the last error concerns the whole server, so that every further object
    /// would fail too. A missing bucket is such an error, but a missing object is not.
    pub(super) fn is_of_server(&self, error: &StoreError) -> bool {
        let is_listed = self.current.as_ref().is_some_and(|lines| lines.objects() > 0);
        let is_of_object = match error.kind() {
            StoreErrorKind::BadContent => true,
            StoreErrorKind::NotFound => is_listed,
            _ => false,
        };
        self.is_remote && !is_of_object
    }

    /// Opens the next argument. Returns `false` if no argument is left.
    async fn advance(&mut self) -> Result<bool, StoreError> {
        let Some(argument) = self.arguments.pop_front() else { return Ok(false) };
        self.is_remote = argument.as_os_str().as_encoded_bytes().starts_with(b"s3:");
        let mut lines = StoredLines::open(&argument, &self.options).await?;
        if let Some(after) = &self.after {
            lines.skip_to(&after.object);
        }
        self.current = Some(lines);
        Ok(true)
    }
}
