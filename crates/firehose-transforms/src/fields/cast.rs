use bytes::Bytes;

use crate::{
    fields::cast_to::{CastTo, OnMismatch},
    paths::{
        apply::{apply, transform_items},
        field_path::FieldPath,
        item_error::ItemError,
        on_missing::OnMissing,
        path_tree::{Mark, PathTree},
        rewrite::rewrite,
        rewriter::{Edit, MarkScope, Problem, Rewrite},
        splice::Slot,
    },
};

/// Converts fields to another type: string, number, boolean, or a time in another format.
///
/// A number keeps all its digits, even if there are many. A value that has the type already keeps its
/// bytes.
///
/// ```
/// use firehose_transforms::fields::{Cast, CastTo, TimeFormat};
///
/// let time = CastTo::Time { from: TimeFormat::EpochMillis, to: TimeFormat::Rfc3339 };
/// let cast = Cast::new()
///     .with_field(&".price".parse()?, CastTo::Number)
///     .with_field(&".zip".parse()?, CastTo::Text)
///     .with_field(&".ts".parse()?, time);
/// let item = r#"{"price":"1.50","zip":12345,"ts":1769862600000}"#.into();
/// let expected = r#"{"price":1.50,"zip":"12345","ts":"2026-01-31T12:30:00Z"}"#;
/// assert_eq!(cast.apply(&item)?, expected);
///
/// let error = cast.apply(&r#"{"price":"free"}"#.into()).unwrap_err();
/// assert_eq!(error.to_string(), "the field .price is not a number, and cannot be cast to one");
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cast {
    tree: PathTree<CastTo>,
    on_missing: OnMissing,
    on_mismatch: OnMismatch,
}

impl Cast {
    /// Creates a transform without fields, which changes nothing.
    pub fn new() -> Self {
        Self {
            tree: PathTree::new(),
            on_missing: OnMissing::default(),
            on_mismatch: OnMismatch::default(),
        }
    }

    /// Adds a field and its type. A later type for the same field replaces the earlier one.
    #[must_use]
    pub fn with_field(mut self, path: &FieldPath, to: CastTo) -> Self {
        self.tree.insert(path, to);
        self
    }

    /// Sets what happens to an item that lacks one of the fields. Default: [`OnMissing::Ignore`].
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Sets what happens to a value that cannot be converted. Default: [`OnMismatch::Fail`].
    #[must_use]
    pub fn with_on_mismatch(mut self, on_mismatch: OnMismatch) -> Self {
        self.on_mismatch = on_mismatch;
        self
    }

    /// Casts the fields of one JSON text.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON. With [`OnMissing::Fail`], also if the item lacks a field. With
    /// [`OnMismatch::Fail`], also if a value cannot be converted.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        let mut casting = Casting { on_mismatch: self.on_mismatch };
        apply(item, |text| rewrite(text, &self.tree, self.on_missing, &mut casting))
    }
}

impl Default for Cast {
    fn default() -> Self {
        Self::new()
    }
}

transform_items!(Cast);

struct Casting {
    on_mismatch: OnMismatch,
}

impl Rewrite for Casting {
    type Mark = CastTo;

    fn scope(&self, _: &CastTo) -> MarkScope {
        MarkScope::Value
    }

    fn value(
        &mut self,
        mark: &Mark<CastTo>,
        value: &str,
        slot: Slot<'_, '_>,
    ) -> Result<Edit, Problem> {
        match (mark.treatment.cast(value), self.on_mismatch) {
            (Ok(None), _) | (Err(_), OnMismatch::Keep) => return Ok(Edit::Enter),
            (Ok(Some(new)), _) => slot.replace().push_str(&new),
            (Err(_), OnMismatch::Null) => slot.replace().push_str("null"),
            (Err(problem), OnMismatch::Fail) => return Err(problem),
        }
        Ok(Edit::Done)
    }
}
