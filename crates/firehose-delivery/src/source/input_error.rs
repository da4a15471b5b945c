use std::{error, fmt, io, path::PathBuf};

/// Why the input cannot be read, or not any further.
#[derive(Debug)]
#[non_exhaustive]
pub enum InputError {
    /// A file or a folder cannot be opened or read.
    Io {
        /// Its path, or `standard input`.
        file: String,
        /// Why not.
        error: io::Error,
    },
    /// A folder has no file in it.
    EmptyFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// Standard input is named more than once.
    StandardInputTwice,
    /// A length-prefixed file ends within a record, or within its length.
    Truncated {
        /// Its path, or `standard input`.
        file: String,
        /// Where the record begins, its length included, in bytes from 0.
        offset: u64,
        /// How long the record is by its length; `None` if it ends within that.
        announced: Option<u32>,
        /// How many bytes there are of what it ends in.
        found: u64,
    },
    /// A file that is read as a whole is too long.
    TooLong {
        /// Its path, or `standard input`.
        file: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A file of events is too long.
    TooManyEvents {
        /// Its path, or `standard input`.
        file: String,
        /// How long it may be, in bytes.
        limit: u64,
    },
    /// A file of text is not UTF-8.
    NotText {
        /// Its path, or `standard input`.
        file: String,
        /// The offset of the first byte that is not UTF-8.
        offset: usize,
    },
    /// A document is no Firehose event.
    NotAnEvent {
        /// Its path, or `standard input`.
        file: String,
        /// Which document of the file it is, counted from 1.
        document: u64,
        /// What is wrong with it, and where.
        reason: String,
    },
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, error } => write!(f, "cannot read {file}: {error}"),
            Self::EmptyFolder { folder } => {
                write!(f, "cannot read {}: the folder has no files in it", folder.display())
            }
            Self::StandardInputTwice => {
                f.write_str("cannot read standard input twice: name `-` once")
            }
            Self::Truncated { file, offset, announced: Some(announced), found } => write!(
                f,
                "cannot read {file}: the record at byte {offset} has a length of {announced}, and \
                 {found} bytes follow; each record needs its length before it, 4 bytes, big-endian"
            ),
            Self::Truncated { file, offset, announced: None, found } => write!(
                f,
                "cannot read {file}: it ends within the length of the record at byte {offset}, \
                 after {found} bytes of 4"
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
