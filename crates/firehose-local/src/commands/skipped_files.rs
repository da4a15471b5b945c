use std::path::PathBuf;

use crate::terminal::eprint_error;

/// Prints a note on the pipes and devices in the folders of an input, which are not read: the first
/// one, and their number.
pub(super) fn note_skipped(skipped: Option<&(PathBuf, u64)>) {
    if let Some((path, number)) = skipped {
        let others = match number.saturating_sub(1) {
            0 => String::new(),
            others => format!(", and neither are {others} others"),
        };
        eprint_error(format_args!(
            "note: {} is not a regular file, so it is not read{others}; name a pipe itself to read it",
            path.display()
        ));
    }
}
