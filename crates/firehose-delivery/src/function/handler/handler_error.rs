use std::{error, fmt, io, path::PathBuf};

use super::language::Language;

/// The reason why a function in Python or JavaScript cannot be started from its code.
#[derive(Debug)]
#[non_exhaustive]
pub enum HandlerError {
    /// The interpreter is not installed, or cannot be run.
    NoInterpreter {
        /// The language of the function.
        language: Language,
        /// The reason.
        error: io::Error,
    },
    /// The interpreter does not name its version.
    BrokenInterpreter {
        /// The language of the function.
        language: Language,
        /// The reason.
        reason: String,
    },
    /// The name of the handler has no module or no function.
    BadHandler(String),
    /// The folder with the code cannot be read.
    NoFolder {
        /// The folder.
        folder: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// The folder has no file for the module of the handler.
    NoModule {
        /// The handler.
        handler: String,
        /// The folder with the code.
        folder: PathBuf,
        /// The files that could have the module.
        files: Vec<String>,
    },
    /// The module of the handler has files in both languages.
    Ambiguous {
        /// The handler.
        handler: String,
        /// The folder with the code.
        folder: PathBuf,
    },
    /// The code is TypeScript, which has to be compiled first.
    TypeScript {
        /// The file with the module of the handler.
        file: PathBuf,
    },
    /// The archive cannot be unpacked.
    Archive {
        /// The archive.
        archive: PathBuf,
        /// The reason.
        reason: String,
    },
    /// The files of the runtime cannot be written to the folder for temporary files.
    Temporary(io::Error),
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInterpreter { language, error } => {
                let command = language.command();
                write!(f, "cannot start {command}: {error}")?;
                match error.kind() {
                    io::ErrorKind::NotFound => {
                        write!(f, "; install {language}, so that {command} is in PATH")
                    }
                    _ => Ok(()),
                }
            }
            Self::BrokenInterpreter { language, reason } => {
                write!(f, "{} does not start: {reason}", language.command())
            }
            Self::BadHandler(handler) => write!(
                f,
                "the handler `{handler}` must be the name of a module and of a function in it, such as \
                 app.lambda_handler"
            ),
            Self::NoFolder { folder, error } => {
                write!(f, "cannot read the folder with the code, {}: {error}", folder.display())
            }
            Self::NoModule { handler, folder, files } => write!(
                f,
                "the handler {handler} has no code in {}: the folder has none of the files {}",
                folder.display(),
                files.join(", ")
            ),
            Self::Ambiguous { handler, folder } => write!(
                f,
                "the handler {handler} has code in Python and in JavaScript in {}",
                folder.display()
            ),
            Self::TypeScript { file } => write!(
                f,
                "{} is TypeScript, and Lambda runs JavaScript; build it first, with `sam build` or a \
                 bundler such as esbuild, and run the built code",
                file.display()
            ),
            Self::Archive { archive, reason } => {
                write!(f, "cannot unpack {}: {reason}", archive.display())
            }
            Self::Temporary(error) => {
                write!(f, "cannot write to the folder for temporary files: {error}")
            }
        }
    }
}

impl error::Error for HandlerError {}
