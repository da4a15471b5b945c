use std::{collections::BTreeMap, fs, path::Path};

use crate::finding::Finding;

/// The source files of all crates, without their tests, benches and examples.
pub(crate) struct SourceTree {
    pub(crate) crates: Vec<CrateSource>,
}

/// The files of one crate below `src/`.
pub(crate) struct CrateSource {
    /// The name of the crate's folder.
    pub(crate) name: String,
    pub(crate) files: Vec<SourceFile>,
}

/// A parsed file.
pub(crate) struct SourceFile {
    /// The path below the root of the workspace, with `/` between folders.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) syntax: syn::File,
    /// The names of the modules from the crate's root to the file. `None` for the files of a
    /// binary, which is a crate of its own.
    pub(crate) module: Option<Vec<String>>,
}

impl SourceTree {
    /// Reads `crates/*/src/**/*.rs` below the root of a workspace.
    ///
    /// # Panics
    ///
    /// Panics if a file cannot be read or parsed.
    pub(crate) fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        for folder in entries(&root.join("crates")) {
            read_folder(root, &folder.join("src"), &mut files);
        }
        Self::from_files(files)
    }

    /// Builds a tree from paths and their texts.
    ///
    /// # Panics
    ///
    /// Panics if a text cannot be parsed.
    pub(crate) fn from_files<P, T>(files: impl IntoIterator<Item = (P, T)>) -> Self
    where
        P: Into<String>,
        T: Into<String>,
    {
        let mut crates = BTreeMap::<String, Vec<SourceFile>>::new();
        for (path, text) in files {
            let file = SourceFile::parse(path.into(), text.into());
            let name = file.path.split('/').nth(1).unwrap().to_owned();
            crates.entry(name).or_default().push(file);
        }
        let crates = crates.into_iter().map(|(name, files)| CrateSource { name, files });
        Self { crates: crates.collect() }
    }
}

impl SourceFile {
    fn parse(path: String, text: String) -> Self {
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let module = module_of(&path);
        Self { path, text, syntax, module }
    }

    pub(crate) fn is_facade_name(&self) -> bool {
        self.path.ends_with("/src/lib.rs") || self.path.ends_with("/mod.rs")
    }

    pub(crate) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    pub(crate) fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding { file: self.path.clone(), line, message: message.into() }
    }
}

/// Returns the module path of a file, such as `["store", "error"]` for
/// `crates/x/src/store/error.rs`.
fn module_of(path: &str) -> Option<Vec<String>> {
    let inside = path.split_once("/src/").unwrap().1.strip_suffix(".rs").unwrap();
    let mut names: Vec<_> = inside.split('/').map(str::to_owned).collect();
    if inside == "main" || names[0] == "bin" {
        return None;
    }
    if inside == "lib" || names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    Some(names)
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    if !folder.is_dir() {
        return;
    }
    for path in entries(folder) {
        if path.is_dir() {
            read_folder(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            let text = fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
            files.push((below, text));
        }
    }
}

fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn module_paths_follow_the_folders() {
    let module = |path: &str| module_of(path).map(|names| names.join("::"));
    assert_eq!(module("crates/a/src/lib.rs").as_deref(), Some(""));
    assert_eq!(module("crates/a/src/store/mod.rs").as_deref(), Some("store"));
    assert_eq!(module("crates/a/src/store/error.rs").as_deref(), Some("store::error"));
    assert_eq!(module("crates/a/src/main.rs"), None);
    assert_eq!(module("crates/a/src/bin/tool.rs"), None);
}
