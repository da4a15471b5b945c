use std::collections::BTreeMap;

/// The source of a partition key. Keys of different sources may have the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeySource {
    /// The function: `!{partitionKeyFromLambda:name}`.
    Lambda,
    /// The query of a MetadataExtraction processor: `!{partitionKeyFromQuery:name}`.
    Query,
}

/// The partition keys of a record, by their source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionKeys<'a> {
    /// The keys that the function gave the record.
    pub from_lambda: &'a BTreeMap<String, String>,
    /// The keys that a query extracted from the record.
    pub from_query: &'a BTreeMap<String, String>,
}

static EMPTY: BTreeMap<String, String> = BTreeMap::new();

impl PartitionKeys<'static> {
    /// No keys.
    pub const NONE: Self = Self { from_lambda: &EMPTY, from_query: &EMPTY };
}

impl<'a> PartitionKeys<'a> {
    /// Returns the keys of a function, without keys of a query.
    pub fn of_lambda(from_lambda: &'a BTreeMap<String, String>) -> Self {
        Self { from_lambda, ..PartitionKeys::NONE }
    }

    /// Returns the value of a key.
    pub fn get(self, source: KeySource, name: &str) -> Option<&'a str> {
        let keys = match source {
            KeySource::Lambda => self.from_lambda,
            KeySource::Query => self.from_query,
        };
        keys.get(name).map(String::as_str)
    }
}

impl KeySource {
    /// Returns the namespace in an expression of a prefix.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Lambda => "partitionKeyFromLambda",
            Self::Query => "partitionKeyFromQuery",
        }
    }
}
