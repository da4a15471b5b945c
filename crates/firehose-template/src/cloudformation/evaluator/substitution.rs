use super::{
    intrinsic_functions::arguments,
    node::{Intrinsic, Node, entry},
    template::Template,
};
use crate::error::TemplateError;

/// `Fn::Sub`.
impl<'a> Template<'a> {
    /// Evaluates `Fn::Sub`. `${Name}` stands for the value of `Ref`, `${Name.Attribute}` for the
    /// value of `Fn::GetAtt`, and `${!Name}` for the text `${Name}`.
    pub(super) fn substitute(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
    ) -> Result<String, TemplateError> {
        let (text, variables) = match call.argument {
            Node::List(_) => {
                let [text, variables] = arguments(call, path)?;
                let variables = variables.entries().ok_or_else(|| {
                    TemplateError::wrong(path, "the second argument of Fn::Sub must be a mapping")
                })?;
                (text, variables)
            }
            text => (text, &[][..]),
        };
        let Node::Scalar(text) = text else {
            return Err(TemplateError::wrong(path, "Fn::Sub needs a text without functions"));
        };
        let mut result = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                let reason =
                    format!("a `${{` is not closed with `}}` in the text of Fn::Sub: {text}");
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
            self.budget.spend(value.len(), path)?;
            result.push_str(&value);
        }
        result.push_str(rest);
        self.budget.spend(result.len(), path)?;
        Ok(result)
    }

    /// Returns the value of a name in `${...}`. `variables` take precedence over parameters and
    /// resources.
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
            return self.budget.nest(path, || self.attribute(id, attribute, path));
        }
        let value = self.reference(name, path)?;
        self.text_of(&value, path)
    }
}
