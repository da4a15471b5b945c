use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;

use crate::{iceberg::IcebergRouting, json::error::JsonError};

/// The data that Firehose delivers for a record, and optionally its routing.
///
/// Firehose accepts exactly one output for each record. To deliver several lines, put all of them
/// into the data of one output. Firehose writes outputs without anything between them. To end each
/// output with a newline, use [`with_delimiter`](crate::TransformExt::with_delimiter).
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
    /// The routing. Allocated only when it is set, since most outputs have none.
    routing: Option<Box<Routing>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Routing {
    partition_keys: BTreeMap<String, String>,
    iceberg: Option<IcebergRouting>,
}

static NO_PARTITION_KEYS: BTreeMap<String, String> = BTreeMap::new();

impl Output {
    /// Creates an output from `Bytes`, `Vec<u8>`, `String` or `&'static str`.
    pub fn new(data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), ..Self::default() }
    }

    /// Creates an output of compact JSON, without a newline after it.
    ///
    /// # Errors
    ///
    /// If JSON cannot represent the value, for example a map with keys that are not strings.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, JsonError> {
        Ok(Self::new(serde_json::to_vec(value).map_err(|error| JsonError::writing(&error))?))
    }

    /// Adds a key for [dynamic partitioning], or replaces the key of the same name.
    ///
    /// The prefix of the delivery stream refers to the key as `!{partitionKeyFromLambda:name}`.
    /// Firehose does not deliver a record with an empty key. So the runtime answers
    /// `ProcessingFailed` for an output whose key has an empty name or value, and logs the name.
    ///
    /// [dynamic partitioning]: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
    #[must_use]
    pub fn with_partition_key(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.routing.get_or_insert_default().partition_keys.insert(name.into(), value.into());
        self
    }

    /// Sets the Apache Iceberg table and the operation for the record.
    #[must_use]
    pub fn with_iceberg_routing(mut self, routing: IcebergRouting) -> Self {
        self.routing.get_or_insert_default().iceberg = Some(routing);
        self
    }

    /// Returns the bytes to deliver, without base64. The data may be empty.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Returns the bytes by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// Returns the partition keys by name.
    pub fn partition_keys(&self) -> &BTreeMap<String, String> {
        self.routing.as_ref().map_or(&NO_PARTITION_KEYS, |routing| &routing.partition_keys)
    }

    /// Returns the Iceberg routing, if it is set.
    pub fn iceberg_routing(&self) -> Option<&IcebergRouting> {
        self.routing.as_ref()?.iceberg.as_ref()
    }

    /// Replaces the data and keeps the routing, for a combinator that changes only the bytes.
    #[must_use]
    pub fn with_data(self, data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), ..self }
    }

    /// Adds the routing of an earlier step, except the parts that this output sets itself.
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
    fn keeps_the_error_text_of_a_type_that_cannot_be_written() {
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
