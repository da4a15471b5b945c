use std::collections::HashMap;

use bytes::Bytes;

use crate::message::field_length;

/// A table of keys of an unfinished aggregate, in the order of their first use.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyTableBuilder {
    keys: Vec<Bytes>,
    index: HashMap<Bytes, u64>,
}

impl KeyTableBuilder {
    /// Returns the index of a key, and the number of bytes that the key adds to the message.
    ///
    /// If the table does not contain the key, returns the index that the next insertion gives it.
    pub(crate) fn index_and_growth(&self, key: &str) -> (u64, usize) {
        match self.index.get(key.as_bytes()) {
            Some(index) => (*index, 0),
            None => (self.keys.len() as u64, field_length(key.len())),
        }
    }

    /// Adds a key unless the table contains it.
    pub(crate) fn insert(&mut self, key: &str) {
        if !self.index.contains_key(key.as_bytes()) {
            let key = Bytes::copy_from_slice(key.as_bytes());
            self.index.insert(key.clone(), self.keys.len() as u64);
            self.keys.push(key);
        }
    }

    /// Returns the first key.
    pub(crate) fn first(&self) -> Option<&Bytes> {
        self.keys.first()
    }

    /// Returns the keys by value.
    pub(crate) fn into_keys(self) -> Vec<Bytes> {
        self.keys
    }
}
