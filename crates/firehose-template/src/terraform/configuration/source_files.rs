use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

use firehose_delivery::source::read_regular_text;
use hcl_edit::structure::Body;

use super::json_syntax;
use crate::error::TemplateError;

/// The largest size of a file, in bytes. The time for parsing grows with the square of the number of
/// keys in a map.
const MAX_FILE_BYTES: u64 = 500_000;

/// The largest size of all files together, in bytes. The files of a module count once for each call.
const MAX_BYTES: usize = 10_000_000;

/// The largest number of configuration files in a folder.
const MAX_FILES: usize = 1_000;

/// The reader of configuration files, which bounds the size of all files.
#[derive(Debug)]
pub(super) struct SourceFiles {
    /// The bytes that are left.
    left: Cell<usize>,
}

impl Default for SourceFiles {
    fn default() -> Self {
        Self { left: Cell::new(MAX_BYTES) }
    }
}

impl SourceFiles {
    /// Returns the configuration files of a folder, in the order of Terraform: by name.
    pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, TemplateError> {
        let fault = |error: std::io::Error| {
            TemplateError::wrong("", format!("cannot read {}: {error}", folder.display()))
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_configuration = name.ends_with(".tf") || name.ends_with(".tf.json");
            // Editors write hidden files and files with a tilde.
            let is_visible = !name.starts_with('.') && !name.ends_with('~');
            // `parse` rejects a pipe.
            if is_configuration && is_visible && !path.is_dir() {
                files.push(path);
            }
            if files.len() > MAX_FILES {
                let reason = format!("{} has more than {MAX_FILES} files", folder.display());
                return Err(TemplateError::wrong("", reason));
            }
        }
        files.sort();
        Ok(files)
    }

    /// Parses a `.tf`, `.tf.json`, `.tfvars` or `.tfvars.json` file.
    pub(super) fn parse(&self, path: &Path) -> Result<Body, TemplateError> {
        let text = read_regular_text(path, MAX_FILE_BYTES)
            .map_err(|error| TemplateError::wrong("", error.to_string()))?;
        let Some(left) = self.left.get().checked_sub(text.len()) else {
            let reason = format!(
                "the files of the configuration and its modules have more than {MAX_BYTES} bytes"
            );
            return Err(TemplateError::wrong(path.display().to_string(), reason));
        };
        self.left.set(left);
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        let fault = |line: usize, message: &str| {
            let reason = format!("line {line}: not valid HCL: {message}");
            TemplateError::wrong(path.display().to_string(), reason)
        };
        if is_json {
            let json = serde_json::from_str(&text)
                .map_err(|error| fault(error.line(), &format!("not valid JSON: {error}")))?;
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            return Ok(match name.contains(".tfvars") {
                true => json_syntax::variables(json),
                false => json_syntax::configuration(json),
            });
        }
        hcl_edit::parser::parse_body(&text)
            .map_err(|error| fault(error.location().line(), error.message()))
    }
}
