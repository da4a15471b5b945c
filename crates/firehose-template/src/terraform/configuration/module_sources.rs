use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

/// The folders of modules that `terraform init` has downloaded.
#[derive(Debug, Default, Deserialize)]
pub(super) struct DownloadedModules {
    #[serde(rename = "Modules", default)]
    modules: Vec<DownloadedModule>,
}

#[derive(Debug, Deserialize)]
struct DownloadedModule {
    /// The names of the calls from the root module, with dots between them.
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Dir")]
    folder: PathBuf,
}

impl DownloadedModules {
    /// Reads `.terraform/modules/modules.json`. Returns no modules if the file is missing or has another
    /// form.
    pub(super) fn read(root: &Path) -> Self {
        let path = root.join(".terraform/modules/modules.json");
        if !path.is_file() {
            return Self::default();
        }
        let text = firehose_delivery::source::read_whole_text(&path, 1_000_000);
        text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Returns the folder of a module. Returns `None` for a folder that is not below the root folder.
    fn folder(&self, key: &str) -> Option<PathBuf> {
        let folder = self.modules.iter().find(|it| it.key == key)?;
        let folder = normalized(&folder.folder);
        folder.components().all(|it| matches!(it, Component::Normal(_))).then_some(folder)
    }
}

/// Returns the folder of a module relative to the root folder, if its files are on this machine.
///
/// `caller` is the folder of the calling module. `key` has the names of the calls from the root module,
/// with dots between them.
pub(super) fn locate(
    source: &str,
    caller: &Path,
    key: &str,
    downloaded: &DownloadedModules,
) -> Option<PathBuf> {
    let is_local = source.starts_with("./") || source.starts_with("../");
    match is_local {
        true => Some(normalized(&caller.join(source))),
        false => downloaded.folder(key),
    }
}

/// Resolves `.` and `..` in a path, without reading links.
fn normalized(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normalized.components().next_back(), Some(Component::Normal(_))) =>
            {
                normalized.pop();
            }
            other => normalized.push(other),
        }
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_source_is_relative_to_its_caller() {
        let locate = |source: &str, caller: &str| {
            let found = locate(source, Path::new(caller), "key", &DownloadedModules::default());
            found.map(|path| path.display().to_string())
        };
        assert_eq!(locate("./a", "").as_deref(), Some("a"));
        assert_eq!(locate("../b", "modules/a").as_deref(), Some("modules/b"));
        assert_eq!(locate("../../x", "").as_deref(), Some("../../x"));
        assert_eq!(locate("terraform-aws-modules/vpc/aws", ""), None);
    }
}
