use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use super::{
    budget::Budget,
    declaration::Declaration,
    for_each, imports,
    node::{Node, entry},
    parameters::{self, ParameterValue},
    paths::{Addresses, Paths},
};
use crate::{error::TemplateError, given_values::GivenValues};

/// The types of the resources that a loop must not add unless it can be expanded.
const REFUSED_KINDS: &[&str] =
    &["AWS::KinesisFirehose::DeliveryStream", "AWS::Lambda::Function", "AWS::Serverless::Function"];

/// The sections of a template together with the values of its parameters.
#[derive(Debug)]
pub(crate) struct Template<'a> {
    pub(super) parameters: BTreeMap<&'a str, ParameterValue>,
    pub(super) parameter_declarations: BTreeMap<&'a str, &'a Node>,
    pub(super) mappings: BTreeMap<&'a str, &'a Node>,
    pub(super) conditions: BTreeMap<&'a str, &'a Node>,
    /// The resources by logical id, including those whose condition is false.
    pub(super) declarations: BTreeMap<&'a str, Declaration<'a>>,
    /// The logical ids in the order of the template.
    pub(super) order: Vec<&'a str>,
    /// The loops that cannot be expanded, and that add neither delivery streams nor functions.
    pub(super) unexpanded: Vec<&'a str>,
    /// `Globals.Function` of SAM.
    pub(super) function_globals: &'a [(String, Node)],
    transform: Option<&'a Node>,
    /// The values that a user gives in place of those of a deployment.
    pub(super) given: &'a GivenValues,
    /// The paths of given properties that were evaluated.
    pub(super) used: RefCell<BTreeSet<String>>,
    /// `true` while the logical id of a resource stands for an unknown name.
    pub(super) local_names: Cell<bool>,
    pub(super) paths: Paths<'a>,
    pub(super) budget: Budget,
}

impl<'a> Template<'a> {
    /// Reads the sections. `given` values replace those of the template and of other stacks.
    ///
    /// # Errors
    ///
    /// If a section has the wrong shape, if a parameter is unknown or has a value that AWS rejects,
    /// or if a given import is unknown.
    pub(crate) fn new(document: &'a Node, given: &'a GivenValues) -> Result<Self, TemplateError> {
        let top = document.entries().unwrap_or_default();
        let section = |name: &str| match entry(top, name) {
            Some(node) => {
                node.entries().ok_or_else(|| TemplateError::wrong(name, "must be a mapping"))
            }
            None => Ok(&[][..]),
        };
        if entry(top, "service").is_some() && entry(top, "provider").is_some() {
            let reason = "this is a configuration of the Serverless Framework; `serverless package` \
                          writes its CloudFormation template to \
                          .serverless/cloudformation-template-update-stack.json";
            return Err(TemplateError::wrong("", reason));
        }
        if entry(top, "Resources").is_none() {
            let reason = "the section Resources is missing; is this a CloudFormation or SAM \
                          template?";
            return Err(TemplateError::wrong("", reason));
        }
        imports::check(document, &given.imports)?;
        let index = |entries: &'a [(String, Node)]| {
            entries.iter().map(|(name, node)| (name.as_str(), node)).collect::<BTreeMap<_, _>>()
        };
        let mut declarations = BTreeMap::new();
        let mut order = Vec::new();
        let mut unexpanded = Vec::new();
        for (id, body) in section("Resources")? {
            if id.starts_with(for_each::PREFIX) && !for_each::may_add(body, REFUSED_KINDS) {
                unexpanded.push(id.as_str());
                continue;
            }
            declarations.insert(id.as_str(), Declaration::new(id, body)?);
            order.push(id.as_str());
        }
        let globals = entry(section("Globals")?, "Function").and_then(Node::entries);
        Ok(Self {
            parameters: parameters::read(section("Parameters")?, &given.parameters)?,
            parameter_declarations: index(section("Parameters")?),
            mappings: index(section("Mappings")?),
            conditions: index(section("Conditions")?),
            declarations,
            order,
            unexpanded,
            function_globals: globals.unwrap_or_default(),
            transform: entry(top, "Transform"),
            given,
            used: RefCell::default(),
            local_names: Cell::default(),
            paths: Paths::default(),
            budget: Budget::default(),
        })
    }

    /// Uses the paths of the code from which the document was translated.
    pub(crate) fn with_addresses(mut self, addresses: Option<&'a Addresses>) -> Self {
        self.paths = Paths::new(addresses);
        self
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
    use super::super::Node;
    use super::Template;
    use crate::given_values::GivenValues;

    #[test]
    fn a_document_that_is_not_a_template_is_an_error() {
        let cases = ["", "text", "{", "a: 1", "Resources: []", "Resources: {}\nParameters: x"];
        let errors = cases.map(|text| {
            let given = GivenValues::default();
            let read = Node::parse(text).and_then(|(document, _)| {
                Template::new(&document, &given).map(|_| "a template".to_owned())
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
