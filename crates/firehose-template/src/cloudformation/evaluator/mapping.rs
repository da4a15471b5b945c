use super::{
    evaluated::Evaluated,
    node::{Node, entry},
    resolved_value::ResolvedValue,
    template::Template,
};
use crate::error::TemplateError;

/// A mapping of the template. Its values are evaluated on request.
#[derive(Clone, Debug)]
pub(crate) struct Mapping<'a> {
    pub(super) template: &'a Template<'a>,
    path: String,
    pub(super) entries: &'a [(String, Node)],
}

impl<'a> Mapping<'a> {
    pub(super) fn new(
        template: &'a Template<'a>,
        path: impl Into<String>,
        entries: &'a [(String, Node)],
    ) -> Self {
        Self { template, path: path.into(), entries }
    }

    /// Creates a mapping. Fails if a key is a function, such as `Fn::Transform` or `Fn::ForEach`:
    /// the keys that the function would add are unknown.
    pub(super) fn without_functions(
        template: &'a Template<'a>,
        path: String,
        entries: &'a [(String, Node)],
    ) -> Result<Self, TemplateError> {
        match entries.iter().find(|(key, _)| key.starts_with("Fn::")) {
            Some((key, _)) => {
                let reason = format!("the keys that {key} adds cannot be evaluated");
                Err(TemplateError::not_simulated(path, reason))
            }
            None => Ok(Self::new(template, path, entries)),
        }
    }

    /// Returns the path, such as `Resources.Stream.Properties`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the path of a key, even if the mapping does not have the key.
    pub(crate) fn path_of(&self, key: &str) -> String {
        self.template.paths.child(&self.path, key)
    }

    /// Returns the value of a key. A value that is `AWS::NoValue` counts as missing.
    pub(crate) fn get(&self, key: &str) -> Result<Option<ResolvedValue<'a>>, TemplateError> {
        match entry(self.entries, key) {
            Some(node) => ResolvedValue::new(self.template, node, self.path_of(key)),
            None => Ok(None),
        }
    }

    /// Returns the value of a key that AWS requires, or an error if the key is missing.
    pub(crate) fn require(&self, key: &str) -> Result<ResolvedValue<'a>, TemplateError> {
        self.get(key)?.ok_or_else(|| {
            TemplateError::wrong(self.path.as_str(), format!("the required {key} is missing"))
        })
    }

    /// Returns the mapping of a key, or an empty mapping.
    pub(crate) fn mapping(&self, key: &str) -> Result<Self, TemplateError> {
        match self.get(key)? {
            Some(value) => value.mapping(),
            None => Ok(Self::new(self.template, self.path_of(key), &[])),
        }
    }

    /// Returns the text of a key.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, TemplateError> {
        self.get(key)?.map(|value| value.text()).transpose()
    }

    /// Returns the boolean of a key. A missing key is `false`.
    pub(crate) fn is_true(&self, key: &str) -> Result<bool, TemplateError> {
        self.get(key)?.map_or(Ok(false), |value| value.boolean())
    }

    /// Returns the keys, except those whose value is `AWS::NoValue`.
    pub(crate) fn keys(&self) -> Result<Vec<&'a str>, TemplateError> {
        let mut keys = Vec::new();
        for (key, _) in self.entries {
            match self.get(key) {
                Ok(None) => {}
                Err(error) if error.undeployed_value().is_none() => return Err(error),
                // A value that only a deployed stack has counts as present.
                Ok(Some(_)) | Err(_) => keys.push(key.as_str()),
            }
        }
        Ok(keys)
    }

    /// Returns an error if a key is not in `known`, because the key may change the delivered data.
    /// Ignores a key whose value is `AWS::NoValue`.
    pub(crate) fn reject_unknown(&self, known: &[&str]) -> Result<(), TemplateError> {
        for (key, node) in self.entries {
            let path = self.path_of(key);
            if !known.contains(&key.as_str())
                && !matches!(self.template.evaluate(node, &path), Ok(Evaluated::NoValue))
            {
                let reason = "the property is unknown and may change the delivered data";
                return Err(TemplateError::not_simulated(path, reason));
            }
        }
        Ok(())
    }
}

impl<'a> ResolvedValue<'a> {
    /// Returns the value as a mapping.
    pub(crate) fn mapping(&self) -> Result<Mapping<'a>, TemplateError> {
        let Evaluated::Node(Node::Map(entries)) = &self.value else {
            return Err(self.wrong("must be a mapping"));
        };
        Mapping::without_functions(self.template, self.path.clone(), entries)
    }
}
