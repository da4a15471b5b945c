use std::{
    collections::BTreeMap,
    iter,
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

/// The largest number of module calls, including the calls inside modules.
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
    /// If a file cannot be read, is too large, or is not valid, if a local module is missing or calls
    /// itself, or if the configuration has too many calls of modules.
    pub(crate) fn read(root: &Path) -> Result<Self, TemplateError> {
        let downloaded = DownloadedModules::read(root);
        let files = SourceFiles::default();
        let mut modules = vec![ModuleFolder::read(root, PathBuf::new(), &files)?];
        let real = |folder: &Path| root.join(folder).canonicalize().ok();
        let mut origins = vec![Origin { real: real(Path::new("")), ..Origin::default() }];
        let mut next = 0;
        while next < modules.len() {
            for index in 0..modules[next].calls.len() {
                let called = modules.len();
                let call = &modules[next].calls[index];
                let key = match origins[next].key.as_str() {
                    "" => call.name.clone(),
                    key => format!("{key}.{}", call.name),
                };
                let source = call.source().unwrap_or_default();
                let Some(folder) = locate(source, &modules[next].path, &key, &downloaded) else {
                    continue;
                };
                let real = real(&folder);
                if let Some(cycle) = cycle(&modules, &origins, next, &folder, real.as_deref()) {
                    let reason = format!("the module {source} calls itself: {cycle}");
                    return Err(TemplateError::wrong(format!("module.{key}"), reason));
                }
                if called > MAX_CALLS {
                    let reason = format!("the configuration calls more than {MAX_CALLS} modules");
                    return Err(TemplateError::wrong("", reason));
                }
                let module = ModuleFolder::read(root, folder, &files).map_err(|error| {
                    let path = format!("module.{key}");
                    match error.path() {
                        "" => TemplateError::wrong(path, error.to_string()),
                        _ => error,
                    }
                })?;
                modules.push(module);
                origins.push(Origin { key, caller: Some(next), real });
                modules[next].calls[index].module = Some(called);
            }
            next += 1;
        }
        Ok(Self { root: root.to_owned(), modules, values: tfvars::read(root, &files)? })
    }
}

/// The place from which a module is called.
#[derive(Debug, Default)]
struct Origin {
    /// The names of the calls from the root module, with dots between them.
    key: String,
    /// The index of the calling module.
    caller: Option<usize>,
    /// The folder without links, because several paths can lead to a folder.
    real: Option<PathBuf>,
}

/// Returns the folders of a cycle of calls, relative to the root folder, if the module `caller` or a
/// module that calls it is the called module. `folder` and `real` are those of the called module.
fn cycle(
    modules: &[ModuleFolder],
    origins: &[Origin],
    caller: usize,
    folder: &Path,
    real: Option<&Path>,
) -> Option<String> {
    let real = real?;
    let chain: Vec<usize> =
        iter::successors(Some(caller), |index| origins[*index].caller).collect();
    let start = chain.iter().position(|index| origins[*index].real.as_deref() == Some(real))?;
    let folders = chain[..=start].iter().rev().map(|index| modules[*index].path.as_path());
    let shown = |path: &Path| match path == Path::new("") {
        true => ".".to_owned(),
        false => path.display().to_string(),
    };
    Some(folders.chain([folder]).map(shown).collect::<Vec<_>>().join(" -> "))
}
