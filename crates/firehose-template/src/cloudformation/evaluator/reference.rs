use super::property::Fields;
use super::resource::Resource;
use super::scope::Scope;
use crate::error::TemplateError;

/// Evaluates what refers to resources.
impl<'a> Scope<'a> {
    /// What `Ref` gives for a resource, or for one that SAM makes: `Function.Alias`,
    /// `Function.Version` or `FunctionAliaslive`.
    pub(crate) fn resource_reference(
        &'a self,
        name: &str,
        path: &str,
    ) -> Result<String, TemplateError> {
        if self.resources.contains_key(name) {
            return self.deployed(name, path)?.reference(self);
        }
        if let Some((id, made)) = name.split_once('.') {
            return self.attribute(id, made, path);
        }
        for (id, resource) in &self.resources {
            self.spend(0, path)?;
            if resource.kind == "AWS::Serverless::Function"
                && let Some(made) = name.strip_prefix(id)
                && let Some(alias) = made.strip_prefix("Alias")
                && self.auto_publish_alias(resource)?.as_deref() == Some(alias)
            {
                return self.attribute(id, "Alias", path);
            }
        }
        let reason = format!("there is no parameter and no resource {name}");
        Err(TemplateError::wrong(path, reason))
    }

    /// What `Fn::GetAtt` gives.
    pub(crate) fn attribute(
        &'a self,
        id: &str,
        attribute: &str,
        path: &str,
    ) -> Result<String, TemplateError> {
        let resource = self.deployed(id, path)?;
        match (resource.kind, attribute) {
            ("AWS::Serverless::Function", "Alias" | "Version") => {
                let Some(alias) = self.auto_publish_alias(&resource)? else {
                    let reason = format!("the function {id} has no AutoPublishAlias");
                    return Err(TemplateError::wrong(path, reason));
                };
                let qualifier = if attribute == "Alias" { alias.as_str() } else { "1" };
                Ok(format!("{}:{qualifier}", resource.arn(self)?))
            }
            ("AWS::Lambda::Alias", "AliasArn") | ("AWS::Lambda::Version", "FunctionArn") => {
                resource.arn(self)
            }
            ("AWS::Lambda::Version", "Version") => Ok("1".to_owned()),
            ("AWS::SNS::Topic", "TopicName") | ("AWS::SQS::Queue", "QueueName") => {
                resource.name(self)
            }
            ("AWS::SQS::Queue", "QueueUrl") => resource.reference(self),
            // A nested stack has outputs, which may be called anything.
            (kind, "Arn" | "TopicArn") if kind != "AWS::CloudFormation::Stack" => {
                resource.arn(self)
            }
            (kind, _) => {
                let reason = format!(
                    "Fn::GetAtt {id}.{attribute} cannot be evaluated: the attribute {attribute} \
                     of {kind} is not known here"
                );
                Err(TemplateError::not_simulated(path, reason))
            }
        }
    }

    /// A resource that something refers to, so that it has to be there.
    fn deployed(&'a self, id: &str, path: &str) -> Result<Resource<'a>, TemplateError> {
        let Some(resource) = self.resources.get(id) else {
            return Err(TemplateError::wrong(path, format!("there is no resource {id}")));
        };
        if !resource.is_deployed(self)? {
            let reason = format!("refers to {id}, whose condition is false");
            return Err(TemplateError::wrong(path, reason));
        }
        Ok(*resource)
    }

    fn auto_publish_alias(
        &'a self,
        function: &Resource<'a>,
    ) -> Result<Option<String>, TemplateError> {
        if let Some(alias) = function.properties(self)?.text("AutoPublishAlias")? {
            return Ok(Some(alias));
        }
        Fields::new(self, "Globals.Function", self.function_globals).text("AutoPublishAlias")
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::value;

    const RESOURCES: &str = "
  Square: {Type: 'AWS::Serverless::Function', Properties: {AutoPublishAlias: live, FunctionName: square}}
  Plain: {Type: 'AWS::Lambda::Function'}
  Alias: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !GetAtt Square.Arn, Name: prod}}
  Version: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref Plain}}
  Source: {Type: 'AWS::Kinesis::Stream', Properties: {Name: source}}
  Role: {Type: 'AWS::IAM::Role'}
  Group: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: /group}}
  Topic: {Type: 'AWS::SNS::Topic'}
";

    #[test]
    fn arns_have_the_form_of_their_service() {
        let of_lambda = "arn:aws:lambda:us-east-1:123456789012:function";
        let cases = [
            ("!Ref Square", "square".to_owned()),
            ("!GetAtt Square.Arn", format!("{of_lambda}:square")),
            ("!Ref Square.Alias", format!("{of_lambda}:square:live")),
            ("!Sub '${Square.Alias}'", format!("{of_lambda}:square:live")),
            ("!Ref SquareAliaslive", format!("{of_lambda}:square:live")),
            ("!Ref Square.Version", format!("{of_lambda}:square:1")),
            ("!Ref Alias", format!("{of_lambda}:square:prod")),
            ("!Ref Version", format!("{of_lambda}:Plain:1")),
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
        insta::assert_snapshot!(error, @"Resources.Function.Properties.Environment.Variables.V: the function Plain has no AutoPublishAlias");
    }

    #[test]
    fn what_is_no_resource_is_an_error() {
        let cases =
            ["  X: {Type: 1}", "  X: {Properties: {}}", "  X: text", "  'Fn::ForEach::X': []"];
        let errors = cases.map(|resources| match value("v", "", resources) {
            Ok(value) => value,
            Err(error) => error,
        });
        insta::assert_snapshot!(errors.join("\n"), @r"
        v
        Resources.X: Type is required here, and missing
        Resources.X: is no mapping
        Resources.Fn::ForEach::X: cannot be evaluated here
        ");
    }
}
