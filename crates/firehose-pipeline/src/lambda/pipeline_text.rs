use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use firehose_core::BoxError;

/// The variable with the text of the pipeline.
const TEXT_VARIABLE: &str = "FIREHOSE_PIPELINE";

/// The variable with the path of the file.
const FILE_VARIABLE: &str = "FIREHOSE_PIPELINE_FILE";

/// The name of the file beside the binary.
const FILE_NAME: &str = "pipeline.yaml";

/// The path of the file in a layer.
const LAYER_FILE: &str = "/opt/pipeline.yaml";

/// The text of a pipeline, and the variable or the path that it comes from, for errors.
#[derive(Debug, PartialEq)]
pub(super) struct PipelineText {
    pub(super) text: String,
    pub(super) origin: String,
}

impl PipelineText {
    /// Reads the pipeline from the first location that has one.
    pub(super) fn from_env() -> Result<Self, BoxError> {
        let folder = env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
        Self::find(|name| env::var_os(name), folder)
    }

    fn find(
        variable: impl Fn(&str) -> Option<OsString>,
        folder: Option<PathBuf>,
    ) -> Result<Self, BoxError> {
        let set = |name| variable(name).filter(|value| !value.to_string_lossy().trim().is_empty());
        if let Some(text) = set(TEXT_VARIABLE) {
            let text = text.into_string().map_err(|_| format!("{TEXT_VARIABLE} is not UTF-8"))?;
            return Ok(Self { text, origin: TEXT_VARIABLE.to_owned() });
        }
        if let Some(path) = set(FILE_VARIABLE) {
            return Self::read(Path::new(&path));
        }
        let beside = folder.map(|folder| folder.join(FILE_NAME));
        let places = beside.into_iter().chain([PathBuf::from(LAYER_FILE)]);
        match places.into_iter().find(|path| path.exists()) {
            Some(path) => Self::read(&path),
            None => Err(format!(
                "there is no pipeline; set {TEXT_VARIABLE} to its text, set {FILE_VARIABLE} to its \
                 path, or put {FILE_NAME} beside the binary or into a layer ({LAYER_FILE})"
            )
            .into()),
        }
    }

    fn read(path: &Path) -> Result<Self, BoxError> {
        let origin = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|error| format!("cannot read the pipeline {origin}: {error}"))?;
        Ok(Self { text, origin })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn find(variables: &[(&str, &str)], folder: Option<&Path>) -> Result<String, String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        PipelineText::find(variable, folder.map(Path::to_owned))
            .map(|found| found.text)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_place_with_a_pipeline_counts() {
        let none = find(&[], None).unwrap_err();
        assert!(
            none.starts_with("there is no pipeline; set FIREHOSE_PIPELINE to its text"),
            "{none}"
        );
        assert_eq!(find(&[(TEXT_VARIABLE, " ")], None).unwrap_err(), none);

        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE_NAME), "output: json").unwrap();
        assert_eq!(find(&[], Some(folder.path())).unwrap(), "output: json");

        let missing = (FILE_VARIABLE, "/nonexistent/pipeline.yaml");
        let error = find(&[missing], Some(folder.path())).unwrap_err();
        let start = "cannot read the pipeline /nonexistent/pipeline.yaml: ";
        assert!(error.starts_with(start), "{error}");

        let text = (TEXT_VARIABLE, "output: text");
        assert_eq!(find(&[missing, text], Some(folder.path())).unwrap(), "output: text");
    }

    #[test]
    fn a_text_that_is_not_utf_8_is_an_error() {
        let text = |name: &str| {
            (name == TEXT_VARIABLE).then(|| OsString::from_vec(b"output: json # \xff".to_vec()))
        };
        let error = PipelineText::find(text, None).unwrap_err();
        assert_eq!(error.to_string(), "FIREHOSE_PIPELINE is not UTF-8");
    }
}
