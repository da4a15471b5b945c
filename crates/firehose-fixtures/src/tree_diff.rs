//! The differences between two JSON values, path by path.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::{
    json_tree::JsonTree,
    matcher::NamedMatcher,
    matching::Rules,
    value_path::{Location, PathStep},
};

/// A difference between two JSON values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TreeDifference {
    /// The path of the value.
    pub(crate) path: String,
    /// The expected and the actual value.
    pub(crate) text: String,
    /// The rule that would accept both values.
    pub(crate) rule: Option<NamedMatcher>,
}

/// Returns the differences that the rules do not accept.
pub(crate) fn tree_differences(
    expected: &JsonTree,
    actual: &JsonTree,
    rules: Rules<'_>,
) -> Vec<TreeDifference> {
    let mut comparison = Comparison { rules, found: Vec::new() };
    comparison.values(&mut Location::default(), expected, actual);
    comparison.found
}

/// Returns the differences between two lists of values, such as JSON lines, with their indexes.
pub(crate) fn list_differences(
    expected: &[JsonTree],
    actual: &[JsonTree],
    rules: Rules<'_>,
) -> Vec<(usize, TreeDifference)> {
    let mut found = Vec::new();
    for pair in pairs(expected, actual, |it| canonical(&mut Location::default(), it, rules)) {
        let difference = |text| TreeDifference { path: ".".to_owned(), text, rule: None };
        match pair {
            Pair::Both(index, one, other) => {
                found.extend(tree_differences(one, other, rules).into_iter().map(|it| (index, it)));
            }
            Pair::Missing(index, one) => found.push((index, difference(missing(one)))),
            Pair::Unexpected(index, other) => found.push((index, difference(unexpected(other)))),
        }
    }
    found
}

/// Returns a copy of `actual`. Each value that a rule accepts is replaced by the value of `expected` at
/// the same path.
pub(crate) fn with_examples(
    expected: &JsonTree,
    actual: &JsonTree,
    rules: Rules<'_>,
    location: &mut Location,
) -> JsonTree {
    if rules.at(location).is_some_and(|rule| rule.accepts(actual)) {
        return expected.clone();
    }
    match (expected, actual) {
        (JsonTree::Array(expected), JsonTree::Array(actual)) => {
            let items = actual.iter().enumerate().map(|(index, item)| match expected.get(index) {
                Some(example) => location.within(PathStep::Index(index), |location| {
                    with_examples(example, item, rules, location)
                }),
                None => item.clone(),
            });
            JsonTree::Array(items.collect())
        }
        (JsonTree::Object(expected), JsonTree::Object(actual)) => {
            let members = actual.iter().map(|(key, value)| {
                let example = expected.iter().find(|(name, _)| name == key);
                let value = match example {
                    Some((_, example)) => location.within(PathStep::Key(key.clone()), |location| {
                        with_examples(example, value, rules, location)
                    }),
                    None => value.clone(),
                };
                (key.clone(), value)
            });
            JsonTree::Object(members.collect())
        }
        _ => actual.clone(),
    }
}

struct Comparison<'a> {
    rules: Rules<'a>,
    found: Vec<TreeDifference>,
}

impl Comparison<'_> {
    fn push(&mut self, location: &Location, text: String) {
        self.found.push(TreeDifference { path: location.to_string(), text, rule: None });
    }

    fn values(&mut self, location: &mut Location, expected: &JsonTree, actual: &JsonTree) {
        if let Some(rule) = self.rules.at(location) {
            if !rule.accepts(actual) {
                let text = format!("expected {rule}, found {}", shown(actual));
                self.push(location, text);
            }
            return;
        }
        match (expected, actual) {
            (JsonTree::Object(expected), JsonTree::Object(actual)) => {
                self.members(location, expected, actual);
            }
            (JsonTree::Array(expected), JsonTree::Array(actual)) => {
                self.items(location, expected, actual);
            }
            _ if expected != actual => {
                let text = format!("expected {}, found {}", shown(expected), shown(actual));
                let rule = NamedMatcher::for_both(expected, actual);
                self.found.push(TreeDifference { path: location.to_string(), text, rule });
            }
            _ => {}
        }
    }

    fn members(
        &mut self,
        location: &mut Location,
        expected: &[(String, JsonTree)],
        actual: &[(String, JsonTree)],
    ) {
        let mut left: Vec<_> = actual.iter().collect();
        let mut order = Vec::new();
        let mut is_missing = false;
        for (key, value) in expected {
            let found = left.iter().position(|(name, _)| name == key);
            let found = found.map(|index| left.remove(index));
            location.within(PathStep::Key(key.clone()), |location| match found {
                Some((_, other)) => self.values(location, value, other),
                None => {
                    is_missing = true;
                    self.push(location, missing(value));
                }
            });
            order.push(key);
        }
        for (key, value) in &left {
            location.within(PathStep::Key(key.clone()), |location| {
                self.push(location, unexpected(value));
            });
        }
        let is_in_order = actual.iter().map(|(key, _)| key).eq(order.iter().copied());
        if !is_missing && left.is_empty() && !is_in_order {
            let list = |keys: Vec<&String>| {
                keys.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            };
            let actual = list(actual.iter().map(|(key, _)| key).collect());
            let text =
                format!("the keys have another order: expected {}, found {actual}", list(order));
            self.push(location, shortened(&text));
        }
    }

    fn items(&mut self, location: &mut Location, expected: &[JsonTree], actual: &[JsonTree]) {
        let rules = self.rules;
        // The same item may have different indexes in the two lists, so rules for one index do not
        // count here.
        let mut any_item = location.clone();
        let pairs = pairs(expected, actual, |item| {
            any_item.within(PathStep::Index(usize::MAX), |at| canonical(at, item, rules))
        });
        for pair in pairs {
            let (Pair::Both(index, ..) | Pair::Missing(index, _) | Pair::Unexpected(index, _)) =
                pair;
            location.within(PathStep::Index(index), |location| match pair {
                Pair::Both(_, one, other) => self.values(location, one, other),
                Pair::Missing(_, one) => self.push(location, missing(one)),
                Pair::Unexpected(_, other) => self.push(location, unexpected(other)),
            });
        }
    }
}

/// Two items that correspond to each other, or an item that only one of the lists has. The number is
/// the index in the expected list, or for an unexpected item, in the actual list.
enum Pair<'a> {
    Both(usize, &'a JsonTree, &'a JsonTree),
    Missing(usize, &'a JsonTree),
    Unexpected(usize, &'a JsonTree),
}

/// Pairs the items of two lists: by index if the lists have the same length, else by their equal items,
/// so that a new item is one difference and not a difference in each later item.
fn pairs<'a>(
    expected: &'a [JsonTree],
    actual: &'a [JsonTree],
    mut canonical: impl FnMut(&JsonTree) -> String,
) -> Vec<Pair<'a>> {
    if expected.len() == actual.len() {
        let both = expected.iter().zip(actual).enumerate();
        return both.map(|(index, (one, other))| Pair::Both(index, one, other)).collect();
    }
    let keys: Vec<_> = expected.iter().map(&mut canonical).collect();
    let other_keys: Vec<_> = actual.iter().map(&mut canonical).collect();
    let mut pairs = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, &keys, &other_keys) {
        let (old, new) = (operation.old_range(), operation.new_range());
        let both = match operation {
            DiffOp::Equal { .. } | DiffOp::Replace { .. } => old.len().min(new.len()),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } => 0,
        };
        for (one, other) in old.clone().zip(new.clone()) {
            pairs.push(Pair::Both(one, &expected[one], &actual[other]));
        }
        pairs.extend(old.skip(both).map(|it| Pair::Missing(it, &expected[it])));
        pairs.extend(new.skip(both).map(|it| Pair::Unexpected(it, &actual[it])));
    }
    pairs
}

/// Returns a text that is the same for two values that differ only where a rule accepts both of them.
fn canonical(location: &mut Location, value: &JsonTree, rules: Rules<'_>) -> String {
    if rules.at(location).is_some_and(|rule| rule.accepts(value)) {
        return "*".to_owned();
    }
    match value {
        JsonTree::Leaf(text) => text.clone(),
        JsonTree::Array(items) => {
            let items = items.iter().enumerate().map(|(index, item)| {
                location.within(PathStep::Index(index), |at| canonical(at, item, rules))
            });
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        JsonTree::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let value =
                    location.within(PathStep::Key(key.clone()), |at| canonical(at, value, rules));
                format!("{key}:{value}")
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

fn missing(value: &JsonTree) -> String {
    format!("expected {}, but the value is missing", shown(value))
}

fn unexpected(value: &JsonTree) -> String {
    format!("expected no value, found {}", shown(value))
}

/// The maximum length of a value in a difference, in characters.
const SHOWN_CHARACTERS: usize = 300;

/// Formats a value for a message.
pub(crate) fn shown(value: &JsonTree) -> String {
    shortened(&value.to_string())
}

/// Returns the start of a long text.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
