use std::{fmt::Display, str::FromStr};

use super::node::{Node, entry};
use super::scope::{Resolved, Scope};
use crate::error::TemplateError;

/// A mapping of the template, whose values are evaluated when they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    pub scope: &'a Scope<'a>,
    pub path: String,
    entries: &'a [(String, Node)],
}

/// A value of the template, with functions such as `Fn::If` resolved.
#[derive(Clone, Debug)]
pub(crate) struct Property<'a> {
    scope: &'a Scope<'a>,
    pub path: String,
    value: Resolved<'a>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(
        scope: &'a Scope<'a>,
        path: impl Into<String>,
        entries: &'a [(String, Node)],
    ) -> Self {
        Self { scope, path: path.into(), entries }
    }

    /// The value of a key, unless it is `AWS::NoValue`.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Property<'a>>, TemplateError> {
        match entry(self.entries, key) {
            Some(node) => Property::of(self.scope, node, self.path_of(key)),
            None => Ok(None),
        }
    }

    /// The mapping that is the value of a key; an empty one if there is none.
    pub(crate) fn fields(&self, key: &str) -> Result<Self, TemplateError> {
        match self.get(key)? {
            Some(property) => property.fields(),
            None => Ok(Self { scope: self.scope, path: self.path_of(key), entries: &[] }),
        }
    }

    /// The value of a key that AWS requires.
    pub(crate) fn require(&self, key: &str) -> Result<Property<'a>, TemplateError> {
        self.get(key)?.ok_or_else(|| {
            TemplateError::wrong(self.path.clone(), format!("{key} is required here, and missing"))
        })
    }

    /// The text of a key, if it is there.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, TemplateError> {
        self.get(key)?.map(|property| property.text()).transpose()
    }

    /// The boolean of a key, `false` if it is not there.
    pub(crate) fn is_true(&self, key: &str) -> Result<bool, TemplateError> {
        self.get(key)?.map_or(Ok(false), |property| property.boolean())
    }

    /// The keys that are there, without those whose value is `AWS::NoValue`.
    pub(crate) fn keys(&self) -> Result<Vec<&'a str>, TemplateError> {
        let mut keys = Vec::new();
        for (key, _) in self.entries {
            if self.get(key)?.is_some() {
                keys.push(key.as_str());
            }
        }
        Ok(keys)
    }

    /// Says so of a key that is not known: it may change what is delivered.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), TemplateError> {
        for (key, node) in self.entries {
            let key = key.as_str();
            if known.contains(&key) {
                continue;
            }
            // What is left out is not there. What cannot be evaluated is.
            if !matches!(self.scope.resolve(node, &self.path_of(key)), Ok(Resolved::NoValue)) {
                let reason = "is not known here, and may change what is delivered";
                return Err(TemplateError::not_simulated(self.path_of(key), reason));
            }
        }
        Ok(())
    }

    pub(crate) fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }
}

impl<'a> Property<'a> {
    fn of(
        scope: &'a Scope<'a>,
        node: &'a Node,
        path: String,
    ) -> Result<Option<Self>, TemplateError> {
        Ok(match scope.resolve(node, &path)? {
            Resolved::NoValue => None,
            value => Some(Self { scope, path, value }),
        })
    }

    /// The text. Numbers and booleans are text too.
    pub(crate) fn text(&self) -> Result<String, TemplateError> {
        let text = self.scope.text_of(&self.value, &self.path)?;
        if text.contains("{{resolve:") {
            let reason = format!("{text} is a dynamic reference, which only AWS can look up");
            return Err(TemplateError::not_simulated(self.path.clone(), reason));
        }
        Ok(text)
    }

    /// A number from `min` to `max`.
    pub(crate) fn number<T>(&self, min: T, max: T) -> Result<T, TemplateError>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text()?;
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.parse() {
            Ok(number) if plain && min <= number && number <= max => Ok(number),
            _ => Err(self.wrong(format!("{text} is no number from {min} to {max}"))),
        }
    }

    pub(crate) fn boolean(&self) -> Result<bool, TemplateError> {
        let text = self.text()?;
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.wrong(format!("{text} is neither true nor false"))),
        }
    }

    pub(crate) fn fields(&self) -> Result<Fields<'a>, TemplateError> {
        let Resolved::Node(Node::Map(entries)) = &self.value else {
            return Err(self.wrong("is no mapping"));
        };
        if let Some((key, _)) = entries.iter().find(|(key, _)| key.starts_with("Fn::")) {
            let reason = format!("{key} cannot be evaluated here");
            return Err(TemplateError::not_simulated(self.path.clone(), reason));
        }
        Ok(Fields::new(self.scope, self.path.clone(), entries))
    }

    /// The values of a list, without those that are `AWS::NoValue`.
    pub(crate) fn items(&self) -> Result<Vec<Self>, TemplateError> {
        let Resolved::Node(Node::List(nodes)) = &self.value else {
            return Err(self.wrong("is no list"));
        };
        let mut items = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            items.extend(Self::of(self.scope, node, format!("{}[{index}]", self.path))?);
        }
        Ok(items)
    }

    pub(crate) fn wrong(&self, reason: impl Into<String>) -> TemplateError {
        TemplateError::wrong(self.path.clone(), reason)
    }

    pub(crate) fn not_simulated(&self, reason: impl Into<String>) -> TemplateError {
        TemplateError::not_simulated(self.path.clone(), reason)
    }
}
