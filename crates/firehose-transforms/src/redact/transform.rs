use bytes::Bytes;

use crate::{
    paths::{
        apply::{apply, transform_items},
        field_path::FieldPath,
        item_error::ItemError,
        on_missing::OnMissing,
        path_tree::{Mark, PathNode, PathTree},
        rewrite::rewrite,
        rewriter::{Edit, MarkScope, Problem, Rewrite},
        splice::Slot,
    },
    redact::{
        detectors::Detectors,
        replacement::Replacement,
        string_edits::{redact_number, redact_string},
    },
};

/// Replaces secrets with a text such as `[REDACTED:email]`.
///
/// Replaces either whole fields, or the matches of detectors: in fields, in all strings of the item, or in
/// an item of plain text.
///
/// ```
/// use firehose_transforms::redact::{Detector, Detectors, Redact};
///
/// let redact = Redact::in_all_strings(Detectors::new([Detector::EMAIL, Detector::IPV4])?);
/// let item = r#"{"id": 1.50, "message": "login of ana@example.com from 192.0.2.1"}"#.into();
/// let expected =
///     r#"{"id": 1.50, "message": "login of [REDACTED:email] from [REDACTED:ipv4]"}"#;
/// assert_eq!(redact.apply(&item)?, expected);
///
/// let redact = Redact::fields([".user.password".parse()?]);
/// let item = r#"{"user": {"password": "s3cret"}}"#.into();
/// assert_eq!(redact.apply(&item)?, r#"{"user": {"password": "[REDACTED]"}}"#);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Redact {
    scope: RedactScope,
    tree: PathTree<()>,
    on_missing: OnMissing,
    numbers: bool,
    keys: bool,
}

#[derive(Clone, Debug)]
enum RedactScope {
    /// The fields of the tree, as a whole.
    WholeFields(Replacement),
    /// All strings in the fields of the tree.
    InFields(Detectors),
    /// All strings of the item.
    InAllStrings(Detectors),
    /// The whole item, as plain text.
    InText(Detectors),
}

impl Redact {
    /// Creates a transform that replaces whole fields with `[REDACTED]`. `null` stays `null`.
    pub fn fields(paths: impl IntoIterator<Item = FieldPath>) -> Self {
        Self::new(RedactScope::WholeFields(Replacement::new("[REDACTED]", "")), paths)
    }

    /// Creates a transform that replaces the matches of detectors in fields. If a field is an object or
    /// array, the transform searches all strings in the field, except keys.
    pub fn in_fields(paths: impl IntoIterator<Item = FieldPath>, detectors: Detectors) -> Self {
        Self::new(RedactScope::InFields(detectors), paths)
    }

    /// Creates a transform that replaces the matches of detectors in all strings of the item, except
    /// keys. See also [`with_keys`](Self::with_keys).
    pub fn in_all_strings(detectors: Detectors) -> Self {
        Self::new(RedactScope::InAllStrings(detectors), [])
    }

    /// Creates a transform that replaces the matches of detectors in an item of plain text.
    ///
    /// An item that is not UTF-8 fails.
    pub fn in_text(detectors: Detectors) -> Self {
        Self::new(RedactScope::InText(detectors), [])
    }

    fn new(scope: RedactScope, paths: impl IntoIterator<Item = FieldPath>) -> Self {
        let tree = paths.into_iter().collect();
        Self { scope, tree, on_missing: OnMissing::default(), numbers: false, keys: false }
    }

    /// Sets the replacement of whole [`fields`](Self::fields). Default: `[REDACTED]`.
    ///
    /// [`Detectors::with_replacement`] sets the replacement of a match.
    #[must_use]
    pub fn with_field_replacement(mut self, text: &str) -> Self {
        if let RedactScope::WholeFields(replacement) = &mut self.scope {
            *replacement = Replacement::new(text, "");
        }
        self
    }

    /// Sets whether detectors search numbers, too. Default: false.
    ///
    /// A number with a match is replaced with a string as a whole. Use this option for card numbers that
    /// producers send as JSON numbers.
    #[must_use]
    pub fn with_numbers(mut self, numbers: bool) -> Self {
        self.numbers = numbers;
        self
    }

    /// Sets whether detectors of [`in_all_strings`](Self::in_all_strings) search keys, too. Default:
    /// false.
    ///
    /// Two keys of an object may become the same key. Both members stay.
    #[must_use]
    pub fn with_keys(mut self, keys: bool) -> Self {
        self.keys = keys;
        self
    }

    /// Sets what happens to an item that lacks one of the fields. Default: [`OnMissing::Ignore`].
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Redacts one item.
    ///
    /// # Errors
    ///
    /// If the item is not UTF-8, or is not valid JSON, unless [`in_text`](Self::in_text) is used. With
    /// [`OnMissing::Fail`], also if the item lacks a field.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        apply(item, |text| match &self.scope {
            RedactScope::InText(detectors) => Ok(detectors.redact(text)),
            _ => rewrite(text, &self.tree, self.on_missing, &mut Redaction { redact: self }),
        })
    }
}

transform_items!(Redact);

struct Redaction<'t> {
    redact: &'t Redact,
}

impl Rewrite for Redaction<'_> {
    type Mark = ();

    fn is_everywhere(&self) -> bool {
        matches!(self.redact.scope, RedactScope::InAllStrings(_))
    }

    fn scope(&self, (): &()) -> MarkScope {
        match self.redact.scope {
            RedactScope::WholeFields(_) => MarkScope::Value,
            _ => MarkScope::Scalars,
        }
    }

    fn value(&mut self, _: &Mark<()>, value: &str, slot: Slot<'_, '_>) -> Result<Edit, Problem> {
        if let (RedactScope::WholeFields(replacement), true) = (&self.redact.scope, value != "null")
        {
            slot.replace().push_str(&replacement.json);
        }
        Ok(Edit::Done)
    }

    fn scalar(
        &mut self,
        _: Option<&Mark<()>>,
        value: &str,
        slot: Slot<'_, '_>,
    ) -> Result<(), Problem> {
        if let RedactScope::InFields(detectors) | RedactScope::InAllStrings(detectors) =
            &self.redact.scope
        {
            match value.as_bytes().first() {
                Some(b'"') => redact_string(value, slot, detectors),
                Some(b'-' | b'0'..=b'9') if self.redact.numbers => {
                    redact_number(value, slot, detectors);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn key(
        &mut self,
        _: &[&PathNode<()>],
        _: &[&PathNode<()>],
        key: &str,
        slot: Slot<'_, '_>,
    ) -> Result<Edit, ItemError> {
        if let (RedactScope::InAllStrings(detectors), true) = (&self.redact.scope, self.redact.keys)
        {
            redact_string(key, slot, detectors);
        }
        Ok(Edit::Done)
    }
}
