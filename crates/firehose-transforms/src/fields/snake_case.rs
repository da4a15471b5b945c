use std::borrow::Cow;

use bytes::Bytes;
use heck::ToSnakeCase;
use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::paths::{
    apply::{apply, transform_items},
    item_error::ItemError,
    json_string::{DecodedString, json_string},
    on_missing::OnMissing,
    path_tree::{PathNode, PathTree},
    rewrite::rewrite,
    rewriter::{Edit, MarkScope, Rewrite},
    splice::Slot,
};

/// Converts the keys of all objects to snake case, the usual form of column names in a table.
///
/// | key | result |
/// |---|---|
/// | `userId`, `UserID`, `user-id`, `user id`, `user.id` | `user_id` |
/// | `HTTPServer` | `http_server` |
/// | `ec2InstanceId` | `ec2_instance_id` |
/// | `_id`, `@timestamp`, `$ref` | unchanged: characters before the first letter or digit stay |
///
/// A key that has only the characters `a` to `z`, `0` to `9` and `_` stays unchanged. The crate
/// [`heck`](https://docs.rs/heck) defines where words end. If two keys of an object would become the same
/// key, the item fails.
///
/// ```
/// use firehose_transforms::fields::SnakeCase;
///
/// let item = r#"{"userId": 7, "lastOrders": [{"OrderTotal": 1.50}]}"#.into();
/// let expected = r#"{"user_id": 7, "last_orders": [{"order_total": 1.50}]}"#;
/// assert_eq!(SnakeCase::new().apply(&item)?, expected);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SnakeCase {
    _private: (),
}

impl SnakeCase {
    /// Creates the transform.
    pub fn new() -> Self {
        Self::default()
    }

    /// Converts the keys of one JSON text.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON, or if two keys of an object would become the same key.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        apply(item, |text| {
            rewrite(text, &PathTree::new(), OnMissing::Ignore, &mut Conversion::default())
        })
    }
}

transform_items!(SnakeCase);

#[derive(Default)]
struct Conversion {
    /// The keys of the open objects, outermost first.
    keys: Vec<ConvertedKey>,
    /// For each open object: the number of `keys` before its first key, and `true` if one of its keys has
    /// changed.
    objects: Vec<(usize, bool)>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ConvertedKey {
    new: String,
    /// The original key, if the conversion changed it.
    old: Option<String>,
}

impl Rewrite for Conversion {
    type Mark = ();

    fn is_everywhere(&self) -> bool {
        true
    }

    fn scope(&self, (): &()) -> MarkScope {
        MarkScope::Key
    }

    fn enter_object(
        &mut self,
        _: &[&PathNode<()>],
        _: &JsonScanner<'_>,
        _levels: usize,
    ) -> Result<(), JsonSyntaxError> {
        self.objects.push((self.keys.len(), false));
        Ok(())
    }

    fn key(
        &mut self,
        _: &[&PathNode<()>],
        _: &[&PathNode<()>],
        key: &str,
        slot: Slot<'_, '_>,
    ) -> Result<Edit, ItemError> {
        let old = DecodedString::new(key).text;
        let new = snake_case(&old);
        let is_changed = old != new;
        if is_changed {
            slot.replace().push_str(&json_string(&new));
        }
        if let Some((_, any_changed)) = self.objects.last_mut() {
            *any_changed |= is_changed;
        }
        let new = new.into_owned();
        self.keys.push(ConvertedKey { new, old: is_changed.then(|| old.into_owned()) });
        Ok(Edit::Done)
    }

    fn leave_object(&mut self, _: &[&PathNode<()>], start: usize) -> Result<String, ItemError> {
        let (first, any_changed) = self.objects.pop().unwrap_or_default();
        let keys = &mut self.keys[first..];
        if any_changed {
            keys.sort_unstable();
            if keys.windows(2).any(|pair| pair[0].new == pair[1].new && pair[0].old != pair[1].old)
            {
                return Err(ItemError::NameConflict(start));
            }
        }
        self.keys.truncate(first);
        Ok(String::new())
    }
}

fn snake_case(key: &str) -> Cow<'_, str> {
    let is_plain = |it: u8| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_');
    let start = key.find(char::is_alphanumeric).unwrap_or(key.len());
    if key.bytes().all(is_plain) || start == key.len() {
        return Cow::Borrowed(key);
    }
    let (prefix, word) = key.split_at(start);
    Cow::Owned(format!("{prefix}{}", word.to_snake_case()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_separated_and_prefixes_stay() {
        for (key, expected) in [
            ("userId", "user_id"),
            ("UserID", "user_id"),
            ("user-id", "user_id"),
            ("user id", "user_id"),
            ("user.id", "user_id"),
            ("HTTPServer", "http_server"),
            ("ec2InstanceId", "ec2_instance_id"),
            ("_id", "_id"),
            ("__typeName", "__type_name"),
            ("@timestamp", "@timestamp"),
            ("$ref", "$ref"),
            ("a__b_", "a__b_"),
            ("größeMax", "größe_max"),
            ("", ""),
            ("***", "***"),
        ] {
            assert_eq!(snake_case(key), expected, "{key}");
        }
    }
}
