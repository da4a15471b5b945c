//! Edits of JSON strings and numbers.

use crate::paths::{json_string::DecodedString, splice::Slot};
use crate::redact::detectors::Detectors;

/// Replaces the matches in a string or a key. All other bytes stay unchanged.
pub(super) fn redact_string(literal: &str, mut slot: Slot<'_, '_>, detectors: &Detectors) {
    let decoded = DecodedString::new(literal);
    for found in detectors.matches(&decoded.text) {
        let start = decoded.literal_offset(found.range.start);
        let end = decoded.literal_offset(found.range.end);
        slot.replace_part(start..end).push_str(found.replacement.escaped());
    }
}

/// Replaces a number with a string if a detector has a match in the number.
pub(super) fn redact_number(literal: &str, slot: Slot<'_, '_>, detectors: &Detectors) {
    if let Some(found) = detectors.matches(literal).first() {
        slot.replace().push_str(&found.replacement.json);
    }
}
