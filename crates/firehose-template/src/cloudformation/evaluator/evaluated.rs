use super::{node::Node, template::Template};
use crate::error::TemplateError;

/// The result of evaluating one value.
///
/// See also [`ResolvedValue`](super::ResolvedValue), which adds the path of the value.
#[derive(Clone, Debug)]
pub(super) enum Evaluated<'a> {
    /// A value that is not a function call. The values inside it are not evaluated yet.
    Node(&'a Node),
    Text(String),
    List(Vec<String>),
    /// `AWS::NoValue`
    NoValue,
}

impl<'a> Template<'a> {
    /// Evaluates a function call. Returns any other value as [`Evaluated::Node`], without
    /// evaluating the values inside it.
    pub(super) fn evaluate(
        &'a self,
        node: &'a Node,
        path: &str,
    ) -> Result<Evaluated<'a>, TemplateError> {
        if let Node::Unresolved(value) = node {
            return self.resolve(value, path).map(Evaluated::Text);
        }
        match node.intrinsic() {
            Some(call) => self.budget.nest(path, || self.call(call, path)),
            None => Ok(Evaluated::Node(node)),
        }
    }

    /// Evaluates a value that must be text.
    pub(super) fn text(&'a self, node: &'a Node, path: &str) -> Result<String, TemplateError> {
        let value = self.evaluate(node, path)?;
        self.text_of(&value, path)
    }

    /// Returns the text of an evaluated value.
    pub(super) fn text_of(
        &self,
        value: &Evaluated<'_>,
        path: &str,
    ) -> Result<String, TemplateError> {
        let text = match value {
            Evaluated::Text(text) | Evaluated::Node(Node::Scalar(text)) => text,
            Evaluated::NoValue => {
                return Err(TemplateError::wrong(path, "must be text, but is AWS::NoValue"));
            }
            Evaluated::Node(_) | Evaluated::List(_) => {
                return Err(TemplateError::wrong(path, "must be text"));
            }
        };
        self.budget.spend(text.len(), path)?;
        Ok(text.clone())
    }

    /// Evaluates a list of texts, without the items that are `AWS::NoValue`.
    pub(super) fn texts(
        &'a self,
        node: &'a Node,
        path: &str,
    ) -> Result<Vec<String>, TemplateError> {
        match self.evaluate(node, path)? {
            Evaluated::List(texts) => Ok(texts),
            Evaluated::Node(Node::List(nodes)) => {
                let mut texts = Vec::new();
                for node in nodes {
                    match self.evaluate(node, path)? {
                        Evaluated::NoValue => {}
                        value => texts.push(self.text_of(&value, path)?),
                    }
                }
                Ok(texts)
            }
            Evaluated::Node(_) | Evaluated::Text(_) | Evaluated::NoValue => {
                Err(TemplateError::wrong(path, "must be a list"))
            }
        }
    }
}
