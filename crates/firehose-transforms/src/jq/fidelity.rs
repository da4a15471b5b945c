//! The text of untouched values, and the precision of numbers.

/// The treatment of values in which this crate differs from jq 1.6 on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fidelity {
    /// Untouched parts of an item keep their text, and integers are exact.
    #[default]
    KeepsText,
    /// As in jq 1.6, every value is read and written anew, and numbers are rounded to 64-bit
    /// floating point.
    Jq16,
}

impl Fidelity {
    pub(crate) fn is_jq(self) -> bool {
        self == Self::Jq16
    }
}
