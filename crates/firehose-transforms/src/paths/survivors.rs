use crate::paths::splice::Splice;

/// The state of removals from one object or array, so that the remaining commas are valid. In this file,
/// a member is a member of an object or an item of an array.
///
/// A removal also removes the comma before the member. If no earlier member stays, the removal extends
/// to the next member that stays.
#[derive(Debug)]
pub(crate) struct Survivors {
    /// `true` if a member stays.
    any: bool,
    /// The start of the removed members before the first member that stays.
    removed_from: Option<usize>,
    /// The end of the last member, or the offset after the opening bracket.
    end: usize,
}

impl Survivors {
    /// Creates the state after an opening bracket, which ends at `end`.
    pub(crate) fn new(end: usize) -> Self {
        Self { any: false, removed_from: None, end }
    }

    /// Prepares for a member that may stay. If the member is removed instead, the caller resets the
    /// splice.
    pub(crate) fn begin(&self, splice: &mut Splice<'_>, start: usize) {
        if let (false, Some(from)) = (self.any, self.removed_from) {
            splice.replace(from..start);
        }
    }

    pub(crate) fn keep(&mut self, end: usize) {
        self.any = true;
        self.end = end;
    }

    /// Removes a member. `separator` is the offset of the comma before the member, or of the member itself
    /// if there is no comma.
    pub(crate) fn remove(
        &mut self,
        splice: &mut Splice<'_>,
        separator: usize,
        start: usize,
        end: usize,
    ) {
        if self.any {
            splice.replace(separator..end);
        } else {
            self.removed_from.get_or_insert(start);
        }
        self.end = end;
    }

    /// Finishes the removals. Returns `true` if no member stays.
    pub(crate) fn finish(&self, splice: &mut Splice<'_>) -> bool {
        if let (false, Some(from)) = (self.any, self.removed_from) {
            splice.replace(from..self.end);
        }
        !self.any
    }

    /// Returns the offset at which a further member can be inserted.
    pub(crate) fn end(&self) -> usize {
        self.end
    }
}
