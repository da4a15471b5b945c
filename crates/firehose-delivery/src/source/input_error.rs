use std::{error, fmt, io, path::PathBuf};

/// An error that ends the input.
#[derive(Debug)]
#[non_exhaustive]
pub enum InputError {
    /// A file or a folder cannot be opened or read.
    Io {
        /// The path, or `standard input`.
        file: String,
        /// The error of the system or of unpacking.
        error: io::Error,
    },
    /// A folder has no files.
    EmptyFolder {
        /// The folder.
        folder: PathBuf,
        /// A pipe or a device in the folder, which is not read.
        skipped: Option<PathBuf>,
    },
    /// A pipe, a device or a folder stands where a file is expected.
    NotRegular {
        /// The path.
        file: String,
    },
    /// Standard input is named more than once.
    StandardInputTwice,
    /// A length-prefixed file ends within a record or within the length of a record.
    Truncated {
        /// The path, or `standard input`.
        file: String,
        /// The offset of the record's length, in bytes.
        offset: u64,
        /// The length of the record; `None` if the file ends within the length.
        announced: Option<u32>,
        /// The bytes of the record, or of its length, that the file has.
        found: u64,
    },
    /// A file that is read as a whole is too long.
    TooLong {
        /// The path, or `standard input`.
        file: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A file of events is too long.
    TooManyEvents {
        /// The path, or `standard input`.
        file: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A file of text is not UTF-8.
    NotText {
        /// The path, or `standard input`.
        file: String,
        /// The offset of the first byte that is not UTF-8.
        offset: usize,
    },
    /// A document is not a Firehose event.
    NotAnEvent {
        /// The path, or `standard input`.
        file: String,
        /// The number of the document in the file, counted from 1.
        document: u64,
        /// The fault and its position.
        reason: String,
    },
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, error } => write!(f, "cannot read {file}: {error}"),
            Self::EmptyFolder { folder, skipped: None } => {
                write!(f, "cannot read {}: the folder has no files", folder.display())
            }
            Self::EmptyFolder { folder, skipped: Some(skipped) } => write!(
                f,
                "cannot read {}: the folder has no regular files; name {} itself to read it",
                folder.display(),
                skipped.display()
            ),
            Self::NotRegular { file } => {
                write!(f, "cannot read {file}: it is not a regular file")
            }
            Self::StandardInputTwice => {
                f.write_str("cannot read standard input twice: name `-` once")
            }
            Self::Truncated { file, offset, announced: Some(announced), found } => write!(
                f,
                "cannot read {file}: the record at byte {offset} has a length of {announced}, but \
                 only {found} bytes follow; each record needs its length before it, in 4 bytes, \
                 big-endian"
            ),
            Self::Truncated { file, offset, announced: None, found } => write!(
                f,
                "cannot read {file}: the file ends within the length of the record at byte \
                 {offset}, after {found} of 4 bytes"
            ),
            Self::TooLong { file, limit } => {
                write!(f, "cannot read {file}: the file is longer than {limit} bytes")
            }
            Self::TooManyEvents { file, limit } => write!(
                f,
                "cannot read {file}: the file is longer than {limit} bytes; split its events over \
                 several files"
            ),
            Self::NotText { file, offset } => {
                write!(f, "cannot read {file}: the text is not UTF-8 at byte {offset}")
            }
            Self::NotAnEvent { file, document, reason } => {
                write!(f, "cannot read {file} as events: document {document} is {reason}")
            }
        }
    }
}

impl error::Error for InputError {}
