use std::collections::BTreeMap;

use super::value::Value;

/// Returns the items of a set, each once: first the texts, numbers and booleans in the order of their
/// texts, then all other items.
pub(super) fn distinct_sorted(items: Vec<Value>) -> Vec<Value> {
    let mut distinct: Vec<Value> = Vec::new();
    let mut texts = BTreeMap::new();
    for item in items {
        match item.to_text() {
            Some(text) => {
                texts.insert(text, item);
            }
            None if distinct.contains(&item) => {}
            None => distinct.push(item),
        }
    }
    texts.into_values().chain(distinct).collect()
}
