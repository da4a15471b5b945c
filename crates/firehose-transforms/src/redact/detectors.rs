use std::ops::Range;

use crate::redact::{
    detector::{Detector, TextClass},
    redact_error::RedactError,
    replacement::Replacement,
};

/// Detectors with the text that replaces their finds.
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

/// A place in a text that is replaced.
#[derive(Debug)]
pub(super) struct Find<'a> {
    pub(super) place: Range<usize>,
    pub(super) replacement: &'a Replacement,
}

impl Detectors {
    /// The default replacement of a find.
    pub const DEFAULT_REPLACEMENT: &'static str = "[REDACTED:{name}]";

    /// Creates a list with the replacement `[REDACTED:{name}]`, in which `{name}` stands for the name of
    /// the detector.
    ///
    /// # Errors
    ///
    /// If the list is empty, or if a detector finds the replacement text of one of them.
    pub fn new(detectors: impl IntoIterator<Item = Detector>) -> Result<Self, RedactError> {
        Self::with_replacement(detectors, Self::DEFAULT_REPLACEMENT)
    }

    /// Creates a list with another replacement, in which `{name}` stands for the name of the detector.
    ///
    /// # Errors
    ///
    /// If the list is empty, or if a detector finds the replacement text of one of them: a second run
    /// would then change the text again.
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

    /// Returns a text with every find replaced, or `None` if nothing is found.
    pub fn redact(&self, text: &str) -> Option<String> {
        let finds = self.finds(text);
        (!finds.is_empty()).then(|| replaced(text, &finds))
    }

    /// Returns the places to replace, from front to back. The list is empty if nothing is found.
    ///
    /// Places that overlap become one place, with the replacement of the first of them. No detector
    /// finds anything in the text with the replacements: if the replacements would make a new find,
    /// the whole text is one place.
    pub(super) fn finds(&self, text: &str) -> Vec<Find<'_>> {
        let class = TextClass::of(text);
        let mut finds = Vec::new();
        for (detector, replacement) in &self.detectors {
            detector.find(text, class, &mut |place| finds.push(Find { place, replacement }));
        }
        if finds.is_empty() {
            return finds;
        }
        finds.sort_by_key(|find| find.place.start);
        finds.dedup_by(|later, earlier| {
            let overlaps = later.place.start < earlier.place.end;
            if overlaps {
                earlier.place.end = earlier.place.end.max(later.place.end);
            }
            overlaps
        });
        if self.first_finder(&replaced(text, &finds)).is_some() {
            finds.truncate(1);
            finds[0].place = 0..text.len();
        }
        finds
    }

    /// Returns the name of the first detector that finds something.
    fn first_finder(&self, text: &str) -> Option<&str> {
        let class = TextClass::of(text);
        let mut detectors = self.detectors.iter().map(|(detector, _)| detector);
        let finder = detectors.find(|detector| {
            let mut is_found = false;
            detector.find(text, class, &mut |_| is_found = true);
            is_found
        });
        finder.map(Detector::name)
    }
}

/// Returns the text with the replacements.
fn replaced(text: &str, finds: &[Find<'_>]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for find in finds {
        result.push_str(&text[copied..find.place.start]);
        result.push_str(&find.replacement.text);
        copied = find.place.end;
    }
    result.push_str(&text[copied..]);
    result
}
