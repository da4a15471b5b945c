use std::{cell::RefCell, collections::BTreeMap};

use crate::cloudformation::evaluator::Node;

/// The longest id, as long as the longest name of a function.
const MAX_ID: usize = 64;

/// The ids of the functions whose ARNs only a deployed stack has.
#[derive(Debug, Default)]
pub(crate) struct FunctionPlaceholders {
    /// The unevaluated ARNs by id.
    ids: RefCell<BTreeMap<String, Node>>,
}

impl FunctionPlaceholders {
    /// Returns the id of the function with this unevaluated ARN. Equal ARNs have the same id, and
    /// different ARNs have different ids.
    ///
    /// `name` is a short name of the unknown value, such as `App.Outputs.Arn`. `is_taken` returns
    /// `true` for the id of another function.
    pub(super) fn id(&self, arn: &Node, name: &str, is_taken: impl Fn(&str) -> bool) -> String {
        let mut ids = self.ids.borrow_mut();
        let plain = plain_id(name);
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        for id in [plain.clone()].into_iter().chain(numbered) {
            match ids.get(&id) {
                Some(other) if other == arn => return id,
                Some(_) => {}
                None if is_taken(&id) => {}
                None => {
                    ids.insert(id.clone(), arn.clone());
                    return id;
                }
            }
        }
        plain
    }
}

/// Returns the name with only characters that AWS allows in a function's name.
fn plain_id(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut id = String::new();
    for c in name.chars() {
        match is_plain(c) {
            true => id.push(c),
            false if id.is_empty() || id.ends_with('-') => {}
            false => id.push('-'),
        }
    }
    // All characters have one byte.
    id.truncate(MAX_ID);
    let id = id.trim_end_matches('-');
    if id.is_empty() { "function".to_owned() } else { id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(placeholders: &FunctionPlaceholders, arn: &str, name: &str) -> String {
        placeholders.id(&Node::Scalar(arn.to_owned()), name, |id| id == "Taken")
    }

    #[test]
    fn different_arns_have_different_ids() {
        let placeholders = FunctionPlaceholders::default();
        for (arn, name, expected) in [
            ("1", "ssm:/fn/one", "ssm-fn-one"),
            ("2", "ssm:/fn-one", "ssm-fn-one-2"),
            ("3", "ssm:/fn/one", "ssm-fn-one-3"),
            ("2", "ssm:/fn-one", "ssm-fn-one-2"),
            ("4", "Taken", "Taken-2"),
            ("5", "/", "function"),
        ] {
            assert_eq!(id(&placeholders, arn, name), expected, "{arn}");
        }
        assert_eq!(id(&placeholders, "6", &"x".repeat(100)).len(), MAX_ID);
    }
}
