use std::{cell::Cell, collections::BTreeMap, mem};

use super::{
    node::{Entries, Node, entry},
    parameters::{self, ParameterValue},
};
use crate::given_values::GivenValues;

/// The prefix of a key with a loop.
pub(super) const PREFIX: &str = "Fn::ForEach::";

/// The largest size of all expanded loops: values plus bytes of text. A template that CloudFormation
/// accepts stays below, because its limit on size counts after the expansion.
const MAX_EXPANDED: usize = 1_000_000;

/// The expansion of `Fn::ForEach`:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html>.
///
/// A loop whose list cannot be read here remains as it is: a list that is neither of texts nor a
/// parameter, or a parameter without a value.
#[derive(Debug)]
struct ForEach {
    parameters: BTreeMap<String, ParameterValue>,
    /// The size that is left for copies.
    left: Cell<usize>,
}

/// A loop of the form `[Identifier, Collection, {Key: Value}]`.
struct Loop<'a> {
    identifier: &'a str,
    collection: Vec<String>,
    body: &'a Entries,
}

impl Node {
    /// Expands each `Fn::ForEach` whose list can be read.
    pub(crate) fn expand_loops(mut self, given: &GivenValues) -> Self {
        let declarations = self.entries().and_then(|top| entry(top, "Parameters")?.entries());
        // `Template::new` reports the errors of parameters.
        let parameters = parameters::read(declarations.unwrap_or_default(), &given.parameters);
        let parameters = parameters.unwrap_or_default();
        let parameters =
            parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        ForEach { parameters, left: Cell::new(MAX_EXPANDED) }.expand(&mut self);
        self
    }
}

impl ForEach {
    /// Expands the loops in the keys of a mapping and of the mappings inside.
    fn expand(&self, node: &mut Node) {
        match node {
            Node::Map(entries) => {
                if entries.iter().any(|(key, _)| key.starts_with(PREFIX)) {
                    *entries = self.expand_entries(mem::take(entries));
                }
                entries.iter_mut().for_each(|(_, value)| self.expand(value));
            }
            Node::List(items) => items.iter_mut().for_each(|item| self.expand(item)),
            Node::Tagged(_, argument) => self.expand(argument),
            Node::Null | Node::Scalar(_) | Node::Unresolved(_) => {}
        }
    }

    fn expand_entries(&self, entries: Entries) -> Entries {
        let mut expanded = Entries::new();
        for (key, value) in entries {
            match self.expand_loop(&key, &value) {
                Some(more) => expanded.extend(more),
                None => expanded.push((key, value)),
            }
        }
        expanded
    }

    /// Returns the entries that a loop adds, or `None` for a key without a loop and for a loop that
    /// cannot be expanded. The values can contain further loops, but the entries cannot.
    fn expand_loop(&self, key: &str, value: &Node) -> Option<Entries> {
        let Loop { identifier, collection, body } = self.read(key, value)?;
        let mut added = Entries::new();
        for item in &collection {
            for (key, value) in body {
                let key = replace(key, identifier, item);
                let value = self.substitute(value, identifier, item)?;
                match key.starts_with(PREFIX) {
                    true => added.extend(self.expand_loop(&key, &value)?),
                    false => added.push((key, value)),
                }
            }
        }
        Some(added)
    }

    fn read<'b>(&self, key: &str, value: &'b Node) -> Option<Loop<'b>> {
        key.strip_prefix(PREFIX)?;
        let Node::List(parts) = value else { return None };
        let [Node::Scalar(identifier), collection, Node::Map(body)] = parts.as_slice() else {
            return None;
        };
        let collection = match (collection, collection.intrinsic()) {
            (Node::List(items), _) => items
                .iter()
                .map(|item| item.as_scalar().map(str::to_owned))
                .collect::<Option<_>>()?,
            (_, Some(call)) if call.name == "Ref" => {
                match self.parameters.get(call.argument.as_scalar()?)? {
                    ParameterValue::List(items) => items.clone(),
                    ParameterValue::Text(_) | ParameterValue::Missing { .. } => return None,
                }
            }
            _ => return None,
        };
        Some(Loop { identifier, collection, body })
    }

    /// Returns a copy of a value with an item in place of the identifier. Returns `None` if the
    /// copies are too large.
    fn substitute(&self, node: &Node, identifier: &str, item: &str) -> Option<Node> {
        let is_identifier = |argument: &Node| argument.as_scalar() == Some(identifier);
        if let Some(call) = node.intrinsic()
            && call.name == "Ref"
            && is_identifier(call.argument)
        {
            return self.spend(item.len()).map(|()| Node::Scalar(item.to_owned()));
        }
        self.spend(0)?;
        Some(match node {
            Node::Null | Node::Unresolved(_) => node.clone(),
            Node::Scalar(text) => {
                let text = replace(text, identifier, item);
                self.spend(text.len())?;
                Node::Scalar(text)
            }
            Node::List(items) => {
                let items = items.iter().map(|it| self.substitute(it, identifier, item));
                Node::List(items.collect::<Option<_>>()?)
            }
            Node::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let key = replace(key, identifier, item);
                    self.spend(key.len())?;
                    Some((key, self.substitute(value, identifier, item)?))
                });
                Node::Map(entries.collect::<Option<_>>()?)
            }
            Node::Tagged(name, argument) => {
                let argument = self.substitute(argument, identifier, item)?;
                Node::Tagged(name.clone(), Box::new(argument))
            }
        })
    }

    fn spend(&self, bytes: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(bytes + 1)?);
        Some(())
    }
}

/// Replaces `${Identifier}` and `&{Identifier}`. The latter form also removes the characters of the
/// item that a logical id cannot have.
fn replace(text: &str, identifier: &str, item: &str) -> String {
    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
    text.replace(&format!("${{{identifier}}}"), item).replace(&format!("&{{{identifier}}}"), &plain)
}

/// Returns `true` if a loop that cannot be expanded may add a resource with one of these types.
pub(super) fn may_add(node: &Node, kinds: &[&str]) -> bool {
    match node {
        Node::Map(entries) => {
            let kind = entry(entries, "Type");
            let is_kind = kind.is_some_and(|kind| {
                kind.as_scalar().is_none_or(|it| kinds.contains(&it) || it.contains("{"))
            });
            is_kind || entries.iter().any(|(_, value)| may_add(value, kinds))
        }
        Node::List(items) => items.iter().any(|item| may_add(item, kinds)),
        // A macro can add anything.
        Node::Tagged(name, argument) => name == "Transform" || may_add(argument, kinds),
        Node::Null | Node::Scalar(_) | Node::Unresolved(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> Node {
        Node::parse(text).unwrap().0.expand_loops(&GivenValues::default())
    }

    fn parsed(text: &str) -> Node {
        Node::parse(text).unwrap().0
    }

    #[test]
    fn a_loop_adds_its_entries() {
        for (text, expected) in [
            (
                "Fn::ForEach::L: [N, [a, b-c], {'X&{N}': {V: !Ref N, W: !Sub '${N}/${M}', L: ['${N}']}}]\nY: 1",
                "Xa: {V: a, W: !Sub 'a/${M}', L: [a]}\nXbc: {V: b-c, W: !Sub 'b-c/${M}', L: [b-c]}\nY: 1",
            ),
            (
                "Fn::ForEach::A: [M, [1, 2], {'Fn::ForEach::B': [N, [x], {'K${M}${N}': !Ref N}]}]",
                "K1x: x\nK2x: x",
            ),
            (
                "a: {'Fn::ForEach::A': [M, [1], {'K${M}': {'Fn::ForEach::B': [N, [x], {'${N}': 1}]}}]}",
                "a: {K1: {x: 1}}",
            ),
        ] {
            assert_eq!(expand(text), parsed(expected), "{text}");
        }
        let list = expand(
            "Parameters: {L: {Type: CommaDelimitedList, Default: 'a, b'}}\n\
             Fn::ForEach::X: [N, !Ref L, {'${N}': 1}]",
        );
        assert!(entry(list.entries().unwrap(), "b").is_some());
    }

    #[test]
    fn a_loop_that_cannot_be_read_remains() {
        for text in [
            "Fn::ForEach::L: [N, !Ref Unknown, {'${N}': 1}]",
            "Fn::ForEach::L: [N, !FindInMap [a, b, c], {'${N}': 1}]",
            "Fn::ForEach::L: [N, [a]]",
            "Fn::ForEach::L: x",
        ] {
            assert_eq!(expand(text), parsed(text), "{text}");
        }
    }

    #[test]
    fn a_large_expansion_remains() {
        let items = vec!["x"; 3_000].join(", ");
        let text = format!(
            "Fn::ForEach::A: [M, [{items}], {{'Fn::ForEach::B': [N, [{items}], {{'${{M}}${{N}}': 1}}]}}]"
        );
        assert_eq!(expand(&text), parsed(&text));
    }

    #[test]
    fn a_loop_of_other_resources_adds_no_function() {
        let kinds = ["AWS::Lambda::Function"];
        for (text, expected) in [
            ("[N, !Ref L, {T: {Type: 'AWS::SNS::Topic'}}]", false),
            ("[N, !Ref L, {T: {Type: 'AWS::Lambda::Function'}}]", true),
            ("[N, !Ref L, {T: {Type: !Ref N}}]", true),
            ("[N, !Ref L, {T: {Type: '${N}'}}]", true),
        ] {
            assert_eq!(may_add(&parsed(text), &kinds), expected, "{text}");
        }
    }
}
