use super::functions::arguments;
use super::node::{Intrinsic, Node, entry};
use super::scope::Scope;
use crate::error::TemplateError;

impl<'a> Scope<'a> {
    /// `Fn::Sub`: `${Name}` is what `Ref` gives, `${Name.Attribute}` what `Fn::GetAtt` gives, and
    /// `${!Name}` is `${Name}` itself.
    pub(crate) fn substitute(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
    ) -> Result<String, TemplateError> {
        let (text, variables) = match call.argument {
            Node::List(_) => {
                let [text, variables] = arguments(call, path)?;
                let variables = variables.entries().ok_or_else(|| {
                    TemplateError::wrong(path, "the second argument of Fn::Sub is no mapping")
                })?;
                (text, variables)
            }
            text => (text, &[][..]),
        };
        let Node::Scalar(text) = text else {
            return Err(TemplateError::wrong(path, "the text of Fn::Sub is no text"));
        };
        let mut result = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                let reason = format!("Fn::Sub has a ${{ without its }}: {text}");
                return Err(TemplateError::wrong(path, reason));
            };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str("${");
                result.push_str(literal);
                result.push('}');
                continue;
            }
            let value = self.variable(name.trim(), variables, path)?;
            self.spend(value.len(), path)?;
            result.push_str(&value);
        }
        result.push_str(rest);
        self.spend(result.len(), path)?;
        Ok(result)
    }

    fn variable(
        &'a self,
        name: &str,
        variables: &'a [(String, Node)],
        path: &str,
    ) -> Result<String, TemplateError> {
        if let Some(node) = entry(variables, name) {
            return self.text(node, path);
        }
        if let Some((id, attribute)) = name.split_once('.') {
            return self.deeper(path, || self.attribute(id, attribute, path));
        }
        let value = self.reference(name, path)?;
        self.text_of(&value, path)
    }
}
