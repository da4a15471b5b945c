use std::collections::BTreeMap;

use super::{node::Node, paths::Paths, template::Template};
use crate::error::TemplateError;

/// The largest number of names that an error lists.
const SHOWN: usize = 20;

impl Template<'_> {
    /// Returns the error of a given property that no code has read. `reader` is the reason in the error if
    /// the template has the property, such as `no delivery stream uses it`.
    ///
    /// If `all_read` is `false`, the reading of a delivery stream ended early. Then only a property that
    /// the template does not have is an error.
    pub(crate) fn unused_property(&self, reader: &str, all_read: bool) -> Option<TemplateError> {
        let used = self.used.borrow();
        let unused: Vec<_> =
            self.given.properties.keys().filter(|path| !used.contains(*path)).collect();
        if unused.is_empty() {
            return None;
        }
        let known = KnownPaths::of_template(self);
        unused.into_iter().find_map(|path| {
            let reason = match known.find(path) {
                Found::Property if all_read => format!("{reader}; check the path"),
                Found::Property => return None,
                Found::Parent { parent, keys } => {
                    format!("{parent} has no such property; its properties are {keys}")
                }
                Found::Nothing => {
                    let resources: Vec<_> =
                        self.order.iter().map(|id| self.paths.resource(id)).collect();
                    let resources =
                        if resources.is_empty() { "none".to_owned() } else { listed(&resources) };
                    format!("no resource has this path; the resources are {resources}")
                }
            };
            let reason = format!("a value is given for this property, but {reason}");
            Some(TemplateError::wrong(path.as_str(), reason))
        })
    }
}

/// The paths of a template at which values can be given.
#[derive(Debug, Default)]
struct KnownPaths {
    /// The mappings by path, with their keys, each as it appears at the end of a path.
    mappings: BTreeMap<String, Vec<String>>,
    /// The paths of all values.
    values: Vec<String>,
    /// The paths of function calls, whose results have unknown paths.
    calls: Vec<String>,
}

/// The place of a path in a template.
enum Found {
    /// The template has the property, or a function may return it.
    Property,
    /// The template has a mapping around the property, but not the property.
    Parent { parent: String, keys: String },
    /// The path has no resource.
    Nothing,
}

impl KnownPaths {
    fn of_template(template: &Template<'_>) -> Self {
        let mut known = Self::default();
        for declaration in template.declarations.values() {
            let properties = super::node::entry(declaration.body, "Properties");
            let path = template.paths.section(declaration.id, "Properties");
            known.add(template.paths, path, properties.unwrap_or(&Node::Null));
        }
        known.add_mapping(template.paths, "Globals.Function".to_owned(), template.function_globals);
        known
    }

    /// Adds a value and the values inside it. The recursion is bounded, because the nesting of a
    /// template is bounded.
    fn add(&mut self, paths: Paths<'_>, path: String, node: &Node) {
        self.values.push(path.clone());
        match node {
            Node::Unresolved(_) | Node::Tagged(..) => self.calls.push(path),
            Node::Map(_) if node.intrinsic().is_some() => self.calls.push(path),
            Node::Map(entries) => self.add_mapping(paths, path, entries),
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.add(paths, format!("{path}[{index}]"), item);
                }
            }
            Node::Null => self.add_mapping(paths, path, &[]),
            Node::Scalar(_) => {}
        }
    }

    fn add_mapping(&mut self, paths: Paths<'_>, path: String, entries: &[(String, Node)]) {
        let mut keys = Vec::new();
        for (key, value) in entries {
            let child = paths.child(&path, key);
            let parts = child.strip_prefix(&path).and_then(|rest| rest.strip_prefix('.'));
            keys.extend(parts.map(str::to_owned));
            self.add(paths, child, value);
        }
        self.mappings.insert(path, keys);
    }

    fn find(&self, path: &str) -> Found {
        let is_inside = |outer: &str, ends: &[char]| {
            path.strip_prefix(outer).is_some_and(|rest| rest.starts_with(ends))
        };
        if self.values.iter().any(|value| value == path)
            || self.calls.iter().any(|call| is_inside(call, &['.', '[']))
        {
            return Found::Property;
        }
        let parents = self.mappings.iter().filter(|(parent, _)| is_inside(parent, &['.']));
        match parents.max_by_key(|(parent, _)| parent.len()) {
            Some((parent, keys)) => {
                let keys = if keys.is_empty() { "none".to_owned() } else { listed(keys) };
                Found::Parent { parent: parent.clone(), keys }
            }
            None => Found::Nothing,
        }
    }
}

/// Returns the first names of a list, and the number of the others.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
