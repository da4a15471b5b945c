use std::{collections::VecDeque, path::PathBuf};

use crate::store::{StoreError, StoreErrorKind, StoreOptions, StoredLine, StoredLines};

/// The lines of error objects. Arguments name the objects: files, folders, keys and prefixes. Each
/// argument is opened after the last line of the previous argument.
#[derive(Debug)]
pub struct ErrorObjects {
    arguments: VecDeque<PathBuf>,
    options: StoreOptions,
    current: Option<StoredLines>,
    is_remote: bool,
}

impl ErrorObjects {
    /// Opens the first of these files, folders, objects and prefixes.
    ///
    /// # Errors
    ///
    /// If the first argument cannot be opened.
    pub async fn open(arguments: &[PathBuf], options: StoreOptions) -> Result<Self, StoreError> {
        let arguments = arguments.iter().cloned().collect();
        let mut objects = Self { arguments, options, current: None, is_remote: false };
        objects.advance().await?;
        Ok(objects)
    }

    /// Returns the next line, or `None` after the last line.
    ///
    /// # Errors
    ///
    /// If a line, an object or an argument cannot be read. The next call continues after this line,
    /// object or argument.
    pub(super) async fn next(&mut self) -> Option<Result<StoredLine, StoreError>> {
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
        self.current = Some(StoredLines::open(&argument, &self.options).await?);
        Ok(true)
    }
}
