use super::node::{Node, entry};
use crate::error::TemplateError;

/// The declaration of a resource, before evaluation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declaration<'a> {
    /// The logical id.
    pub id: &'a str,
    /// The resource type, such as `AWS::Kinesis::Stream`.
    pub kind: &'a str,
    pub body: &'a [(String, Node)],
}

impl<'a> Declaration<'a> {
    /// Reads an entry of the section `Resources`.
    pub(super) fn new(id: &'a str, body: &'a Node) -> Result<Self, TemplateError> {
        let path = || format!("Resources.{id}");
        if id.starts_with("Fn::") {
            let reason = "the resources that this function adds cannot be evaluated";
            return Err(TemplateError::not_simulated(path(), reason));
        }
        let Some(body) = body.entries() else {
            return Err(TemplateError::wrong(path(), "must be a mapping"));
        };
        let Some(Node::Scalar(kind)) = entry(body, "Type") else {
            return Err(TemplateError::wrong(path(), "the required Type is missing"));
        };
        Ok(Self { id, kind, body })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_value;

    #[test]
    fn an_invalid_declaration_is_an_error() {
        let cases = [
            "  X: {Type: 1}",
            "  X: {Properties: {}}",
            "  X: text",
            "  'Fn::ForEach::X': [N, !Ref L, {'F${N}': {Type: 'AWS::Lambda::Function'}}]",
        ];
        let errors = cases.map(|resources| match sample_value::evaluate("v", "", resources) {
            Ok(value) => value,
            Err(error) => error,
        });
        insta::assert_snapshot!(errors.join("\n"), @r"
        v
        Resources.X: the required Type is missing
        Resources.X: must be a mapping
        (not simulated) Resources.Fn::ForEach::X: the resources that this function adds cannot be evaluated
        ");
    }
}
