use std::collections::BTreeMap;

use bytes::Bytes;

/// The data and the partition keys that the processors before the function gave a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessedData {
    /// The data, such as the decompressed record.
    pub data: Bytes,
    /// The keys for `!{partitionKeyFromLambda:...}`. A key of the function replaces the key of the
    /// same name.
    pub lambda_keys: BTreeMap<String, String>,
    /// The keys for `!{partitionKeyFromQuery:...}`.
    pub query_keys: BTreeMap<String, String>,
}
