use super::{
    declaration::Declaration,
    mapping::Mapping,
    node::{Node, entry},
    resolved_value::ResolvedValue,
    template::Template,
};
use crate::{
    deployment::UndeployedStream,
    error::{MissingValue, TemplateError},
};

/// A resource whose properties are evaluated on request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource<'a> {
    pub(super) template: &'a Template<'a>,
    declaration: Declaration<'a>,
}

impl<'a> Template<'a> {
    /// Returns the resources in the order of the template, including those whose condition is
    /// false.
    pub(crate) fn resources(&'a self) -> impl Iterator<Item = Resource<'a>> {
        let declarations = self.order.iter().filter_map(|id| self.declarations.get(id));
        declarations.map(|declaration| self.resource(declaration))
    }

    pub(super) fn resource(&'a self, declaration: &Declaration<'a>) -> Resource<'a> {
        Resource { template: self, declaration: *declaration }
    }
}

impl<'a> Resource<'a> {
    /// Returns the logical id.
    pub(crate) fn id(&self) -> &'a str {
        self.declaration.id
    }

    /// Returns the resource type, such as `AWS::Kinesis::Stream`.
    pub(crate) fn kind(&self) -> &'a str {
        self.declaration.kind
    }

    /// Returns the path of the resource, such as `Resources.Stream`.
    pub(crate) fn path(&self) -> String {
        self.template.paths.resource(self.id())
    }

    /// Returns the path of a property, whether or not the resource has the property.
    pub(crate) fn path_of(&self, property: &str) -> String {
        let properties = self.template.paths.section(self.id(), "Properties");
        self.template.paths.child(&properties, property)
    }

    /// Returns the section `Properties`.
    pub(crate) fn properties(&self) -> Result<Mapping<'a>, TemplateError> {
        self.section("Properties")
    }

    /// Returns a property of the resource, or else of its SAM `Globals`.
    pub(crate) fn property(&self, name: &str) -> Result<Option<ResolvedValue<'a>>, TemplateError> {
        match self.properties()?.get(name)? {
            Some(value) => Ok(Some(value)),
            None => self.globals().get(name),
        }
    }

    /// Returns the section `Metadata`.
    pub(crate) fn metadata(&self) -> Result<Mapping<'a>, TemplateError> {
        self.section("Metadata")
    }

    /// Returns the SAM `Globals` for this type of resource, or an empty mapping.
    pub(crate) fn globals(&self) -> Mapping<'a> {
        let entries = match self.kind() {
            "AWS::Serverless::Function" => self.template.function_globals,
            _ => &[],
        };
        Mapping::new(self.template, "Globals.Function", entries)
    }

    /// Returns the name of the condition.
    pub(crate) fn condition(&self) -> Option<&'a str> {
        entry(self.declaration.body, "Condition").and_then(Node::as_scalar)
    }

    /// Returns the reason why the resource is not deployed, as a clause, and the parameters that decide
    /// it. Returns `None` if the resource has no condition, or a condition that is true.
    pub(crate) fn not_deployed(&self) -> Result<Option<UndeployedStream>, TemplateError> {
        if self.is_deployed()? {
            return Ok(None);
        }
        let condition = self.condition().unwrap_or_default();
        let parameters = self.template.condition_parameters(condition);
        Ok(Some(UndeployedStream {
            reason: format!("its condition {condition} is false here"),
            deciding: parameters.into_iter().map(MissingValue::Parameter).collect(),
        }))
    }

    /// Returns `true` if the resource has no condition, or a condition that is true.
    pub(crate) fn is_deployed(&self) -> Result<bool, TemplateError> {
        let path = || self.template.paths.section(self.id(), "Condition");
        match entry(self.declaration.body, "Condition") {
            Some(Node::Scalar(name)) => self.template.condition(name, &path()),
            Some(_) => Err(TemplateError::wrong(path(), "must be the name of a condition")),
            None => Ok(true),
        }
    }

    fn section(&self, name: &str) -> Result<Mapping<'a>, TemplateError> {
        let path = self.template.paths.section(self.id(), name);
        match entry(self.declaration.body, name).map(Node::entries) {
            Some(Some(entries)) => Mapping::without_functions(self.template, path, entries),
            Some(None) => Err(TemplateError::wrong(path, "must be a mapping")),
            None => Ok(Mapping::new(self.template, path, &[])),
        }
    }
}
