use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use hcl_edit::{
    expr::Expression,
    structure::{Block, Body},
};

use super::{overrides, source_files::SourceFiles};
use crate::error::TemplateError;

/// The blocks of the `.tf` and `.tf.json` files of a folder, which form one module.
#[derive(Debug, Default)]
pub(crate) struct ModuleFolder {
    /// The path relative to the root folder, as `path.module`.
    pub path: PathBuf,
    pub variables: BTreeMap<String, Body>,
    pub locals: BTreeMap<String, Expression>,
    pub outputs: BTreeMap<String, Body>,
    /// The `resource` and `data` blocks, in the order of the files.
    pub resources: Vec<ResourceBlock>,
    pub calls: Vec<ModuleCall>,
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub(crate) struct ResourceBlock {
    pub is_data: bool,
    pub kind: String,
    pub name: String,
    pub body: Body,
}

/// A `module` block.
#[derive(Debug)]
pub(crate) struct ModuleCall {
    pub name: String,
    pub body: Body,
    /// The index of the called module in the configuration, if its files are here.
    pub module: Option<usize>,
}

impl ModuleCall {
    /// Returns the literal text of `source`.
    pub(crate) fn source(&self) -> Option<&str> {
        self.body.get_attribute("source")?.value.as_str()
    }
}

impl ModuleFolder {
    /// Reads the files of a folder. `path` is the folder relative to the root folder.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, is too large, or is not valid HCL or JSON.
    pub(super) fn read(
        root: &Path,
        path: PathBuf,
        source_files: &SourceFiles,
    ) -> Result<Self, TemplateError> {
        let folder = root.join(&path);
        let mut module = Self { path, ..Self::default() };
        let mut override_files = Vec::new();
        for file in SourceFiles::list(&folder)? {
            let body = source_files.parse(&file)?;
            match overrides::is_override(&file) {
                true => override_files.push(body),
                false => body.into_blocks().for_each(|block| module.add(block)),
            }
        }
        for body in override_files {
            body.into_blocks().for_each(|block| module.replace(block));
        }
        Ok(module)
    }

    /// Returns a resource.
    pub(crate) fn resource(&self, is_data: bool, kind: &str, name: &str) -> Option<&ResourceBlock> {
        let is_named =
            |it: &&ResourceBlock| it.is_data == is_data && it.kind == kind && it.name == name;
        self.resources.iter().find(is_named)
    }

    /// Adds a top-level block. Ignores blocks that do not change the delivered data.
    fn add(&mut self, block: Block) {
        let labels: Vec<String> =
            block.labels.iter().map(|label| label.as_str().to_owned()).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("variable", [name]) => {
                self.variables.insert(name.clone(), block.body);
            }
            ("output", [name]) => {
                self.outputs.insert(name.clone(), block.body);
            }
            ("locals", []) => {
                let attributes = block.body.into_attributes();
                self.locals.extend(attributes.map(|it| (it.key.as_str().to_owned(), it.value)));
            }
            (keyword @ ("resource" | "data"), [kind, name]) => {
                self.resources.push(ResourceBlock {
                    is_data: keyword == "data",
                    kind: kind.clone(),
                    name: name.clone(),
                    body: block.body,
                });
            }
            ("module", [name]) => {
                self.calls.push(ModuleCall { name: name.clone(), body: block.body, module: None });
            }
            _ => {}
        }
    }

    /// Merges a block of an override file into the block with the same labels.
    fn replace(&mut self, block: Block) {
        let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
        let target = match (block.ident.as_str(), labels.as_slice()) {
            ("variable", [name]) => self.variables.get_mut(*name),
            ("output", [name]) => self.outputs.get_mut(*name),
            (keyword @ ("resource" | "data"), [kind, name]) => {
                let is_data = keyword == "data";
                let mut resources = self.resources.iter_mut();
                let found = resources
                    .find(|it| it.is_data == is_data && it.kind == *kind && it.name == *name);
                found.map(|resource| &mut resource.body)
            }
            ("module", [name]) => {
                let found = self.calls.iter_mut().find(|call| call.name == *name);
                found.map(|call| &mut call.body)
            }
            _ => None,
        };
        match target {
            Some(target) => overrides::merge(target, block.body),
            None => self.add(block),
        }
    }
}
