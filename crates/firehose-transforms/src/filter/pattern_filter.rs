use bytes::Bytes;
use firehose_core::{BoxError, Outcome, Record, Transform, async_trait};
use regex::RegexSet;

use crate::{
    filter::{filter_error::FilterError, on_reject::OnReject, pattern_error::PatternError},
    paths::{
        field_path::FieldPath,
        item_error::ItemError,
        json_string::scalar_text,
        on_missing::OnMissing,
        path_tree::{Mark, PathTree},
        rewrite::rewrite,
        rewriter::{MarkScope, Problem, Rewrite},
        splice::Slot,
    },
};

/// A filter that keeps or rejects items by patterns of the crate
/// [`regex`](https://docs.rs/regex/latest/regex/#syntax).
///
/// An item is rejected if a denied pattern matches, or if there are allowed patterns and none of them
/// matches. A pattern may match anywhere in a text. To match the whole text, begin the pattern with
/// `^` and end it with `$`.
///
/// ```
/// use firehose_transforms::filter::PatternFilter;
///
/// let filter = PatternFilter::in_fields([".level".parse()?])
///     .with_allowed(["^(WARN|ERROR)$"])?;
/// assert!(filter.check(&r#"{"level":"ERROR"}"#.into()).is_ok());
/// assert!(filter.check(&r#"{"level":"INFO"}"#.into()).is_err());
///
/// let filter = PatternFilter::in_text().with_denied(["(?i)health.?check", "^$"])?;
/// assert!(filter.check(&"GET /orders".into()).is_ok());
/// let error = filter.check(&"GET /healthcheck".into()).unwrap_err();
/// assert_eq!(error.to_string(), "the item matches number 1 of the denied patterns");
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PatternFilter {
    /// The fields to search, or `None` to search the whole item as text.
    fields: Option<PathTree<()>>,
    allowed: Option<RegexSet>,
    denied: Option<RegexSet>,
    on_reject: OnReject,
}

impl PatternFilter {
    /// Creates a filter without patterns that searches the whole item as text, in any format.
    ///
    /// An item that is not UTF-8 fails.
    pub fn in_text() -> Self {
        Self { fields: None, allowed: None, denied: None, on_reject: OnReject::default() }
    }

    /// Creates a filter without patterns that searches fields of a JSON item.
    ///
    /// The filter searches each text at or inside a field: the decoded text of a string, and a
    /// number, `true` or `false` as it is written. `null` and a missing field have no text, so no
    /// pattern matches them.
    pub fn in_fields(paths: impl IntoIterator<Item = FieldPath>) -> Self {
        Self { fields: Some(paths.into_iter().collect()), ..Self::in_text() }
    }

    /// Sets the allowed patterns. At least one of them must match.
    ///
    /// # Errors
    ///
    /// If a pattern is not valid.
    pub fn with_allowed<P: AsRef<str>>(
        mut self,
        patterns: impl IntoIterator<Item = P>,
    ) -> Result<Self, PatternError> {
        self.allowed = Some(set(patterns)?);
        Ok(self)
    }

    /// Sets the denied patterns. None of them may match, even if an allowed pattern matches.
    ///
    /// # Errors
    ///
    /// If a pattern is not valid.
    pub fn with_denied<P: AsRef<str>>(
        mut self,
        patterns: impl IntoIterator<Item = P>,
    ) -> Result<Self, PatternError> {
        self.denied = Some(set(patterns)?);
        Ok(self)
    }

    /// Sets the treatment of a rejected item. Default: [`OnReject::Drop`].
    #[must_use]
    pub fn with_on_reject(mut self, on_reject: OnReject) -> Self {
        self.on_reject = on_reject;
        self
    }

    /// Checks one item.
    ///
    /// # Errors
    ///
    /// If the item is rejected or cannot be checked.
    pub fn check(&self, item: &Bytes) -> Result<(), FilterError> {
        let text = str::from_utf8(item).map_err(ItemError::from)?;
        let mut search = Search { filter: self, denied: None, is_allowed: false };
        match &self.fields {
            None => search.look_into(text),
            Some(fields) => {
                rewrite(text, fields, OnMissing::Ignore, &mut search)?;
            }
        }
        match search.denied {
            Some(index) => Err(FilterError::Denied(index)),
            None if self.allowed.is_some() && !search.is_allowed => Err(FilterError::NotAllowed),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Transform for PatternFilter {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let checked = self.check(record.data());
        self.on_reject.outcome(record.into_data(), checked)
    }
}

fn set<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<RegexSet, PatternError> {
    RegexSet::new(patterns).map_err(|error| PatternError::new(&error))
}

/// The matches in the texts of one item.
struct Search<'t> {
    filter: &'t PatternFilter,
    /// The lowest index of a denied pattern that matches.
    denied: Option<usize>,
    is_allowed: bool,
}

impl Search<'_> {
    fn look_into(&mut self, text: &str) {
        if let Some(denied) = &self.filter.denied
            && denied.is_match(text)
        {
            let first = denied.matches(text).iter().next();
            self.denied = self.denied.into_iter().chain(first).min();
        }
        if let Some(allowed) = &self.filter.allowed {
            self.is_allowed |= allowed.is_match(text);
        }
    }
}

impl Rewrite for Search<'_> {
    type Mark = ();

    fn scope(&self, (): &()) -> MarkScope {
        MarkScope::Scalars
    }

    fn scalar(
        &mut self,
        _: Option<&Mark<()>>,
        value: &str,
        _slot: Slot<'_, '_>,
    ) -> Result<(), Problem> {
        if let Some(text) = scalar_text(value) {
            self.look_into(&text);
        }
        Ok(())
    }
}
