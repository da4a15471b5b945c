use std::{cell::Cell, collections::BTreeSet, fmt};

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{
    node::{Entries, Node},
    repeated_keys::{PathPart, RepeatedKey, RepeatedKeys},
};
use crate::error::TemplateError;

/// The largest template that CloudFormation accepts, in bytes:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.
pub const MAX_TEMPLATE_BYTES: usize = 1_000_000;

/// The maximum number of values plus bytes of text after the expansion of YAML aliases. An
/// ordinary template without aliases stays below this limit.
const MAX_EXPANDED: usize = 2 * MAX_TEMPLATE_BYTES;

/// The merge key of YAML. CloudFormation does not support merge keys, but the tools that package
/// templates expand them.
const MERGE_KEY: &str = "<<";

/// The maximum nesting of brackets, checked before parsing. The YAML reader rejects values that are
/// nested more than 128 levels deep, but only after a time that grows with the square of the depth.
/// The check also counts brackets in quoted text, so its limit is much higher than 128.
const MAX_BRACKET_DEPTH: usize = 1_000;

impl Node {
    /// Parses a template in YAML or JSON. Returns its root, and the keys that occur more than once
    /// in a mapping. The last value of such a key counts, as in CloudFormation.
    ///
    /// # Errors
    ///
    /// If the text is not valid YAML, or exceeds a limit on its size or nesting.
    pub(crate) fn parse(text: &str) -> Result<(Self, Vec<RepeatedKey>), TemplateError> {
        if text.len() > MAX_TEMPLATE_BYTES {
            let reason = format!(
                "the template has {} bytes; CloudFormation accepts at most {MAX_TEMPLATE_BYTES}",
                text.len()
            );
            return Err(TemplateError::wrong("", reason));
        }
        if bracket_depth(text) > MAX_BRACKET_DEPTH {
            let reason = format!(
                "brackets in the template are nested more than {MAX_BRACKET_DEPTH} levels deep"
            );
            return Err(TemplateError::wrong("", reason));
        }
        let repeated = RepeatedKeys::default();
        let root = read(text, &repeated, usize::MAX).map_err(|error| {
            TemplateError::wrong("", format!("the template is not valid YAML: {error}"))
        })?;
        let mut repeated = repeated.into_found();
        for (index, key) in repeated.iter_mut().enumerate() {
            key.line = line_of_repeated_key(text, index);
        }
        Ok((root, repeated))
    }
}

/// Reads a text. Fails at the repeated key with the index `stop_at`.
fn read(text: &str, repeated: &RepeatedKeys, stop_at: usize) -> Result<Node, yaml_serde::Error> {
    let left = Cell::new(MAX_EXPANDED);
    let seed = NodeSeed { left: &left, repeated, stop_at, earlier: None };
    seed.deserialize(yaml_serde::Deserializer::from_str(text))
}

/// Returns the line of a repeated key. Only an error of the YAML reader has a line, so this
/// function reads the text again, and fails at the key.
fn line_of_repeated_key(text: &str, index: usize) -> Option<usize> {
    let error = read(text, &RepeatedKeys::default(), index).err()?;
    Some(error.location()?.line())
}

/// Returns the deepest nesting of brackets in a text.
fn bracket_depth(text: &str) -> usize {
    let mut open: usize = 0;
    let mut most = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

/// A reader of one value, which subtracts the size of the value from `left`.
#[derive(Clone, Copy)]
struct NodeSeed<'a> {
    left: &'a Cell<usize>,
    repeated: &'a RepeatedKeys,
    /// The index of the repeated key at which the reader fails.
    stop_at: usize,
    /// The earlier keys of the mapping, if the value is a key.
    earlier: Option<&'a BTreeSet<String>>,
}

impl NodeSeed<'_> {
    fn spend<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(bytes.saturating_add(1));
        let left = left.ok_or_else(|| {
            E::custom(format_args!(
                "the values, with YAML aliases expanded, exceed {MAX_EXPANDED} bytes"
            ))
        })?;
        self.left.set(left);
        Ok(())
    }

    fn scalar<E: Error>(self, text: impl Into<String>) -> Result<Node, E> {
        let text = text.into();
        self.spend(text.len())?;
        // A mapping may have several merge keys.
        let is_repeated = |earlier: &BTreeSet<_>| text != MERGE_KEY && earlier.contains(&text);
        if self.earlier.is_some_and(is_repeated) && self.repeated.add(&text) > self.stop_at {
            return Err(E::custom("the key is repeated"));
        }
        Ok(Node::Scalar(text))
    }
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        self.spend(0)?;
        Ok(Node::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        self.scalar(if value { "true" } else { "false" })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        self.scalar(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        self.scalar(value.to_string())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Node, E> {
        self.scalar(value.to_string())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Node, E> {
        self.scalar(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        self.scalar(value.to_string())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        self.scalar(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        self.spend(0)?;
        let this = Self { earlier: None, ..self };
        let mut list = Vec::new();
        let mut next =
            |index| self.repeated.inside(PathPart::Index(index), || items.next_element_seed(this));
        while let Some(item) = next(list.len())? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        self.spend(0)?;
        let this = Self { earlier: None, ..self };
        let mut entries = Entries::new();
        let mut keys = BTreeSet::new();
        let mut merged = Vec::new();
        while let Some(key) = map.next_key_seed(NodeSeed { earlier: Some(&keys), ..self })? {
            let Node::Scalar(key) = key else {
                return Err(A::Error::custom("a key is not text"));
            };
            let part = PathPart::Key(key.clone());
            let value = self.repeated.inside(part, || map.next_value_seed(this))?;
            match (key.as_str(), value) {
                (MERGE_KEY, Node::Map(more)) => merged.push(more),
                (MERGE_KEY, Node::List(more)) => {
                    merged.extend(more.into_iter().filter_map(|node| {
                        if let Node::Map(more) = node { Some(more) } else { None }
                    }))
                }
                (_, value) => {
                    self.spend(key.len())?;
                    if keys.insert(key.clone()) {
                        entries.push((key, value));
                    } else {
                        let before = entries.iter_mut().find(|(name, _)| *name == key);
                        if let Some((_, before)) = before {
                            *before = value;
                        }
                    }
                }
            }
        }
        for (key, value) in merged.into_iter().flatten() {
            if keys.insert(key.clone()) {
                entries.push((key, value));
            }
        }
        Ok(Node::Map(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Node, A::Error> {
        let (tag, content) = tagged.variant::<String>()?;
        self.spend(tag.len())?;
        let content = content.newtype_variant_seed(Self { earlier: None, ..self })?;
        let name = tag.strip_prefix('!').unwrap_or(&tag).to_owned();
        Ok(Node::Tagged(name, Box::new(content)))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::node::entry, *};

    fn scalar(text: &str) -> Node {
        Node::Scalar(text.to_owned())
    }

    #[test]
    fn the_short_and_long_forms_of_a_function_are_equal() {
        for text in ["!Split [a, b]", "Fn::Split: [a, b]", r#"{"Fn::Split": ["a", "b"]}"#] {
            let (node, _) = Node::parse(text).unwrap();
            let call = node.intrinsic().unwrap();
            assert_eq!(call.name, "Split", "{text}");
            assert_eq!(*call.argument, Node::List(vec![scalar("a"), scalar("b")]), "{text}");
        }
    }

    #[test]
    fn a_number_or_boolean_is_read_as_text() {
        let (node, _) = Node::parse("[1, -2, 0.25, true, '1', 012345678901]").unwrap();
        let texts = ["1", "-2", "0.25", "true", "1", "012345678901"];
        assert_eq!(node, Node::List(texts.map(scalar).to_vec()));
    }

    #[test]
    fn a_merge_key_adds_only_missing_keys() {
        let (node, _) = Node::parse("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}").unwrap();
        let merged = entry(node.entries().unwrap(), "b").unwrap();
        assert_eq!(entry(merged.entries().unwrap(), "x"), Some(&scalar("1")));
        assert_eq!(entry(merged.entries().unwrap(), "y"), Some(&scalar("3")));
    }

    #[test]
    fn the_last_of_a_repeated_key_counts() {
        for text in ["a: 1\nb: 2\na: 3", r#"{"a": 1, "b": 2, "a": 3}"#] {
            let (node, repeated) = Node::parse(text).unwrap();
            let scalar = |text: &str| Node::Scalar(text.to_owned());
            let expected = vec![("a".to_owned(), scalar("3")), ("b".to_owned(), scalar("2"))];
            assert_eq!(node, Node::Map(expected));
            assert_eq!(repeated.len(), 1);
            assert_eq!(repeated[0].path, "a");
        }
    }

    fn repeated(text: &str) -> Vec<String> {
        let (_, repeated) = Node::parse(text).unwrap();
        repeated.iter().map(|it| format!("{} {}", it.path, it.line.unwrap_or_default())).collect()
    }

    #[test]
    fn a_repeated_key_has_its_path_and_its_line() {
        let text = "a:\n  b: &x {c: 1,\n    c: 2}\n  d: [1, !Sub {e: 1, f: 2,\n    e: 3, e: 4}]\n\
                    a:\n  {<<: *x, <<: *x, g: 1}\n";
        assert_eq!(repeated(text), ["a.b.c 3", "a.d[1].e 5", "a 6", "a.<<.c 3"]);
        assert_eq!(repeated("{\"a\": 1,\n\"a\": 2}"), ["a 2"]);
        let many: String = (0..100).map(|n| format!("k{n}: 1\nk{n}: 2\n")).collect();
        assert_eq!(repeated(&many).len(), 20);
    }

    #[test]
    fn a_template_over_the_size_limit_is_an_error() {
        let error = Node::parse(&" ".repeat(1_000_001)).unwrap_err();
        insta::assert_snapshot!(error, @"the template has 1000001 bytes; CloudFormation accepts at most 1000000");
    }

    #[test]
    fn aliases_that_expand_exponentially_are_an_error() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let alias = format!("*a{}", n - 1);
            text.push_str(&format!("a{n}: &a{n} [{}]\n", vec![alias; 8].join(", ")));
        }
        let error = Node::parse(&text).unwrap_err();
        insta::assert_snapshot!(error, @"the template is not valid YAML: repetition limit exceeded");
    }

    #[test]
    fn repeated_aliases_of_a_long_text_are_an_error() {
        let aliases = vec!["*a"; 100].join(", ");
        let text = format!("a: &a {}\nb: [{aliases}]", "x".repeat(100_000));
        let error = Node::parse(&text).unwrap_err();
        insta::assert_snapshot!(error, @"the template is not valid YAML: b[18]: the values, with YAML aliases expanded, exceed 2000000 bytes at line 1 column 4");
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let texts = ["[", "{a: ", "- ", "? "].map(|text| text.repeat(240_000));
        for text in texts.iter().map(String::as_str).chain(["&a [*a]", &"[".repeat(200)]) {
            assert!(Node::parse(text).is_err());
        }
    }
}
