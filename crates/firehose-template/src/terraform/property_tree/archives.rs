use std::collections::BTreeMap;

use crate::terraform::terraform_resource::TerraformResource;

/// The folders and files from which `archive_file` makes archives, by the path of the archive.
#[derive(Debug, Default)]
pub(super) struct Archives(BTreeMap<String, String>);

impl Archives {
    /// Finds the archives with known paths.
    pub(super) fn find(resources: &[TerraformResource]) -> Self {
        let archives = resources.iter().filter(|resource| resource.kind == "archive_file");
        let source = |archive: &TerraformResource| {
            let source = archive.text("source_dir").or_else(|| archive.text("source_file"))?;
            Some((plain(&archive.text("output_path")?), source))
        };
        Self(archives.filter_map(source).collect())
    }

    /// Returns the folder or the file from which `archive_file` makes this archive, or else the archive
    /// itself.
    pub(super) fn source<'s>(&'s self, archive: &'s str) -> &'s str {
        self.0.get(&plain(archive)).map_or(archive, String::as_str)
    }
}

/// Removes `./` at the start of a path.
fn plain(path: &str) -> String {
    path.trim_start_matches("./").to_owned()
}
