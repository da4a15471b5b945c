use std::collections::{BTreeMap, BTreeSet};

use super::node::Node;
use crate::error::TemplateError;

/// Checks that the template imports each given export of another stack, to find mistyped names.
/// Accepts any name if the template computes the name of an import.
pub(super) fn check(
    document: &Node,
    given: &BTreeMap<String, String>,
) -> Result<(), TemplateError> {
    if given.is_empty() {
        return Ok(());
    }
    let Some(imported) = document.imports() else { return Ok(()) };
    let Some(unknown) = given.keys().find(|name| !imported.contains(name.as_str())) else {
        return Ok(());
    };
    let names = imported.into_iter().collect::<Vec<_>>().join(", ");
    let reason = match names.as_str() {
        "" => format!("the template has no imports; remove the value of {unknown}"),
        names => format!("the template does not import {unknown}; its imports are {names}"),
    };
    Err(TemplateError::wrong("Fn::ImportValue", reason))
}

impl Node {
    /// Returns the names of the exports that a template imports. Returns `None` if the template computes
    /// the name of an import.
    pub(crate) fn imports(&self) -> Option<BTreeSet<&str>> {
        let mut imported = BTreeSet::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            if let Some(call) = node.intrinsic().filter(|call| call.name == "ImportValue") {
                imported.insert(call.argument.as_scalar()?);
                continue;
            }
            match node {
                Self::Map(entries) => open.extend(entries.iter().map(|(_, node)| node)),
                Self::List(nodes) => open.extend(nodes),
                Self::Tagged(_, argument) => open.push(argument),
                Self::Scalar(_) | Self::Null | Self::Unresolved(_) => {}
            }
        }
        Some(imported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(template: &str) -> Option<String> {
        let (document, _) = Node::parse(template).unwrap();
        let given = BTreeMap::from([("a".to_owned(), String::new())]);
        check(&document, &given).err().map(|error| error.to_string())
    }

    #[test]
    fn a_given_value_of_an_unknown_import_is_an_error() {
        assert_eq!(error("A: [{B: !ImportValue a}]"), None);
        assert_eq!(error("A: {'Fn::ImportValue': a}"), None);
        assert_eq!(error("A: !ImportValue {Ref: Name}\nB: !ImportValue b"), None);
        insta::assert_snapshot!(error("A: !ImportValue b\nB: !Sub ['${C}', {C: !ImportValue c}]").unwrap(), @"Fn::ImportValue: the template does not import a; its imports are b, c");
        insta::assert_snapshot!(error("A: b").unwrap(), @"Fn::ImportValue: the template has no imports; remove the value of a");
    }
}
