use bytes::Bytes;

use crate::paths::{
    apply::{apply, transform_items},
    field_path::FieldPath,
    item_error::ItemError,
    json_string::{DecodedString, json_string},
    on_missing::OnMissing,
    path_tree::{Mark, PathTree},
    rewrite::rewrite,
    rewriter::{MarkScope, Problem, Rewrite},
    splice::Slot,
};

/// Replaces the characters of fields with `*`. [`with_kept`](Self::with_kept) keeps the last characters.
///
/// If a value has at most as many characters as `with_kept` keeps, all its characters are masked.
/// The length of a value stays visible. A number, `true` or `false` becomes a masked string, and
/// `null` stays `null`. In an object or array, every value is masked.
///
/// ```
/// use firehose_transforms::redact::Mask;
///
/// let mask = Mask::new([".card".parse()?, ".pin".parse()?]).with_kept(4);
/// let item = r#"{"card": "4111111111111111", "pin": 1234}"#.into();
/// assert_eq!(mask.apply(&item)?, r#"{"card": "************1111", "pin": "****"}"#);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mask {
    tree: PathTree<()>,
    kept: usize,
    /// The character with JSON escapes.
    character: Box<str>,
    on_missing: OnMissing,
}

impl Mask {
    /// Creates a transform that masks all characters of the fields at these paths with `*`.
    pub fn new(paths: impl IntoIterator<Item = FieldPath>) -> Self {
        Self {
            tree: paths.into_iter().collect(),
            kept: 0,
            character: "*".into(),
            on_missing: OnMissing::default(),
        }
    }

    /// Sets the number of characters at the end of a value that stay visible. Default: 0.
    #[must_use]
    pub fn with_kept(mut self, characters: usize) -> Self {
        self.kept = characters;
        self
    }

    /// Sets the character that replaces the masked characters. Default: `*`.
    #[must_use]
    pub fn with_character(mut self, character: char) -> Self {
        let quoted = json_string(character.encode_utf8(&mut [0; 4]));
        self.character = quoted[1..quoted.len() - 1].into();
        self
    }

    /// Sets what happens to an item that lacks one of the fields. Default: [`OnMissing::Ignore`].
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Masks the fields of one JSON text.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON. With [`OnMissing::Fail`], also if the item lacks a field.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        apply(item, |text| rewrite(text, &self.tree, self.on_missing, &mut Masking { mask: self }))
    }

    /// Returns the number of characters to mask, and the offset of the characters that stay.
    fn masked(&self, text: &str) -> (usize, usize) {
        let masked = text.chars().count().saturating_sub(self.kept);
        match text.char_indices().nth(masked) {
            Some((kept_from, _)) if masked > 0 => (masked, kept_from),
            _ => (text.chars().count(), text.len()),
        }
    }
}

transform_items!(Mask);

struct Masking<'t> {
    mask: &'t Mask,
}

impl Rewrite for Masking<'_> {
    type Mark = ();

    fn scope(&self, (): &()) -> MarkScope {
        MarkScope::Scalars
    }

    fn scalar(
        &mut self,
        _: Option<&Mark<()>>,
        value: &str,
        mut slot: Slot<'_, '_>,
    ) -> Result<(), Problem> {
        let character = &*self.mask.character;
        let push = |count: usize, out: &mut String| {
            (0..count).for_each(|_| out.push_str(character));
        };
        if value.starts_with('"') {
            let decoded = DecodedString::new(value);
            let (masked, kept_from) = self.mask.masked(&decoded.text);
            if masked > 0 {
                push(masked, slot.replace_part(1..decoded.literal_offset(kept_from)));
            }
        } else if value != "null" {
            let (masked, kept_from) = self.mask.masked(value);
            let out = slot.replace();
            out.push('"');
            push(masked, out);
            out.push_str(&value[kept_from..]);
            out.push('"');
        }
        Ok(())
    }
}
