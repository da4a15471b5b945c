use super::{
    evaluated::Evaluated,
    intrinsic_functions::arguments,
    node::{Intrinsic, Node},
    parameters::ParameterValue,
    pseudo_parameters::pseudo_parameter,
    resource::Resource,
    template::Template,
};
use crate::error::TemplateError;

/// Types of resources whose ARN is the attribute `Arn`. Few other types call the attribute `ARN`.
const ARN_KINDS: &[&str] = &[
    "AWS::IAM::Role",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::Serverless::Function",
];

/// `Ref` and `Fn::GetAtt`.
impl<'a> Template<'a> {
    /// Evaluates `Ref` of a parameter, a pseudo parameter or a resource.
    pub(super) fn reference(
        &'a self,
        name: &str,
        path: &str,
    ) -> Result<Evaluated<'a>, TemplateError> {
        if let Some(text) = pseudo_parameter(name) {
            return Ok(Evaluated::Text(text));
        }
        if name == "AWS::NoValue" {
            return Ok(Evaluated::NoValue);
        }
        match self.parameters.get(name) {
            Some(ParameterValue::Text(text)) => {
                self.budget.spend(text.len(), path)?;
                Ok(Evaluated::Text(text.clone()))
            }
            Some(ParameterValue::List(texts)) => {
                self.budget.spend(texts.iter().map(|text| text.len() + 1).sum(), path)?;
                Ok(Evaluated::List(texts.clone()))
            }
            Some(ParameterValue::Missing { reason, is_stored }) => {
                Err(TemplateError::parameter_without_value(path, name, reason, *is_stored))
            }
            None if name == "AWS::NotificationARNs" => {
                let reason = "AWS::NotificationARNs is not simulated";
                Err(TemplateError::not_simulated(path, reason))
            }
            None => {
                self.budget.nest(path, || self.resource_reference(name, path)).map(Evaluated::Text)
            }
        }
    }

    /// Evaluates `Ref` of a resource, or of a resource that SAM generates: `Function.Alias`,
    /// `Function.Version`, or `FunctionAliaslive` for an alias named `live`.
    fn resource_reference(&'a self, name: &str, path: &str) -> Result<String, TemplateError> {
        if self.declarations.contains_key(name) {
            return self.deployed_resource(name, path)?.reference();
        }
        if let Some((id, generated)) = name.split_once('.') {
            return self.attribute(id, generated, path);
        }
        for (id, declaration) in &self.declarations {
            self.budget.spend(0, path)?;
            if declaration.kind == "AWS::Serverless::Function"
                && let Some(generated) = name.strip_prefix(id)
                && let Some(alias) = generated.strip_prefix("Alias")
                && auto_publish_alias(self.resource(declaration))?.as_deref() == Some(alias)
            {
                return self.attribute(id, "Alias", path);
            }
        }
        Err(self.missing_resource("no parameter and no resource", name, path))
    }

    /// Evaluates `Fn::GetAtt`, whose argument is a list or a text such as `Bucket.Arn`.
    pub(super) fn get_att(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
    ) -> Result<String, TemplateError> {
        if let Node::List(_) = call.argument {
            let [id, attribute] = arguments(call, path)?;
            let (id, attribute) = (self.text(id, path)?, self.text(attribute, path)?);
            return self.budget.nest(path, || self.attribute(&id, &attribute, path));
        }
        let text = self.text(call.argument, path)?;
        let Some((id, attribute)) = text.split_once('.') else {
            let reason = format!("Fn::GetAtt {text} needs an attribute, such as {text}.Arn");
            return Err(TemplateError::wrong(path, reason));
        };
        self.budget.nest(path, || self.attribute(id, attribute, path))
    }

    /// Returns an attribute of a resource, or the ARN of an alias or a version that SAM generates.
    pub(super) fn attribute(
        &'a self,
        id: &str,
        attribute: &str,
        path: &str,
    ) -> Result<String, TemplateError> {
        let resource = self.deployed_resource(id, path)?;
        match (resource.kind(), attribute) {
            ("AWS::Serverless::Function", "Alias" | "Version") => {
                let Some(alias) = auto_publish_alias(resource)? else {
                    let reason = format!(
                        "the function {id} has no {attribute}, because it has no AutoPublishAlias"
                    );
                    return Err(TemplateError::wrong(path, reason));
                };
                let qualifier = if attribute == "Alias" { alias.as_str() } else { "1" };
                Ok(format!("{}:{qualifier}", resource.arn()?))
            }
            ("AWS::Lambda::Alias", "AliasArn") | ("AWS::Lambda::Version", "FunctionArn") => {
                resource.arn()
            }
            ("AWS::Lambda::Version", "Version") => Ok("1".to_owned()),
            ("AWS::SNS::Topic", "TopicName") | ("AWS::SQS::Queue", "QueueName") => resource.name(),
            ("AWS::SQS::Queue", "QueueUrl") => resource.reference(),
            (kind, "Arn" | "TopicArn") if !has_any_attribute(kind) => resource.arn(),
            // CloudFormation distinguishes the case of attributes.
            (kind, _) if ARN_KINDS.contains(&kind) && attribute.eq_ignore_ascii_case("Arn") => {
                let reason = format!(
                    "Fn::GetAtt {id}.{attribute}: the attribute {attribute} does not exist; write \
                     {id}.Arn"
                );
                Err(TemplateError::wrong(path, reason))
            }
            (kind, _) => {
                let reason = format!(
                    "Fn::GetAtt {id}.{attribute} cannot be evaluated: the attribute {attribute} \
                     of {kind} is not simulated"
                );
                Err(TemplateError::undeployed(path, &format!("{id}.{attribute}"), reason))
            }
        }
    }

    /// Returns the error for a name that the template does not have. `subject` is a text such as `no
    /// resource`.
    fn missing_resource(&self, subject: &str, name: &str, path: &str) -> TemplateError {
        let function = name.strip_suffix("Role").and_then(|id| self.declarations.get(id));
        if function.is_some_and(|it| it.kind == "AWS::Serverless::Function") {
            let reason = format!("the role {name}, which SAM generates, cannot be evaluated");
            return TemplateError::undeployed(path, name, reason);
        }
        let reason = format!("{subject} is named {name}");
        if self.unexpanded.is_empty() {
            return TemplateError::wrong(path, reason);
        }
        let loops = self.unexpanded.join(", ");
        let reason =
            format!("{reason} in the template; {loops} may add {name}, but cannot be evaluated");
        TemplateError::undeployed(path, name, reason)
    }

    /// Returns the resource with this logical id. Fails if the resource is missing or its condition
    /// is false.
    fn deployed_resource(&'a self, id: &str, path: &str) -> Result<Resource<'a>, TemplateError> {
        let Some(declaration) = self.declarations.get(id) else {
            return Err(self.missing_resource("no resource", id, path));
        };
        let resource = self.resource(declaration);
        if !resource.is_deployed()? {
            let condition = resource.condition().unwrap_or_default();
            let parameters = self.condition_parameters(condition);
            let decided = match parameters.len() {
                0 => String::new(),
                _ => {
                    let parameters = parameters.into_iter().collect::<Vec<_>>().join(", ");
                    format!("; the parameters that decide it: {parameters}")
                }
            };
            let reason = format!(
                "refers to the resource {id}, whose condition {condition} is false here{decided}"
            );
            return Err(TemplateError::wrong(path, reason));
        }
        Ok(resource)
    }
}

/// Returns `true` for a resource whose attributes are outputs of other code and may have any names.
fn has_any_attribute(kind: &str) -> bool {
    kind.starts_with("Custom::")
        || matches!(
            kind,
            "AWS::CloudFormation::Stack"
                | "AWS::CloudFormation::CustomResource"
                | "AWS::Serverless::Application"
        )
}

/// Returns `AutoPublishAlias` of a function, or else of the `Globals`.
fn auto_publish_alias(function: Resource<'_>) -> Result<Option<String>, TemplateError> {
    match function.properties()?.text("AutoPublishAlias")? {
        Some(alias) => Ok(Some(alias)),
        None => function.globals().text("AutoPublishAlias"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_value::evaluate as value;

    const RESOURCES: &str = "
  Square: {Type: 'AWS::Serverless::Function', Properties: {AutoPublishAlias: live, FunctionName: square}}
  Plain: {Type: 'AWS::Lambda::Function'}
  Alias: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !GetAtt Square.Arn, Name: prod}}
  Version: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref Plain}}
  Source: {Type: 'AWS::Kinesis::Stream', Properties: {Name: source}}
  Delivery: {Type: 'AWS::KinesisFirehose::DeliveryStream'}
  Role: {Type: 'AWS::IAM::Role'}
  Group: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: /group}}
  Topic: {Type: 'AWS::SNS::Topic'}
";

    #[test]
    fn an_arn_has_the_form_of_its_service() {
        let lambda = "arn:aws:lambda:us-east-1:123456789012:function";
        let cases = [
            ("!Ref Square", "square".to_owned()),
            ("!GetAtt Square.Arn", format!("{lambda}:square")),
            ("!Ref Square.Alias", format!("{lambda}:square:live")),
            ("!Sub '${Square.Alias}'", format!("{lambda}:square:live")),
            ("!Ref SquareAliaslive", format!("{lambda}:square:live")),
            ("!Ref Square.Version", format!("{lambda}:square:1")),
            ("!Ref Alias", format!("{lambda}:square:prod")),
            ("!Ref Version", format!("{lambda}:Plain:1")),
            (
                "!GetAtt Source.Arn",
                "arn:aws:kinesis:us-east-1:123456789012:stream/source".to_owned(),
            ),
            (
                "!GetAtt Delivery.Arn",
                "arn:aws:firehose:us-east-1:123456789012:deliverystream/Delivery".to_owned(),
            ),
            ("!GetAtt Role.Arn", "arn:aws:iam::123456789012:role/Role".to_owned()),
            (
                "!GetAtt Group.Arn",
                "arn:aws:logs:us-east-1:123456789012:log-group:/group:*".to_owned(),
            ),
            ("!Ref Topic", "arn:aws:sns:us-east-1:123456789012:Topic".to_owned()),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text, "", RESOURCES), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_function_without_auto_publish_alias_has_no_alias() {
        let resources = "  Plain: {Type: 'AWS::Serverless::Function'}";
        let error = value("!Ref Plain.Alias", "", resources).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.Function.Properties.Environment.Variables.V: the function Plain has no Alias, because it has no AutoPublishAlias");
    }
}
