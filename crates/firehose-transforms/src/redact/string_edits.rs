//! Edits of JSON strings and of the other scalars.

use crate::paths::{json_string::DecodedString, splice::Slot};
use crate::redact::detectors::Detectors;

/// Replaces the finds in a string or a key. The other bytes stay as they are written.
pub(super) fn redact_string(literal: &str, mut slot: Slot<'_, '_>, detectors: &Detectors) {
    let decoded = DecodedString::new(literal);
    for find in detectors.finds(&decoded.text) {
        let start = decoded.literal_offset(find.place.start);
        let end = decoded.literal_offset(find.place.end);
        slot.replace_part(start..end).push_str(find.replacement.escaped());
    }
}

/// Replaces a number in which something is found by a text.
pub(super) fn redact_number(literal: &str, slot: Slot<'_, '_>, detectors: &Detectors) {
    if let Some(find) = detectors.finds(literal).first() {
        slot.replace().push_str(&find.replacement.json);
    }
}
