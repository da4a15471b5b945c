use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::paths::{
    item_error::ItemError,
    path_tree::{Mark, PathNode},
    splice::Slot,
};

/// The maximum number of nested objects and arrays.
pub(crate) const MAX_LEVELS: usize = 128;

/// The result of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// The walk enters the value. The `Rewrite` has not written to the slot.
    Enter,
    /// The value stays, or the `Rewrite` has written its replacement to the slot. The walk does not enter the value.
    Done,
    /// The walk removes the value and its key. The `Rewrite` has not written to the slot.
    Remove,
}

/// The part of a value that a mark applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkScope {
    /// The value as a whole: [`Rewrite::value`] edits it.
    Value,
    /// All scalars at or below the value: [`Rewrite::scalar`] edits them.
    Scalars,
    /// The key of the value: [`Rewrite::key`] edits it.
    Key,
}

/// A problem with a value. The walk adds the path to the error.
pub(crate) type Problem = &'static str;

/// The edits of one walk over a JSON text.
///
/// `nodes` are the nodes of the path tree that match a value. There are several if a path with `[]` and a
/// path with a name or an index match the same value.
pub(crate) trait Rewrite {
    /// The type of [`Mark::treatment`]: the options of an edit.
    type Mark;

    /// The edit of a value that no path selects and that contains no selected value.
    const UNNAMED: Edit = Edit::Done;

    /// `true` if the walk enters every object and array, so that [`scalar`](Self::scalar) sees every
    /// scalar and [`key`](Self::key) every key.
    fn is_everywhere(&self) -> bool {
        false
    }

    /// Returns the part of a value that a mark applies to.
    fn scope(&self, mark: &Self::Mark) -> MarkScope;

    /// Edits a value at a path.
    fn value(
        &mut self,
        _mark: &Mark<Self::Mark>,
        _value: &str,
        _slot: Slot<'_, '_>,
    ) -> Result<Edit, Problem> {
        Ok(Edit::Enter)
    }

    /// Edits a string, number, `true`, `false` or `null`.
    ///
    /// `mark` is the mark with [`MarkScope::Scalars`] at or above the value. `mark` is `None` if only
    /// [`is_everywhere`](Self::is_everywhere) selects the value.
    fn scalar(
        &mut self,
        _mark: Option<&Mark<Self::Mark>>,
        _value: &str,
        _slot: Slot<'_, '_>,
    ) -> Result<(), Problem> {
        Ok(())
    }

    /// Checks a value before any edit. `first` is the first byte of the value.
    fn check(&mut self, _nodes: &[&PathNode<Self::Mark>], _first: u8) -> Result<(), ItemError> {
        Ok(())
    }

    /// Prepares for an object. `members` is a scanner at the first member. `levels` is the number of
    /// levels that the values of the object may have.
    fn enter_object(
        &mut self,
        _nodes: &[&PathNode<Self::Mark>],
        _members: &JsonScanner<'_>,
        _levels: usize,
    ) -> Result<(), JsonSyntaxError> {
        Ok(())
    }

    /// Edits a key of an object. `children` are the nodes that match the value, and `key` is the key as a
    /// JSON string.
    fn key(
        &mut self,
        _nodes: &[&PathNode<Self::Mark>],
        _children: &[&PathNode<Self::Mark>],
        _key: &str,
        _slot: Slot<'_, '_>,
    ) -> Result<Edit, ItemError> {
        Ok(Edit::Done)
    }

    /// Returns the text of further members for the end of an object, without a comma at the start or the
    /// end.
    ///
    /// `start` is the offset of the object in the text.
    fn leave_object(
        &mut self,
        _nodes: &[&PathNode<Self::Mark>],
        _start: usize,
    ) -> Result<String, ItemError> {
        Ok(String::new())
    }
}
