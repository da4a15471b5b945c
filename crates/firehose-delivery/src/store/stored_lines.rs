use std::{ffi::OsStr, fmt, fs::File, io, path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};

use super::{
    blocking_pieces::blocking_pieces,
    error::StoreError,
    error_kind::StoreErrorKind,
    location::StoreLocation,
    object_lines::{NumberedLine, ObjectLines},
    open::Store,
    options::StoreOptions,
};

/// The lines of objects, one object after the other. Gzip is unpacked.
///
/// Memory holds one line, a few pieces of the current object, and a list of keys: a page for a
/// bucket, all keys for a folder.
pub struct StoredLines {
    objects: BoxStream<'static, Result<Object, StoreError>>,
    current: Option<OpenObject>,
    opened: u64,
    /// The name of the first object to read. Objects before it are not opened.
    first: Option<Arc<str>>,
}

/// A line that is not empty, without its newline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredLine {
    /// The bytes of the line, which may not be UTF-8.
    pub text: Bytes,
    /// The name of the object in messages.
    pub object: Arc<str>,
    /// The number of the line, counted from 1 in the unpacked object.
    pub number: u64,
}

/// An object that is not read yet.
struct Object {
    /// The name in messages.
    name: Arc<str>,
    content: Pieces,
}

type Pieces = BoxStream<'static, Result<Bytes, StoreError>>;

/// The object that is being read.
struct OpenObject {
    object: Object,
    lines: ObjectLines,
    /// `true` after an error, which ends the reading of the object.
    has_failed: bool,
}

impl StoredLines {
    /// The limit of a line, in bytes. A line of Firehose has one record of at most 10 MiB in
    /// base64.
    pub const MAX_LINE: usize = 32 * 1024 * 1024;

    /// Opens a file, all files of a folder, an object, all objects below a prefix (`s3://...`), or
    /// standard input (`-`).
    ///
    /// A prefix ends at a slash: `s3://bucket/errors/2026` is the object with this key, or else all
    /// objects whose keys begin with `errors/2026/`.
    ///
    /// # Errors
    ///
    /// If a file or folder is missing, or the bucket cannot be reached. A location without objects
    /// is not an error: see [`StoredLines::objects`].
    pub async fn open(
        argument: impl AsRef<OsStr> + Send,
        options: &StoreOptions,
    ) -> Result<Self, StoreError> {
        let argument = argument.as_ref().to_owned();
        if argument == "-" {
            return Ok(Self::of_one(
                "standard input",
                blocking_pieces("standard input", io::stdin()),
            ));
        }
        let location = StoreLocation::parse(&argument)?;
        match &location {
            StoreLocation::Folder(path) if !path.is_dir() => Self::of_file(path),
            StoreLocation::Folder(_) => Ok(Self::of_store(&Store::open(&location, options)?)),
            StoreLocation::S3 { .. } => {
                let store = Store::open(&location, options)?;
                if !argument.as_encoded_bytes().ends_with(b"/") && store.is_object().await? {
                    return Ok(Self::of_one(&store.to_string(), store.read("")));
                }
                Ok(Self::of_store(&store))
            }
        }
    }

    /// Returns the lines of all objects of a store.
    pub fn of_store(store: &Store) -> Self {
        let read_from = store.clone();
        let objects = store.list().map(move |object| {
            let key = object?.key;
            let name = read_from.locate(&key).into();
            Ok(Object { name, content: read_from.read(&key) })
        });
        Self { objects: objects.boxed(), current: None, opened: 0, first: None }
    }

    fn of_file(path: &Path) -> Result<Self, StoreError> {
        let name = path.display().to_string();
        let action = format!("cannot read {name}");
        let file = File::open(path).map_err(|error| StoreError::of(&action, &error))?;
        Ok(Self::of_one(&name, blocking_pieces(&name, file)))
    }

    fn of_one(name: &str, content: Pieces) -> Self {
        let object = Object { name: name.into(), content };
        Self { objects: stream::iter([Ok(object)]).boxed(), current: None, opened: 0, first: None }
    }

    /// Skips the objects before the object with this name in messages, without opening them.
    pub fn skip_to(&mut self, object: &str) {
        self.first = Some(object.into());
    }

    /// Returns the number of objects opened so far.
    pub fn objects(&self) -> u64 {
        self.opened
    }

    /// Returns the next line, or `None` after the last line. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// If a line is too long, or an object is damaged or cannot be read. The message names the line
    /// or the object. The next call continues with the next line or the next object.
    pub async fn next(&mut self) -> Option<Result<StoredLine, StoreError>> {
        loop {
            let Some(open) = &mut self.current else {
                match self.objects.next().await? {
                    Ok(object) if self.first.as_ref().is_some_and(|it| *it != object.name) => {}
                    Ok(object) => {
                        self.first = None;
                        self.opened += 1;
                        self.current = Some(OpenObject::new(object));
                    }
                    Err(error) => return Some(Err(error)),
                }
                continue;
            };
            match open.next().await {
                Some(line) => return Some(line),
                None => self.current = None,
            }
        }
    }
}

impl OpenObject {
    fn new(object: Object) -> Self {
        Self { object, lines: ObjectLines::new(StoredLines::MAX_LINE), has_failed: false }
    }

    /// Returns the next line of the object, or `None` at its end.
    async fn next(&mut self) -> Option<Result<StoredLine, StoreError>> {
        while !self.has_failed {
            match self.lines.next_line() {
                Ok(line) => return line.map(|line| self.line(line)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    self.has_failed = true;
                    return Some(Err(self.damaged(&error)));
                }
            }
            match self.object.content.next().await {
                Some(Ok(piece)) => self.lines.push(piece),
                Some(Err(error)) => {
                    self.has_failed = true;
                    return Some(Err(error));
                }
                None => self.lines.close(),
            }
        }
        None
    }

    fn line(&self, line: NumberedLine) -> Result<StoredLine, StoreError> {
        let NumberedLine { number, text } = line;
        let object = Arc::clone(&self.object.name);
        match text {
            Some(text) => Ok(StoredLine { text, object, number }),
            None => Err(too_long(&object, number)),
        }
    }

    fn damaged(&self, error: &io::Error) -> StoreError {
        let message =
            format!("cannot unpack {}: {error}; the object may be truncated", self.object.name);
        StoreError::new(StoreErrorKind::BadContent, message)
    }
}

fn too_long(object: &str, number: u64) -> StoreError {
    let max = StoredLines::MAX_LINE;
    let message = format!("cannot read {object}:{number}: the line is longer than {max} bytes");
    StoreError::new(StoreErrorKind::BadContent, message)
}

impl fmt::Debug for StoredLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current.as_ref().map(|open| &open.object.name);
        f.debug_struct("StoredLines").field("current", &current).finish_non_exhaustive()
    }
}
