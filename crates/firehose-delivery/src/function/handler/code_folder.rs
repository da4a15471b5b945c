use std::{
    fs, path,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    code_archive::unpack, handler_error::HandlerError, language::Language,
    temporary_folder::TemporaryFolder,
};

/// The folder with the code of a function. Clones share the folder.
#[derive(Clone, Debug)]
pub struct CodeFolder {
    path: PathBuf,
    /// The temporary folder that `path` names, removed with the last clone.
    _temporary: Option<Arc<TemporaryFolder>>,
}

impl CodeFolder {
    /// Returns a folder of the user.
    ///
    /// # Errors
    ///
    /// If the path is not a folder that can be read.
    pub fn open(path: &Path) -> Result<Self, HandlerError> {
        let no_folder = |error| HandlerError::NoFolder { folder: path.to_owned(), error };
        fs::read_dir(path).map_err(no_folder)?;
        Ok(Self { path: path::absolute(path).map_err(no_folder)?, _temporary: None })
    }

    /// Writes inline code to a temporary folder.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written.
    pub fn of_text(text: &str, language: Language) -> Result<Self, HandlerError> {
        Self::temporary(|folder| {
            let file = folder.join(language.inline_file());
            fs::write(file, text).map_err(HandlerError::Temporary)
        })
    }

    /// Unpacks a .zip archive to a temporary folder.
    ///
    /// # Errors
    ///
    /// If the archive cannot be read, has a link or a file outside the folder, or has more bytes
    /// than Lambda accepts.
    pub fn of_archive(archive: &Path) -> Result<Self, HandlerError> {
        Self::temporary(|folder| {
            unpack(archive, folder)
                .map_err(|reason| HandlerError::Archive { archive: archive.to_owned(), reason })
        })
    }

    /// Returns the absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn temporary(
        fill: impl FnOnce(&Path) -> Result<(), HandlerError>,
    ) -> Result<Self, HandlerError> {
        let folder = TemporaryFolder::create().map_err(HandlerError::Temporary)?;
        fill(folder.path())?;
        Ok(Self { path: folder.path().to_owned(), _temporary: Some(Arc::new(folder)) })
    }
}
