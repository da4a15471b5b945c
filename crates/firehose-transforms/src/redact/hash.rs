use bytes::Bytes;

use crate::{
    paths::{
        apply::{apply, transform_items},
        field_path::FieldPath,
        item_error::ItemError,
        json_string::scalar_text,
        on_missing::OnMissing,
        path_tree::{Mark, PathTree},
        rewrite::rewrite,
        rewriter::{MarkScope, Problem, Rewrite},
        splice::Slot,
    },
    redact::hash_key::HashKey,
};

/// Replaces fields with their HMAC-SHA-256. Equal values have equal hashes, and the hashes do not show
/// the values.
///
/// The input of the hash is the decoded text of a string, or the unchanged text of a number, `true` or
/// `false`. The result is a string of 64 lower-case hexadecimal digits. `null` stays `null`. In an object
/// or array, every value is replaced with its own hash.
///
/// ```
/// use firehose_transforms::redact::{Hash, HashKey};
///
/// let key = HashKey::from_bytes(b"an example, and not a secret at all")?;
/// let hash = Hash::new(key, [".user.email".parse()?]);
/// let item = r#"{"user": {"email": "ana@example.com", "age": 33}}"#.into();
/// assert_eq!(
///     hash.apply(&item)?,
///     r#"{"user": {"email": "9ab82b37a1ce6ca4f04fdb528b05f82e9f544b58466076455e326aff2d02b8ba", "age": 33}}"#,
/// );
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hash {
    key: HashKey,
    tree: PathTree<()>,
    on_missing: OnMissing,
}

impl Hash {
    /// Creates a transform that hashes the fields at these paths.
    pub fn new(key: HashKey, paths: impl IntoIterator<Item = FieldPath>) -> Self {
        Self { key, tree: paths.into_iter().collect(), on_missing: OnMissing::default() }
    }

    /// Sets what happens to an item that lacks one of the fields. Default: [`OnMissing::Ignore`].
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Hashes the fields of one JSON text.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON. With [`OnMissing::Fail`], also if the item lacks a field.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        let mut hashing = Hashing { key: &self.key };
        apply(item, |text| rewrite(text, &self.tree, self.on_missing, &mut hashing))
    }
}

transform_items!(Hash);

struct Hashing<'t> {
    key: &'t HashKey,
}

impl Rewrite for Hashing<'_> {
    type Mark = ();

    fn scope(&self, (): &()) -> MarkScope {
        MarkScope::Scalars
    }

    fn scalar(
        &mut self,
        _: Option<&Mark<()>>,
        value: &str,
        slot: Slot<'_, '_>,
    ) -> Result<(), Problem> {
        let Some(text) = scalar_text(value) else { return Ok(()) };
        let out = slot.replace();
        out.push('"');
        self.key.push_hash(text.as_bytes(), out);
        out.push('"');
        Ok(())
    }
}
