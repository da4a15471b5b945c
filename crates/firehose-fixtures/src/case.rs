use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    difference::{Difference, differences},
    expected::{CauseRule, Expected},
    fixture_function::FixtureFunction,
    mismatch::Mismatch,
    observed::Observed,
    regular_file::read_regular_file,
    source_shape::SourceShape,
    update::updated,
};

/// The error of a case that cannot run with any source.
pub(crate) const NO_SOURCE: &str =
    "the event cannot be translated to any of the `sources` in expected.json";

/// A folder with an `event.json` and an `expected.json`.
#[derive(Clone, Debug)]
pub struct FixtureCase {
    folder: PathBuf,
    event: String,
    expected: Option<Expected>,
}

impl FixtureCase {
    /// Reads a case. Accepts a missing `expected.json`, which [`update`](Self::update) writes.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or `expected.json` is invalid. The text names the file.
    pub fn read(folder: &Path, cause_rule: CauseRule) -> Result<Self, String> {
        let path = folder.join("event.json");
        let event = read_regular_file(&path).map_err(|error| in_file(&path, error))?;
        // Editors on Windows write a byte order mark. Lambda does not.
        let event = event.trim_start_matches('\u{feff}').to_owned();
        let path = folder.join("expected.json");
        let expected = match read_regular_file(&path) {
            Ok(text) => {
                Some(Expected::parse(&text, cause_rule).map_err(|why| in_file(&path, why))?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(in_file(&path, error)),
        };
        Ok(Self { folder: folder.to_owned(), event, expected })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the name of the case: the name of its folder.
    pub fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Returns the sources in whose form the case runs. The source of the event comes first, if
    /// `expected.json` does not exclude it.
    ///
    /// Only an event that is a JSON object can be translated to other sources. The list is empty if
    /// the event cannot be translated to any source that `expected.json` names.
    pub fn sources(&self) -> Vec<SourceShape> {
        let own = self.own_source();
        let chosen = self.expected.as_ref().map_or(&[][..], |expected| &expected.sources);
        let translates = serde_json::from_str::<Value>(&self.event).is_ok_and(|it| it.is_object());
        let mut sources = vec![own];
        sources.extend(SourceShape::ALL.into_iter().filter(|source| *source != own && translates));
        sources.retain(|source| chosen.is_empty() || chosen.contains(source));
        sources
    }

    /// Returns the source of the event.
    pub(crate) fn own_source(&self) -> SourceShape {
        serde_json::from_str(&self.event)
            .map_or(SourceShape::DirectPut, |event| SourceShape::of(&event))
    }

    /// Runs the case in the form of `source`, and compares the answer with `expected.json`.
    ///
    /// # Errors
    ///
    /// If the answer differs, or cannot be compared.
    pub async fn check(
        &self,
        function: &dyn FixtureFunction,
        source: SourceShape,
    ) -> Result<(), Mismatch> {
        let Some(expected) = &self.expected else {
            return Err(Mismatch::Failed(format!(
                "{} is missing; `firehose-local test --update`, or the Rust test with \
                 UPDATE_FIXTURES=1, writes the file from the response",
                self.expected_path().display()
            )));
        };
        let observed = Observed::of(function, self.event_as(source)).await?;
        let differences = differences(expected, &observed);
        if differences.is_empty() { Ok(()) } else { Err(self.differs(differences)) }
    }

    /// Runs the case, and writes `expected.json` if the file is missing or differs. Returns the
    /// path of the written file. Writes nothing if two runs have different results.
    ///
    /// # Errors
    ///
    /// If the function gives no valid answer, if two runs differ, or if the file cannot be
    /// written.
    pub async fn update(
        &self,
        function: &dyn FixtureFunction,
    ) -> Result<Option<PathBuf>, Mismatch> {
        self.update_as(function, &[]).await
    }

    /// Updates the case like [`update`](Self::update), in the form of the first of its sources that
    /// is one of `selected`. A new `expected.json` holds the selected sources, so that the case
    /// runs in their form only. An empty list selects all sources.
    ///
    /// # Errors
    ///
    /// As for [`update`](Self::update), and if the case has none of the selected sources.
    pub async fn update_as(
        &self,
        function: &dyn FixtureFunction,
        selected: &[SourceShape],
    ) -> Result<Option<PathBuf>, Mismatch> {
        let mut sources = self.sources();
        sources.retain(|source| selected.is_empty() || selected.contains(source));
        let source = *sources.first().ok_or_else(|| NO_SOURCE.to_owned())?;
        let observed = Observed::of(function, self.event_as(source)).await?;
        if let Some(expected) = &self.expected
            && differences(expected, &observed).is_empty()
        {
            return Ok(None);
        }
        let mut updated = updated(self.expected.as_ref(), &observed);
        if self.expected.is_none() {
            updated.sources = selected.to_vec();
        }
        let again = Observed::of(function, self.event_as(source)).await?;
        let differences = differences(&updated, &again);
        if !differences.is_empty() {
            let hint = rules_hint(&differences);
            let differs = self.differs(differences);
            let problem = format!("two runs differ, so nothing is written: {differs}{hint}");
            return Err(Mismatch::Failed(problem));
        }
        let path = self.expected_path();
        fs::write(&path, updated.to_text()).map_err(|error| in_file(&path, error))?;
        Ok(Some(path))
    }

    fn differs(&self, differences: Vec<Difference>) -> Mismatch {
        Mismatch::Differs { file: self.expected_path(), differences }
    }

    fn expected_path(&self) -> PathBuf {
        self.folder.join("expected.json")
    }

    fn event_as(&self, source: SourceShape) -> String {
        match serde_json::from_str(&self.event) {
            Ok(event) if source != self.own_source() => source.translate(event).to_string(),
            // Do not format the event anew, so that the function gets the exact text of the file.
            _ => self.event.clone(),
        }
    }
}

/// Returns a hint with the rules that accept the differences, or an empty text if a difference has
/// no such rule.
fn rules_hint(differences: &[Difference]) -> String {
    let rules: Option<serde_json::Map<_, _>> = differences
        .iter()
        .map(|it| it.suggestion().map(|(path, rule)| (path, Value::from(rule))))
        .collect();
    let Some(rules) = rules else { return String::new() };
    let file = serde_json::json!({"matching": rules, "records": []});
    format!(
        "\nIf these values are meant to differ, add their rules to expected.json, as in {file}, \
         and update again"
    )
}

fn in_file(path: &Path, what: impl std::fmt::Display) -> String {
    format!("{}: {what}", path.display())
}

#[cfg(test)]
mod tests;
