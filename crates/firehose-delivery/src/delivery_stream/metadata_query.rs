use std::collections::BTreeSet;

use firehose_transforms::jq::{JqFilter, JqFilterError};

/// The query of a MetadataExtraction processor: a filter of jq 1.6 whose output is an object with
/// the partition keys.
///
/// AWS documents that Firehose uses jq 1.6:
/// <https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html>.
///
/// ```
/// use firehose_delivery::delivery_stream::MetadataQuery;
///
/// let query = MetadataQuery::parse("{customer: .customer_id, day: .time[0:10]}")?;
/// assert_eq!(query.keys().unwrap(), &["customer".to_owned(), "day".to_owned()].into());
/// # Ok::<_, firehose_transforms::jq::JqFilterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MetadataQuery {
    filter: JqFilter,
    keys: Option<BTreeSet<String>>,
}

impl MetadataQuery {
    /// The largest number of keys of a query:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>.
    pub const MAX_KEYS: usize = 50;

    /// Compiles a query.
    ///
    /// # Errors
    ///
    /// If the text is not a filter of jq 1.6.
    pub fn parse(text: &str) -> Result<Self, JqFilterError> {
        let filter = JqFilter::of_jq_1_6(text)?;
        let keys = filter.object_keys().map(|keys| keys.into_iter().map(str::to_owned).collect());
        Ok(Self { filter, keys })
    }

    /// Returns the text of the query.
    pub fn text(&self) -> &str {
        self.filter.text()
    }

    /// Returns the compiled filter.
    pub fn filter(&self) -> &JqFilter {
        &self.filter
    }

    /// Returns the names of the keys, or `None` if they depend on the record.
    pub fn keys(&self) -> Option<&BTreeSet<String>> {
        self.keys.as_ref()
    }
}

impl PartialEq for MetadataQuery {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for MetadataQuery {}
