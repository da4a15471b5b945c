use super::{mapping::Mapping, node::Node, resource::Resource, template::Template};
use crate::error::TemplateError;

/// Local names: the logical id of a resource stands for a name that only a deployed stack has. A
/// resource then keeps its identity, although its name is unknown.
impl Template<'_> {
    /// Runs `evaluate` with local names.
    fn with_local_names<T>(&self, evaluate: impl FnOnce() -> T) -> T {
        let before = self.local_names.replace(true);
        let value = evaluate();
        self.local_names.set(before);
        value
    }
}

impl Resource<'_> {
    /// Returns the name, or the local name.
    pub(crate) fn local_name(&self) -> Result<String, TemplateError> {
        self.template.with_local_names(|| self.name())
    }

    /// Returns the ARN, which has the local name if the name is unknown.
    pub(crate) fn local_arn(&self) -> Result<String, TemplateError> {
        self.template.with_local_names(|| self.arn())
    }
}

impl<'a> Mapping<'a> {
    /// Returns the text of a key with local names, or `None` if the key has no such text.
    pub(crate) fn local_text(&self, key: &str) -> Option<String> {
        self.template.with_local_names(|| self.text(key)).ok().flatten()
    }

    /// Returns the value of a key before evaluation.
    pub(crate) fn unevaluated(&self, key: &str) -> Option<&'a Node> {
        super::node::entry(self.entries, key)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Node, Template};
    use crate::given_values::GivenValues;

    #[test]
    fn a_logical_id_stands_for_an_unknown_name() {
        let text = "
Resources:
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !ImportValue bucket}}
  Unknown: {Type: 'AWS::Kinesis::Stream', Properties: {Name: !ImportValue name}}
  Derived: {Type: 'AWS::Kinesis::Stream', Properties: {Name: !Sub '${Bucket}-stream'}}
  Known: {Type: 'AWS::Kinesis::Stream', Properties: {Name: known}}
  Wrong: {Type: 'AWS::Kinesis::Stream', Properties: {Name: !Ref Nothing}}
";
        let (document, _) = Node::parse(text).unwrap();
        let given = GivenValues::default();
        let template = Template::new(&document, &given).unwrap();
        let names: Vec<_> = template
            .resources()
            .map(|it| format!("{} {}", it.name().is_ok(), it.local_name().unwrap_or_default()))
            .collect();
        let expected =
            ["false Bucket", "false Unknown", "false Bucket-stream", "true known", "false "];
        assert_eq!(names, expected);
    }
}
