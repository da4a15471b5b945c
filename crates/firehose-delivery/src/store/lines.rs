use std::{
    ffi::OsStr,
    fmt,
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
    thread,
};

use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::sync::mpsc;

use super::{Store, StoreError, StoreErrorKind, StoreLocation, StoreOptions, content::Content};

/// The lines of objects, one object after the other, each unpacked if it is packed by gzip.
///
/// Of a store it holds a list of keys by the page, of a folder the whole of it, and beside that
/// one line and a few pieces of the object that is read.
pub struct StoredLines {
    objects: BoxStream<'static, Result<Object, StoreError>>,
    current: Option<Reading>,
    opened: u64,
}

/// A line that is not empty, without what ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredLine {
    /// As it is; it need not be text.
    pub text: Vec<u8>,
    /// The object that it is of, as messages name it.
    pub object: Arc<str>,
    /// Counted from 1 on in the object as it is unpacked.
    pub number: u64,
}

struct Object {
    name: Arc<str>,
    content: Pieces,
}

type Pieces = BoxStream<'static, Result<Bytes, StoreError>>;

struct Reading {
    object: Object,
    content: Content,
    /// Of the last piece, what is not pushed yet.
    rest: Bytes,
    end: Option<Result<(), StoreError>>,
}

impl StoredLines {
    /// The longest line that is read, in bytes. A line of Firehose has a record in it, of
    /// 10 MiB at most, in base64.
    pub const MAX_LINE: usize = 32 * 1024 * 1024;

    /// Opens a file, each file in a folder, an object or those under a prefix (`s3://...`), or
    /// standard input (`-`).
    ///
    /// A prefix ends at a slash: `s3://bucket/errors/2026` is an object of this key, or else those
    /// that begin with `s3://bucket/errors/2026/`.
    ///
    /// # Errors
    ///
    /// There is no such file or folder, or the bucket cannot be asked. That there are no objects
    /// is no error: see [`StoredLines::objects`].
    pub async fn open(
        argument: impl AsRef<OsStr> + Send,
        options: &StoreOptions,
    ) -> Result<Self, StoreError> {
        let argument = argument.as_ref().to_owned();
        if argument == "-" {
            return Ok(Self::of_one("standard input", pieces("standard input", io::stdin())));
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

    /// The lines of every object of a store.
    pub fn of_store(store: &Store) -> Self {
        let read_from = store.clone();
        let objects = store.list().map(move |object| {
            let key = object?.key;
            let name = read_from.locate(&key).into();
            Ok(Object { name, content: read_from.read(&key) })
        });
        Self { objects: objects.boxed(), current: None, opened: 0 }
    }

    fn of_file(path: &Path) -> Result<Self, StoreError> {
        let name = path.display().to_string();
        let action = format!("cannot read {name}");
        let file = File::open(path).map_err(|error| StoreError::of(&action, &error))?;
        Ok(Self::of_one(&name, pieces(&name, file)))
    }

    fn of_one(name: &str, content: Pieces) -> Self {
        let object = Object { name: name.into(), content };
        Self { objects: stream::iter([Ok(object)]).boxed(), current: None, opened: 0 }
    }

    /// How many objects have been opened so far.
    pub fn objects(&self) -> u64 {
        self.opened
    }

    /// The next line, or `None` after the last.
    ///
    /// # Errors
    ///
    /// A line is too long, an object is damaged or cannot be read: the message names it. The
    /// next call goes on with the next line or with the next object.
    pub async fn next(&mut self) -> Option<Result<StoredLine, StoreError>> {
        loop {
            let Some(reading) = &mut self.current else {
                match self.objects.next().await? {
                    Ok(object) => {
                        self.opened += 1;
                        self.current = Some(Reading::of(object));
                    }
                    Err(error) => return Some(Err(error)),
                }
                continue;
            };
            match reading.next().await {
                Some(line) => return Some(line),
                None => self.current = None,
            }
        }
    }
}

impl Reading {
    fn of(object: Object) -> Self {
        let content = Content::new(StoredLines::MAX_LINE);
        Self { object, content, rest: Bytes::new(), end: None }
    }

    async fn next(&mut self) -> Option<Result<StoredLine, StoreError>> {
        loop {
            if let Some(line) = self.content.next_line() {
                let (object, number) = (Arc::clone(&self.object.name), line.number);
                return Some(line.text.map_or_else(
                    || Err(too_long(&object, number)),
                    |text| Ok(StoredLine { text, object: Arc::clone(&object), number }),
                ));
            }
            if let Some(end) = &mut self.end {
                // An error is said once.
                return std::mem::replace(end, Ok(())).err().map(Err);
            }
            if self.rest.is_empty() {
                match self.object.content.next().await {
                    Some(Ok(piece)) => self.rest = piece,
                    Some(Err(error)) => self.end = Some(Err(error)),
                    None => {
                        let finished = self.content.finish();
                        self.end = Some(finished.map_err(|error| self.damaged(&error)));
                    }
                }
            } else {
                let piece = self.rest.split_to(self.rest.len().min(Content::MAX_PIECE));
                if let Err(error) = self.content.push(&piece) {
                    self.end = Some(Err(self.damaged(&error)));
                }
            }
        }
    }

    fn damaged(&self, error: &io::Error) -> StoreError {
        let message = format!("cannot unpack {}: {error}; is it whole?", self.object.name);
        StoreError::new(StoreErrorKind::BadContent, message)
    }
}

fn too_long(object: &str, number: u64) -> StoreError {
    let max = StoredLines::MAX_LINE;
    let message = format!("cannot read {object}:{number}: the line is longer than {max} bytes");
    StoreError::new(StoreErrorKind::BadContent, message)
}

/// What a thread of its own reads, a few pieces ahead. A terminal or a pipe may keep it waiting
/// for ever, which must not keep the process from ending.
fn pieces(name: &str, mut from: impl Read + Send + 'static) -> Pieces {
    let action = format!("cannot read {name}");
    let (sender, receiver) = mpsc::channel(2);
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let piece = match from.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => Ok(Bytes::copy_from_slice(&buffer[..length])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(StoreError::of(&action, &error)),
            };
            let failed = piece.is_err();
            if sender.blocking_send(piece).is_err() || failed {
                return;
            }
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    })
    .boxed()
}

impl fmt::Debug for StoredLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current.as_ref().map(|reading| &reading.object.name);
        f.debug_struct("StoredLines").field("current", &current).finish_non_exhaustive()
    }
}
