use crate::redact::{
    detector::Detector, escapes::DecodedEscapes, found_match::Match, redact_error::RedactError,
    redacted_text::RedactedText, replacement::Replacement, searched_text::SearchedText,
};

/// Detectors, each with the text that replaces its matches.
///
/// ```
/// use firehose_transforms::redact::{Detector, Detectors};
///
/// let badge = Detector::from_pattern("badge", "[A-Z]{2}-[0-9]{4}")?;
/// let detectors = Detectors::with_replacement([Detector::EMAIL, badge], "<{name}>")?;
/// assert_eq!(detectors.redact("ana@example.com has AB-1234").as_deref(), Some("<email> has <badge>"));
/// # Ok::<_, firehose_transforms::redact::RedactError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Detectors {
    detectors: Vec<(Detector, Replacement)>,
}

impl Detectors {
    /// The default replacement of a match. `{name}` stands for the name of the detector.
    pub const DEFAULT_REPLACEMENT: &'static str = "[REDACTED:{name}]";

    /// The maximum number of searches for matches that replacements made.
    const MAX_ROUNDS: usize = 4;

    /// Creates a list with the replacement `[REDACTED:{name}]`. `{name}` stands for the name of the
    /// detector.
    ///
    /// # Errors
    ///
    /// If the list is empty, or if a detector matches the replacement text of a detector of the list.
    pub fn new(detectors: impl IntoIterator<Item = Detector>) -> Result<Self, RedactError> {
        Self::with_replacement(detectors, Self::DEFAULT_REPLACEMENT)
    }

    /// Creates a list with another replacement. `{name}` stands for the name of the detector.
    ///
    /// # Errors
    ///
    /// If the list is empty, or if a detector matches the replacement text of a detector of the list. A
    /// second run would then change the text again.
    pub fn with_replacement(
        detectors: impl IntoIterator<Item = Detector>,
        replacement: &str,
    ) -> Result<Self, RedactError> {
        let with_text = |detector: Detector| {
            let replacement = Replacement::new(replacement, detector.name());
            (detector, replacement)
        };
        let list = Self { detectors: detectors.into_iter().map(with_text).collect() };
        if list.detectors.is_empty() {
            return Err(RedactError::no_detector());
        }
        for (_, replacement) in &list.detectors {
            if let Some(name) = list.first_finder(&replacement.text) {
                return Err(RedactError::found_replacement(&replacement.text, name));
            }
        }
        Ok(list)
    }

    /// Returns a text with every match replaced, or `None` if there is no match.
    pub fn redact(&self, text: &str) -> Option<String> {
        let matches = self.matches(text);
        (!matches.is_empty()).then(|| RedactedText::new(text, &matches).text)
    }

    /// Returns the parts of a text to replace, from the start to the end of the text.
    ///
    /// Matches that overlap become one match, with the replacement of the first of them. No detector
    /// has a match in the text with the replacements: if the replacements make a new match, its part of
    /// the text is replaced, too, and after [`MAX_ROUNDS`](Self::MAX_ROUNDS) the whole text.
    pub(super) fn matches(&self, text: &str) -> Vec<Match<'_>> {
        let mut matches = self.search(text);
        if matches.is_empty() {
            return matches;
        }
        merge(&mut matches);
        for _ in 0..Self::MAX_ROUNDS {
            let redacted = RedactedText::new(text, &matches);
            let new = self.search(&redacted.text);
            if new.is_empty() {
                return matches;
            }
            matches.extend(
                new.into_iter()
                    .map(|found| Match { range: redacted.original(&found.range), ..found }),
            );
            merge(&mut matches);
        }
        if self.first_finder(&RedactedText::new(text, &matches).text).is_some() {
            matches.truncate(1);
            matches[0].range = 0..text.len();
        }
        matches
    }

    /// Returns the matches of each detector.
    fn search(&self, text: &str) -> Vec<Match<'_>> {
        let decoded = DecodedEscapes::of(text);
        let searched = SearchedText::new(text, decoded.as_ref());
        let mut matches = Vec::new();
        for (detector, replacement) in &self.detectors {
            detector.find(&searched, &mut |range| matches.push(Match { range, replacement }));
        }
        matches
    }

    /// Returns the name of the first detector that has a match in a text.
    fn first_finder(&self, text: &str) -> Option<&str> {
        let decoded = DecodedEscapes::of(text);
        let searched = SearchedText::new(text, decoded.as_ref());
        let mut detectors = self.detectors.iter().map(|(detector, _)| detector);
        let finder = detectors.find(|detector| {
            let mut is_found = false;
            detector.find(&searched, &mut |_| is_found = true);
            is_found
        });
        finder.map(Detector::name)
    }
}

/// Sorts matches, and makes one match of those that overlap.
fn merge(matches: &mut Vec<Match<'_>>) {
    matches.sort_by_key(|found| found.range.start);
    matches.dedup_by(|later, earlier| {
        let overlaps = later.range.start < earlier.range.end;
        if overlaps {
            earlier.range.end = earlier.range.end.max(later.range.end);
        }
        overlaps
    });
}
