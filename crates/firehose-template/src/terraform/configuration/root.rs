use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use hcl_edit::expr::Expression;

use super::{
    module_folder::ModuleFolder,
    module_sources::{DownloadedModules, locate},
    source_files::SourceFiles,
    tfvars,
};
use crate::error::TemplateError;

/// The most calls of modules, those inside modules included.
const MAX_CALLS: usize = 500;

/// The files of a configuration: the root module, and the modules that it calls.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// The root folder.
    pub root: PathBuf,
    /// The modules. The first one is the root module. A folder that several calls name occurs once
    /// for each call, because the calls inside it can lead to different folders.
    pub modules: Vec<ModuleFolder>,
    /// The values of variables in `.tfvars` files.
    pub values: BTreeMap<String, Expression>,
}

impl Configuration {
    /// Reads the files of a root folder and of its modules.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, is too large, or is not valid, or if a local module is missing.
    pub(crate) fn read(root: &Path) -> Result<Self, TemplateError> {
        let downloaded = DownloadedModules::read(root);
        let files = SourceFiles::default();
        let mut modules = vec![ModuleFolder::read(root, PathBuf::new(), &files)?];
        let mut keys = vec![String::new()];
        let mut next = 0;
        while next < modules.len() {
            for index in 0..modules[next].calls.len() {
                let called = modules.len();
                let call = &modules[next].calls[index];
                let key = match keys[next].as_str() {
                    "" => call.name.clone(),
                    key => format!("{key}.{}", call.name),
                };
                let source = call.source().unwrap_or_default();
                let Some(folder) = locate(source, &modules[next].path, &key, &downloaded) else {
                    continue;
                };
                if called > MAX_CALLS {
                    let reason = format!(
                        "the configuration calls more than {MAX_CALLS} modules; check for a module \
                         that calls itself"
                    );
                    return Err(TemplateError::wrong(format!("module.{key}"), reason));
                }
                let module = ModuleFolder::read(root, folder, &files).map_err(|error| {
                    let path = format!("module.{key}");
                    match error.path() {
                        "" => TemplateError::wrong(path, error.to_string()),
                        _ => error,
                    }
                })?;
                modules.push(module);
                keys.push(key);
                modules[next].calls[index].module = Some(called);
            }
            next += 1;
        }
        Ok(Self { root: root.to_owned(), modules, values: tfvars::read(root, &files)? })
    }
}
