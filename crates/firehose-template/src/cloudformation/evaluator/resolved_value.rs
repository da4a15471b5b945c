use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use super::{evaluated::Evaluated, node::Node, template::Template};
use crate::error::TemplateError;

/// An evaluated value and its path in the template.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedValue<'a> {
    pub(super) template: &'a Template<'a>,
    pub(super) path: String,
    pub(super) value: Evaluated<'a>,
}

impl<'a> ResolvedValue<'a> {
    /// Evaluates a value. Returns `None` for `AWS::NoValue`.
    pub(super) fn new(
        template: &'a Template<'a>,
        node: &'a Node,
        path: String,
    ) -> Result<Option<Self>, TemplateError> {
        if let Some(text) = template.given.properties.get(&path) {
            template.used.borrow_mut().insert(path.clone());
            return Ok(Some(Self { template, path, value: Evaluated::Text(text.clone()) }));
        }
        Ok(match template.evaluate(node, &path)? {
            Evaluated::NoValue => None,
            value => Some(Self { template, path, value }),
        })
    }

    /// Returns the path, such as `Resources.Stream.Properties.ShardCount`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Adds a label to the path, as in `Parameters[1].ParameterValue (RoleArn)`.
    pub(crate) fn with_label(mut self, label: &str) -> Self {
        self.path = format!("{} ({label})", self.path);
        self
    }

    /// Returns a text, a number or a boolean as text.
    pub(crate) fn text(&self) -> Result<String, TemplateError> {
        let text = self.template.text_of(&self.value, &self.path)?;
        if text.contains("{{resolve:") {
            let reason = format!("`{text}` is a dynamic reference, which only AWS can resolve");
            return Err(TemplateError::undeployed(&self.path, reference_name(&text), reason));
        }
        if let Some(variable) = serverless_variable(&text) {
            let reason = format!(
                "{variable} is a variable of the Serverless Framework, which CloudFormation does not \
                 know; `serverless package` writes a template without such variables"
            );
            return Err(self.wrong(reason));
        }
        Ok(text)
    }

    /// Returns a number in this range.
    pub(crate) fn number<T>(&self, range: RangeInclusive<T>) -> Result<T, TemplateError>
    where
        T: FromStr + PartialOrd + Display,
    {
        let text = self.text()?;
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.parse() {
            Ok(number) if plain && range.contains(&number) => Ok(number),
            _ => {
                let (min, max) = range.into_inner();
                Err(self.wrong(format!("`{text}` is not a number from {min} to {max}")))
            }
        }
    }

    /// Returns a boolean.
    pub(crate) fn boolean(&self) -> Result<bool, TemplateError> {
        let text = self.text()?;
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.wrong(format!("`{text}` is neither true nor false"))),
        }
    }

    /// Returns the items of a list, without the items that are `AWS::NoValue`.
    pub(crate) fn items(&self) -> Result<Vec<Self>, TemplateError> {
        let Evaluated::Node(Node::List(nodes)) = &self.value else {
            return Err(self.wrong("must be a list"));
        };
        let mut items = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            items.extend(Self::new(self.template, node, format!("{}[{index}]", self.path))?);
        }
        Ok(items)
    }

    /// Creates an error at this path for a value that AWS rejects.
    pub(crate) fn wrong(&self, reason: impl Into<String>) -> TemplateError {
        TemplateError::wrong(self.path.as_str(), reason)
    }

    /// Creates an error at this path for a value that AWS may accept, but that cannot be simulated.
    pub(crate) fn not_simulated(&self, reason: impl Into<String>) -> TemplateError {
        TemplateError::not_simulated(self.path.as_str(), reason)
    }
}

/// Returns the first dynamic reference in a text without its frame, such as `ssm:/name`.
fn reference_name(text: &str) -> &str {
    let name = text.split_once("{{resolve:").map_or(text, |(_, name)| name);
    name.split("}}").next().unwrap_or_default()
}

/// Returns the first variable of the Serverless Framework in a text, such as `${env:STAGE}`.
fn serverless_variable(text: &str) -> Option<&str> {
    text.match_indices("${").find_map(|(start, _)| {
        let variable = &text[start..start + text[start..].find('}')? + 1];
        let (source, rest) = variable[2..].split_once([':', '('])?;
        let is_source =
            !source.is_empty() && source.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_source && !rest.starts_with(':')).then_some(variable)
    })
}
