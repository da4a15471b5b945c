use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use hcl_edit::expr::Expression;

use super::source_files::SourceFiles;
use crate::error::TemplateError;

/// Reads the files with values of variables that Terraform reads without an option, in this order:
/// `terraform.tfvars`, `terraform.tfvars.json`, then `*.auto.tfvars` and `*.auto.tfvars.json` by name.
/// A value in a later file replaces the value in an earlier file.
///
/// # Errors
///
/// If a file cannot be read, or is not valid.
pub(super) fn read(
    root: &Path,
    source_files: &SourceFiles,
) -> Result<BTreeMap<String, Expression>, TemplateError> {
    let mut files = vec![root.join("terraform.tfvars"), root.join("terraform.tfvars.json")];
    let mut automatic: Vec<PathBuf> = fs::read_dir(root)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    automatic.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
    });
    automatic.sort();
    files.append(&mut automatic);
    let mut values = BTreeMap::new();
    // `parse` rejects a pipe.
    for file in files.iter().filter(|file| file.exists() && !file.is_dir()) {
        let attributes = source_files.parse(file)?.into_attributes();
        values.extend(attributes.map(|it| (it.key.as_str().to_owned(), it.value)));
    }
    Ok(values)
}
