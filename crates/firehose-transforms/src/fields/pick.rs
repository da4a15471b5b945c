use bytes::Bytes;

use crate::paths::{
    apply::{apply, transform_items},
    field_path::FieldPath,
    item_error::ItemError,
    on_missing::OnMissing,
    path_tree::{Mark, PathTree},
    rewrite::rewrite,
    rewriter::{Edit, MarkScope, Problem, Rewrite},
    splice::Slot,
};

/// Keeps the named fields and removes all others.
///
/// The fields keep their order and stay in their objects and arrays. An object or array without a named
/// field is removed, even if it is an item of an array. If the whole item has no named field, it becomes
/// `{}` or `[]`.
///
/// ```
/// use firehose_transforms::fields::Pick;
///
/// let pick = Pick::new([".id".parse()?, ".orders[].total".parse()?]);
/// let item = r#"{"name":"Ana","orders":[{"total":1.50,"note":""},{"note":"x"}],"id":7}"#.into();
/// assert_eq!(pick.apply(&item)?, r#"{"orders":[{"total":1.50}],"id":7}"#);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pick {
    tree: PathTree<()>,
    on_missing: OnMissing,
}

impl Pick {
    /// Creates a transform that keeps the fields at these paths.
    pub fn new(paths: impl IntoIterator<Item = FieldPath>) -> Self {
        Self { tree: paths.into_iter().collect(), on_missing: OnMissing::default() }
    }

    /// Sets what happens to an item that lacks one of the fields. Default: [`OnMissing::Ignore`].
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Keeps the fields of one JSON text.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON, or is not an object or an array. With [`OnMissing::Fail`], also if
    /// the item lacks a field.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        apply(item, |text| rewrite(text, &self.tree, self.on_missing, &mut Selection))
    }
}

transform_items!(Pick);

struct Selection;

impl Rewrite for Selection {
    type Mark = ();

    const UNNAMED: Edit = Edit::Remove;

    fn scope(&self, (): &()) -> MarkScope {
        MarkScope::Value
    }

    fn value(&mut self, _: &Mark<()>, _value: &str, _slot: Slot<'_, '_>) -> Result<Edit, Problem> {
        Ok(Edit::Done)
    }
}
