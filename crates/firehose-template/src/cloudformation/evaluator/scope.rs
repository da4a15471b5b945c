use std::{cell::Cell, collections::BTreeMap};

use super::node::{Node, entry};
use super::parameters::{self, Value};
use super::resource::Resource;
use crate::error::TemplateError;

/// How many functions and references may be inside each other.
const MAX_DEPTH: u32 = 100;

/// How many functions may be called and bytes of text be made for one template. It is what keeps
/// references that multiply from taking all memory and time.
const MAX_STEPS: usize = 10_000_000;

/// The sections of a template, and what evaluating its functions needs of them.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub parameters: BTreeMap<&'a str, Value>,
    pub mappings: BTreeMap<&'a str, &'a Node>,
    pub conditions: BTreeMap<&'a str, &'a Node>,
    /// Those whose condition is false, too.
    pub resources: BTreeMap<&'a str, Resource<'a>>,
    /// Their logical ids, in the order of the template.
    pub order: Vec<&'a str>,
    /// `Globals.Function` of SAM.
    pub function_globals: &'a [(String, Node)],
    depth: Cell<u32>,
    steps: Cell<usize>,
}

/// What is left of a value once the function that it is has been evaluated.
#[derive(Clone, Debug)]
pub(crate) enum Resolved<'a> {
    /// A value that is no function; what is in it may have some.
    Node(&'a Node),
    Text(String),
    List(Vec<String>),
    /// `AWS::NoValue`
    NoValue,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(
        template: &'a Node,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let top = template.entries().unwrap_or_default();
        let section = |name: &str| match entry(top, name) {
            Some(node) => node.entries().ok_or_else(|| TemplateError::wrong(name, "is no mapping")),
            None => Ok(&[][..]),
        };
        if entry(top, "Resources").is_none() {
            let reason = "there are no Resources; is it a CloudFormation or SAM template?";
            return Err(TemplateError::wrong("", reason));
        }
        let index = |entries: &'a [(String, Node)]| {
            entries.iter().map(|(name, node)| (name.as_str(), node)).collect::<BTreeMap<_, _>>()
        };
        let mut resources = BTreeMap::new();
        let mut order = Vec::new();
        for (id, body) in section("Resources")? {
            resources.insert(id.as_str(), Resource::new(id, body)?);
            order.push(id.as_str());
        }
        let globals = entry(section("Globals")?, "Function").and_then(Node::entries);
        Ok(Self {
            parameters: parameters::read(section("Parameters")?, overrides)?,
            mappings: index(section("Mappings")?),
            conditions: index(section("Conditions")?),
            resources,
            order,
            function_globals: globals.unwrap_or_default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
        })
    }

    /// The resources in the order of the template, those whose condition is false too.
    pub(crate) fn resources_in_order(&self) -> impl Iterator<Item = &Resource<'a>> {
        self.order.iter().filter_map(|id| self.resources.get(id))
    }

    /// Evaluates a value if it is a function, and not what is in it.
    pub(crate) fn resolve(
        &'a self,
        node: &'a Node,
        path: &str,
    ) -> Result<Resolved<'a>, TemplateError> {
        match node.intrinsic() {
            Some(call) => self.deeper(path, || self.call(call, path)),
            None => Ok(Resolved::Node(node)),
        }
    }

    /// Evaluates a value to its text.
    pub(crate) fn text(&'a self, node: &'a Node, path: &str) -> Result<String, TemplateError> {
        let resolved = self.resolve(node, path)?;
        self.text_of(&resolved, path)
    }

    /// The text that a value is.
    pub(crate) fn text_of(
        &self,
        value: &Resolved<'_>,
        path: &str,
    ) -> Result<String, TemplateError> {
        let text = match value {
            Resolved::Text(text) | Resolved::Node(Node::Scalar(text)) => text,
            Resolved::NoValue => {
                return Err(TemplateError::wrong(path, "AWS::NoValue is no text"));
            }
            Resolved::Node(_) | Resolved::List(_) => {
                return Err(TemplateError::wrong(path, "is no text"));
            }
        };
        self.spend(text.len(), path)?;
        Ok(text.clone())
    }

    /// Evaluates a list and all of its texts.
    pub(crate) fn texts(
        &'a self,
        node: &'a Node,
        path: &str,
    ) -> Result<Vec<String>, TemplateError> {
        match self.resolve(node, path)? {
            Resolved::List(texts) => Ok(texts),
            Resolved::Node(Node::List(nodes)) => {
                let mut texts = Vec::new();
                for node in nodes {
                    match self.resolve(node, path)? {
                        Resolved::NoValue => {}
                        value => texts.push(self.text_of(&value, path)?),
                    }
                }
                Ok(texts)
            }
            Resolved::Node(_) | Resolved::Text(_) | Resolved::NoValue => {
                Err(TemplateError::wrong(path, "is no list"))
            }
        }
    }

    /// Goes a step further inside; that references go in circles shows in there being no end.
    pub(crate) fn deeper<T>(
        &self,
        path: &str,
        inside: impl FnOnce() -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            let reason =
                format!("references go more than {MAX_DEPTH} deep; do they go in a circle?");
            return Err(TemplateError::wrong(path, reason));
        }
        self.spend(0, path)?;
        self.depth.set(depth + 1);
        let result = inside();
        self.depth.set(depth);
        result
    }

    /// Counts a step and so many bytes of text.
    pub(crate) fn spend(&self, bytes: usize, path: &str) -> Result<(), TemplateError> {
        let steps = self.steps.get().saturating_add(bytes).saturating_add(1);
        self.steps.set(steps);
        if steps > MAX_STEPS {
            let reason =
                format!("takes more than {MAX_STEPS} steps to evaluate; do references multiply?");
            return Err(TemplateError::wrong(path, reason));
        }
        Ok(())
    }
}
