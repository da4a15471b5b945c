use std::ops::Range;

use crate::redact::replacement::Replacement;

/// A part of a text to replace.
#[derive(Debug)]
pub(super) struct Match<'a> {
    pub(super) range: Range<usize>,
    pub(super) replacement: &'a Replacement,
}
