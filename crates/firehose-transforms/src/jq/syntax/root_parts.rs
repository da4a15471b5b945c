use std::sync::Arc;

use super::node::{Form, Node, Op, Part, RootParts};

/// The number of fields up to which finding each field is faster than reading all members.
const MAX_FIELDS: usize = 8;

/// Returns the parts that a filter reads of its input.
pub(super) fn root_parts(main: &Node) -> RootParts {
    let mut fields = Vec::new();
    if collect(main, &mut fields) {
        return if fields.len() <= MAX_FIELDS {
            RootParts::Fields(fields)
        } else {
            RootParts::Some
        };
    }
    if changes_fields(main) { RootParts::Some } else { RootParts::All }
}

impl RootParts {
    /// Returns the parts that either of two filters reads.
    pub(crate) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Fields(own), Self::Fields(more)) => {
                let more = more.iter().filter(|field| !own.contains(field));
                let fields: Vec<_> = own.iter().chain(more).cloned().collect();
                if fields.len() <= MAX_FIELDS { Self::Fields(fields) } else { Self::Some }
            }
            (Self::Some, _) | (_, Self::Some) => Self::Some,
        }
    }
}

/// Returns true if the node sets or deletes fields of its input.
fn changes_fields(node: &Node) -> bool {
    match &node.op {
        Op::Pipe(nodes) => changes_fields(&nodes[0]) || changes_fields(&nodes[1]),
        Op::If(nodes) => nodes[1..].iter().any(changes_fields),
        Op::Assign(nodes)
        | Op::Update(nodes)
        | Op::UpdateMath(_, nodes)
        | Op::UpdateAlternative(nodes) => begins_with_field(&nodes[0]),
        Op::Form(Form::Delete, arguments) => arguments.iter().all(begins_with_field),
        _ => false,
    }
}

/// Returns true for paths that begin with a field, as `.a.b[]`.
fn begins_with_field(path: &Node) -> bool {
    match &path.op {
        Op::Field { base, .. } if matches!(base.op, Op::Identity) => true,
        Op::Field { base, .. }
        | Op::Index { base, .. }
        | Op::Slice { base, .. }
        | Op::Iterate { base, .. } => begins_with_field(base),
        Op::Comma(nodes) => nodes.iter().all(begins_with_field),
        Op::Pipe(nodes) => begins_with_field(&nodes[0]),
        _ => false,
    }
}

/// Adds the fields of the root, the input of the node, that the node reads. Returns false if the node
/// reads other parts.
fn collect(node: &Node, fields: &mut Vec<Arc<str>>) -> bool {
    match &node.op {
        Op::Identity | Op::Literal(_) => true,
        Op::Field { base, key, .. } if matches!(base.op, Op::Identity) => {
            if !fields.contains(key) {
                fields.push(Arc::clone(key));
            }
            true
        }
        Op::Iterate { base, .. } | Op::Index { base, .. } | Op::Slice { base, .. }
            if matches!(base.op, Op::Identity) =>
        {
            false
        }
        Op::Field { base, .. } | Op::Iterate { base, .. } => collect(base, fields),
        Op::Index { base, index, .. } => collect(base, fields) && collect(index, fields),
        Op::Slice { base, bounds, .. } => {
            collect(base, fields) && bounds.iter().flatten().all(|bound| collect(bound, fields))
        }
        Op::Collect(items) => items.iter().all(|items| collect(items, fields)),
        Op::Construct(members) => {
            members.iter().all(|(key, value)| collect(key, fields) && collect(value, fields))
        }
        Op::Interpolate { parts, .. } => parts.iter().all(|part| match part {
            Part::Text(_) => true,
            Part::Node(node) => collect(node, fields),
        }),
        Op::Negate(node) => collect(node, fields),
        Op::Pipe(nodes) => {
            collect(&nodes[0], fields) && (!returns_root(&nodes[0]) || collect(&nodes[1], fields))
        }
        Op::Comma(nodes) => nodes.iter().all(|node| collect(node, fields)),
        Op::And(nodes)
        | Op::Or(nodes)
        | Op::Alternative(nodes)
        | Op::Math(_, nodes)
        | Op::Compare(_, nodes) => nodes.iter().all(|node| collect(node, fields)),
        Op::If(nodes) => nodes.iter().all(|node| collect(node, fields)),
        Op::Form(Form::Empty, _) => true,
        _ => false,
    }
}

/// Returns true if an output of the node may be the whole input of the node, as in `select(…)`.
fn returns_root(node: &Node) -> bool {
    match &node.op {
        Op::Identity => true,
        Op::If(nodes) => nodes[1..].iter().any(returns_root),
        Op::Pipe(nodes) => returns_root(&nodes[0]) && returns_root(&nodes[1]),
        Op::Comma(nodes) => nodes.iter().any(returns_root),
        Op::Alternative(nodes) => nodes.iter().any(returns_root),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{super::fidelity::Fidelity, program::compile},
        *,
    };

    #[test]
    fn finds_the_filters_that_set_or_delete_fields() {
        for (filter, expected) in [
            (".a = 1", RootParts::Some),
            ("del(.a) | .b = .c", RootParts::Some),
            ("del(.a, .b.c)", RootParts::Some),
            ("if .a then .b |= . + 1 else . end", RootParts::Some),
            ("(.a[0] | .b) += 1", RootParts::Some),
            ("[.a,.b,.c,.d,.e,.f,.g,.h,.i]", RootParts::Some),
            (".[] |= 1", RootParts::All),
            ("del(.[0])", RootParts::All),
            ("length", RootParts::All),
            (".[]", RootParts::All),
        ] {
            assert_eq!(compile(filter, Fidelity::default()).unwrap().root, expected, "{filter}");
        }
    }

    #[test]
    fn two_filters_read_the_parts_of_both() {
        for (one, other, expected) in [
            (".a", "{b, a}", ".a, .b"),
            (".a", ".a = 1", ".a = 1"),
            ("length", ".a = 1", "length"),
            (".a", "length", "length"),
            (".a,.b,.c,.d,.e", ".e,.f,.g,.h", ".a,.b,.c,.d,.e,.f,.g,.h"),
            (".a,.b,.c,.d,.e", ".f,.g,.h,.i", ".a = 1"),
        ] {
            let root = |filter| compile(filter, Fidelity::KeepsText).unwrap().root;
            assert_eq!(root(one).and(&root(other)), root(expected), "{one} and {other}");
        }
    }

    #[test]
    fn finds_the_fields_of_filters_that_read_only_fields() {
        for (filter, expected) in [
            (".", Some(vec![])),
            (".level == \"DEBUG\"", Some(vec!["level"])),
            (
                "select(.level != \"DEBUG\") | {time: .timestamp, service}",
                Some(vec!["level", "timestamp", "service"]),
            ),
            (".a.b[0], .time[0:10], .a.c", Some(vec!["a", "time"])),
            (".a | length", Some(vec!["a"])),
            ("\"\\(.a)\" + .b", Some(vec!["a", "b"])),
            ("if .a then .b else empty end", Some(vec!["a", "b"])),
            (".a // .b | keys", Some(vec!["a", "b"])),
            ("length", None),
            (".[]", None),
            (".a = 1", None),
            ("del(.a)", None),
            (". | keys", None),
            ("select(.a) | keys", None),
            ("[.a,.b,.c,.d,.e,.f,.g,.h,.i]", None),
        ] {
            let root = compile(filter, Fidelity::default()).unwrap().root;
            let fields = match &root {
                RootParts::Fields(fields) => Some(fields.iter().map(|key| &**key).collect()),
                _ => None,
            };
            assert_eq!(fields, expected, "{filter}");
        }
    }
}
