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

/// Removes fields.
///
/// If an object has a key several times, every member with the key is removed. `[0]` and `[]` remove
/// items of an array, and the items after them get lower indexes.
///
/// ```
/// use firehose_transforms::fields::Remove;
///
/// let remove = Remove::new([".user.password".parse()?, ".debug".parse()?]);
/// let item = r#"{"id": 7, "user": {"name": "Ana", "password": "s3cret"}, "debug": [1]}"#.into();
/// assert_eq!(remove.apply(&item)?, r#"{"id": 7, "user": {"name": "Ana"}}"#);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Remove {
    tree: PathTree<()>,
    on_missing: OnMissing,
}

impl Remove {
    /// Creates a transform that removes the fields at these paths.
    pub fn new(paths: impl IntoIterator<Item = FieldPath>) -> Self {
        Self { tree: paths.into_iter().collect(), on_missing: OnMissing::default() }
    }

    /// Sets what happens to an item that lacks one of the fields. Default: [`OnMissing::Ignore`].
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Removes the fields from one JSON text.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON. With [`OnMissing::Fail`], also if the item lacks a field.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        apply(item, |text| rewrite(text, &self.tree, self.on_missing, &mut Removal))
    }
}

transform_items!(Remove);

struct Removal;

impl Rewrite for Removal {
    type Mark = ();

    fn scope(&self, (): &()) -> MarkScope {
        MarkScope::Value
    }

    fn value(&mut self, _: &Mark<()>, _value: &str, _slot: Slot<'_, '_>) -> Result<Edit, Problem> {
        Ok(Edit::Remove)
    }
}
