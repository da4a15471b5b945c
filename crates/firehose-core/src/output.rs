use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;

use crate::{iceberg::IcebergRouting, json::error::JsonError};

/// What a delivered record carries: its data, and optionally where it is to go.
///
/// Firehose takes exactly one output for each record. To deliver several lines, put them
/// into one `data`. Firehose writes outputs one after the other with nothing between them;
/// [`with_delimiter`](crate::TransformExt::with_delimiter) ends each with a newline.
///
/// ```
/// use firehose_core::Output;
///
/// let output = Output::json(&[1, 2, 3])?.with_partition_key("tenant", "acme");
/// assert_eq!(output.data(), "[1,2,3]");
/// assert_eq!(output.partition_keys()["tenant"], "acme");
/// # Ok::<_, firehose_core::JsonError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    data: Bytes,
    /// Behind a pointer, and not there unless it is set: most outputs have none.
    routing: Option<Box<Routing>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Routing {
    partition_keys: BTreeMap<String, String>,
    iceberg: Option<IcebergRouting>,
}

static NO_PARTITION_KEYS: BTreeMap<String, String> = BTreeMap::new();

impl Output {
    /// An output of these bytes: from `Bytes`, `Vec<u8>`, `String` or `&'static str`.
    pub fn new(data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), ..Self::default() }
    }

    /// An output of this value as compact JSON, with no newline after it.
    ///
    /// # Errors
    ///
    /// If the value has no JSON form: a map with keys that are not strings, for example.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, JsonError> {
        Ok(Self::new(serde_json::to_vec(value).map_err(|error| JsonError::writing(&error))?))
    }

    /// Adds a key for [dynamic partitioning], replacing one of the same name. The delivery
    /// stream's prefix refers to it as `!{partitionKeyFromLambda:name}`.
    ///
    /// [dynamic partitioning]: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
    #[must_use]
    pub fn with_partition_key(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.routing.get_or_insert_default().partition_keys.insert(name.into(), value.into());
        self
    }

    /// Says which Apache Iceberg table the record goes to, and how.
    #[must_use]
    pub fn with_iceberg_routing(mut self, routing: IcebergRouting) -> Self {
        self.routing.get_or_insert_default().iceberg = Some(routing);
        self
    }

    /// The bytes to deliver, not base64. May be empty.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The bytes by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// The partition keys, by name.
    pub fn partition_keys(&self) -> &BTreeMap<String, String> {
        self.routing.as_ref().map_or(&NO_PARTITION_KEYS, |routing| &routing.partition_keys)
    }

    /// The Iceberg routing, if any.
    pub fn iceberg_routing(&self) -> Option<&IcebergRouting> {
        self.routing.as_ref()?.iceberg.as_ref()
    }

    /// The same routing with other data: how a combinator changes the bytes and nothing else.
    #[must_use]
    pub fn with_data(self, data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), ..self }
    }

    /// What an earlier step of a chain decided, unless this output decides it anew.
    pub(crate) fn inherit(mut self, earlier: Self) -> Self {
        let Some(earlier) = earlier.routing else { return self };
        let routing = self.routing.get_or_insert_default();
        for (name, value) in earlier.partition_keys {
            routing.partition_keys.entry(name).or_insert(value);
        }
        routing.iceberg = routing.iceberg.take().or(earlier.iceberg);
        self
    }
}

impl<T: Into<Bytes>> From<T> for Output {
    fn from(data: T) -> Self {
        Self::new(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_type_says_when_it_is_written_is_kept() {
        struct Locked;
        impl serde::Serialize for Locked {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("lock poisoned"))
            }
        }
        let error = Output::json(&Locked).unwrap_err();
        assert_eq!(error.to_string(), "lock poisoned");
    }
}
