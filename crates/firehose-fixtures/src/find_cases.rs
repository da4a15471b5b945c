use std::{
    fs,
    path::{Path, PathBuf},
};

/// Returns the folders of the cases in `folder`, sorted by name. Each folder and each symbolic link in
/// `folder` counts as a case.
///
/// # Errors
///
/// If the folder cannot be read, or contains no cases. The text names the folder.
pub fn find_cases(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |what: &str| format!("{}: {what}", folder.display());
    let entries = fs::read_dir(folder).map_err(|error| problem(&error.to_string()))?;
    let mut cases = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| problem(&error.to_string()))?.path();
        // A dangling link is a case that cannot be read, not a file to ignore.
        if path.is_dir() || path.is_symlink() {
            cases.push(path);
        }
    }
    cases.sort();
    if cases.is_empty() {
        Err(problem("the folder contains no cases; a case is a folder in it with an event.json"))
    } else {
        Ok(cases)
    }
}
