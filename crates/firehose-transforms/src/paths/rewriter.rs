use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::paths::{
    item_error::ItemError,
    path_tree::{Mark, PathNode},
    splice::Slot,
};

/// The maximum number of objects and arrays inside each other.
pub(crate) const MAX_LEVELS: usize = 128;

/// The result of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// The walk goes on inside the value. The slot is unused.
    Enter,
    /// The value stays, or is replaced in its slot. The walk does not enter the value.
    Done,
    /// The walk removes the value, with its key. The slot is unused.
    Remove,
}

/// The part of a value that a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkScope {
    /// The value as a whole: [`Rewrite::value`] edits it.
    Value,
    /// All scalars at or below the value: [`Rewrite::scalar`] edits them.
    Scalars,
    /// The key of the value: [`Rewrite::key`] edits it.
    Key,
}

/// A problem with a value. The walk adds the path.
pub(crate) type Problem = &'static str;

/// The edits of one walk over a JSON text.
///
/// `nodes` are the places of the path tree that lead to a value. There are several if paths with
/// `[]` and with a name or an index lead to the same value.
pub(crate) trait Rewrite {
    /// The treatment of the values at a path.
    type Mark;

    /// The edit of a value that no path leads to or into.
    const UNNAMED: Edit = Edit::Done;

    /// `true` if the walk enters every object and array, so that [`scalar`](Self::scalar) sees every
    /// scalar and [`key`](Self::key) every key.
    fn is_everywhere(&self) -> bool {
        false
    }

    /// Returns the part of a value that a mark is about.
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

    /// Edits a string, number, `true`, `false` or `null`, at or below a deep mark or anywhere.
    fn scalar(
        &mut self,
        _mark: Option<&Mark<Self::Mark>>,
        _value: &str,
        _slot: Slot<'_, '_>,
    ) -> Result<(), Problem> {
        Ok(())
    }

    /// Checks a value that begins with this byte, before any edit.
    fn check(&mut self, _nodes: &[&PathNode<Self::Mark>], _first: u8) -> Result<(), ItemError> {
        Ok(())
    }

    /// Prepares for an object. The scanner is at its first member, and `levels` are left below.
    fn enter_object(
        &mut self,
        _nodes: &[&PathNode<Self::Mark>],
        _members: &JsonScanner<'_>,
        _levels: usize,
    ) -> Result<(), JsonSyntaxError> {
        Ok(())
    }

    /// Edits a key of an object. `children` lead to its value, `key` is the key as it is written.
    fn key(
        &mut self,
        _nodes: &[&PathNode<Self::Mark>],
        _children: &[&PathNode<Self::Mark>],
        _key: &str,
        _slot: Slot<'_, '_>,
    ) -> Result<Edit, ItemError> {
        Ok(Edit::Done)
    }

    /// Returns further members for the end of an object, as text without a comma around them.
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
