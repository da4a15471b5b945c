use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use firehose_delivery::source::{read_whole_file, read_whole_text};
use hcl_edit::template::Template;

use super::{evaluator::Evaluator, module_scope::ModuleScope};
use crate::terraform::language::{Bindings, Fault, Interpreter, Value};

/// The largest file that a function reads, in bytes.
const MAX_FILE_BYTES: u64 = 1_000_000;

impl<'a> Evaluator<'a> {
    /// Calls a function that reads a file or returns a path. Returns `None` for any other function.
    ///
    /// Only files in the folders of the configuration are read.
    pub(super) fn file_function(
        &self,
        scope: &ModuleScope<'_, 'a>,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, Fault>> {
        if !matches!(name, "abspath" | "file" | "filebase64" | "fileexists" | "templatefile") {
            return None;
        }
        let path = match arguments.first() {
            Some(Value::Unknown(unknown)) => return Some(Ok(Value::Unknown(unknown.clone()))),
            Some(path) => path.to_text(),
            None => None,
        };
        let Some(path) = path else {
            return Some(Err(Fault::new(format!("the function {name} needs the path of a file"))));
        };
        if name == "abspath" {
            return Some(Ok(Value::from(self.absolute(Path::new(&path)))));
        }
        let file = self.configuration.root.join(&path);
        if !self.is_inside(&file) {
            if name == "fileexists" && !file.exists() {
                return Some(Ok(Value::Bool(false)));
            }
            if !file.exists() {
                return Some(Err(Fault::new(format!("the file {path} of {name}() is missing"))));
            }
            let reason =
                format!("{name}() reads {path}, which is outside the folder of the configuration");
            return Some(Ok(Value::deployed(path, reason)));
        }
        // Reading a pipe without a writer would never end.
        if name != "fileexists" && !file.is_file() {
            return Some(Err(Fault::new(format!("{path} of {name}() is not a file"))));
        }
        let fault = |error: firehose_delivery::source::InputError| Fault::new(error.to_string());
        Some(match name {
            "fileexists" => Ok(Value::Bool(file.is_file())),
            "filebase64" => read_whole_file(&file, MAX_FILE_BYTES)
                .map(|bytes| BASE64_STANDARD.encode(bytes).into())
                .map_err(fault),
            "file" => read_whole_text(&file, MAX_FILE_BYTES).map(Value::Text).map_err(fault),
            _ => read_whole_text(&file, MAX_FILE_BYTES)
                .map_err(fault)
                .and_then(|text| render_file(&path, &text, arguments.get(1), scope)),
        })
    }

    /// Returns an absolute path as a text.
    pub(super) fn absolute(&self, path: &Path) -> String {
        let path = self.configuration.root.join(path);
        std::path::absolute(&path).unwrap_or(path).display().to_string()
    }

    /// Returns `true` for a file in the root folder or in the folder of a module.
    ///
    /// A module folder that contains the root folder does not count, because such a folder may contain
    /// any file of the machine.
    fn is_inside(&self, file: &Path) -> bool {
        let root = &self.configuration.root;
        let (Ok(file), Ok(root_folder)) = (file.canonicalize(), root.canonicalize()) else {
            return false;
        };
        let folders = self.configuration.modules.iter().map(|module| &module.path);
        let folder = |path: &PathBuf| root.join(path).canonicalize();
        folders
            .filter_map(|path| folder(path).ok())
            .filter(|folder| *folder == root_folder || !root_folder.starts_with(folder))
            .any(|folder| file.starts_with(folder))
    }
}

/// Evaluates the template of a file. The entries of the map `values` are the names that the template
/// can use.
fn render_file(
    path: &str,
    text: &str,
    values: Option<&Value>,
    scope: &ModuleScope<'_, '_>,
) -> Result<Value, Fault> {
    let parsed: Template = text.parse().map_err(|error: hcl_edit::parser::Error| {
        Fault::new(format!("{path}, line {}: {}", error.location().line(), error.message()))
    })?;
    let mut bindings = Bindings::default();
    if let Some(Value::Map(entries)) = values {
        for (name, value) in entries {
            bindings = bindings.with(name, value.clone());
        }
    }
    Interpreter::new(scope, &bindings).template(&parsed)
}
