use std::collections::BTreeMap;

use super::{
    budget::Budget,
    declaration::Declaration,
    node::{Node, entry},
    parameters::{self, ParameterValue},
};
use crate::error::TemplateError;

/// The sections of a template together with the values of its parameters.
#[derive(Debug)]
pub(crate) struct Template<'a> {
    pub(super) parameters: BTreeMap<&'a str, ParameterValue>,
    pub(super) mappings: BTreeMap<&'a str, &'a Node>,
    pub(super) conditions: BTreeMap<&'a str, &'a Node>,
    /// The resources by logical id, including those whose condition is false.
    pub(super) declarations: BTreeMap<&'a str, Declaration<'a>>,
    /// The logical ids in the order of the template.
    pub(super) order: Vec<&'a str>,
    /// `Globals.Function` of SAM.
    pub(super) function_globals: &'a [(String, Node)],
    transform: Option<&'a Node>,
    pub(super) budget: Budget,
}

impl<'a> Template<'a> {
    /// Reads the sections. `parameters` replace the defaults of the template.
    ///
    /// # Errors
    ///
    /// If a section has the wrong shape, or if a parameter is unknown or has a value that AWS
    /// rejects.
    pub(crate) fn new(
        document: &'a Node,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let top = document.entries().unwrap_or_default();
        let section = |name: &str| match entry(top, name) {
            Some(node) => {
                node.entries().ok_or_else(|| TemplateError::wrong(name, "must be a mapping"))
            }
            None => Ok(&[][..]),
        };
        if entry(top, "Resources").is_none() {
            let reason = "the section Resources is missing; is this a CloudFormation or SAM \
                          template?";
            return Err(TemplateError::wrong("", reason));
        }
        let index = |entries: &'a [(String, Node)]| {
            entries.iter().map(|(name, node)| (name.as_str(), node)).collect::<BTreeMap<_, _>>()
        };
        let mut declarations = BTreeMap::new();
        let mut order = Vec::new();
        for (id, body) in section("Resources")? {
            declarations.insert(id.as_str(), Declaration::new(id, body)?);
            order.push(id.as_str());
        }
        let globals = entry(section("Globals")?, "Function").and_then(Node::entries);
        Ok(Self {
            parameters: parameters::read(section("Parameters")?, parameters)?,
            mappings: index(section("Mappings")?),
            conditions: index(section("Conditions")?),
            declarations,
            order,
            function_globals: globals.unwrap_or_default(),
            transform: entry(top, "Transform"),
            budget: Budget::default(),
        })
    }

    /// Returns the names in the section `Transform`. A list item that is not a name is `None`.
    pub(crate) fn transforms(&self) -> Vec<Option<&'a str>> {
        match self.transform {
            Some(Node::Scalar(name)) => vec![Some(name)],
            Some(Node::List(nodes)) => nodes.iter().map(Node::as_scalar).collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Node;
    use super::Template;

    #[test]
    fn a_document_that_is_not_a_template_is_an_error() {
        let cases = ["", "text", "{", "a: 1", "Resources: []", "Resources: {}\nParameters: x"];
        let errors = cases.map(|text| {
            let read = Node::parse(text).and_then(|document| {
                Template::new(&document, &BTreeMap::new()).map(|_| "a template".to_owned())
            });
            read.unwrap_or_else(|error| error.to_string())
        });
        insta::assert_snapshot!(errors.join("\n"), @r"
        the section Resources is missing; is this a CloudFormation or SAM template?
        the section Resources is missing; is this a CloudFormation or SAM template?
        the template is not valid YAML: did not find expected node content at line 2 column 1, while parsing a flow node
        the section Resources is missing; is this a CloudFormation or SAM template?
        Resources: must be a mapping
        Parameters: must be a mapping
        ");
    }
}
