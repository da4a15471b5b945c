use super::node::{Node, entry};
use super::property::Fields;
use super::scope::Scope;
use crate::error::TemplateError;
use firehose_delivery::aws_names::{
    ACCOUNT_ID, REGION, arn, delivery_stream_arn, function_arn, kinesis_stream_arn,
};

/// A resource of the template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Such as `AWS::Kinesis::Stream`.
    pub kind: &'a str,
    body: &'a [(String, Node)],
}

impl<'a> Resource<'a> {
    pub(crate) fn new(id: &'a str, body: &'a Node) -> Result<Self, TemplateError> {
        let path = || format!("Resources.{id}");
        if id.starts_with("Fn::") {
            return Err(TemplateError::not_simulated(path(), "cannot be evaluated here"));
        }
        let Some(body) = body.entries() else {
            return Err(TemplateError::wrong(path(), "is no mapping"));
        };
        let Some(Node::Scalar(kind)) = entry(body, "Type") else {
            return Err(TemplateError::wrong(path(), "Type is required here, and missing"));
        };
        Ok(Self { id, kind, body })
    }

    /// The path of a property, for errors.
    pub(crate) fn path(&self, property: &str) -> String {
        format!("Resources.{}.Properties.{property}", self.id)
    }

    pub(crate) fn properties(&self, scope: &'a Scope<'a>) -> Result<Fields<'a>, TemplateError> {
        self.section(scope, "Properties")
    }

    pub(crate) fn metadata(&self, scope: &'a Scope<'a>) -> Result<Fields<'a>, TemplateError> {
        self.section(scope, "Metadata")
    }

    fn section(&self, scope: &'a Scope<'a>, name: &str) -> Result<Fields<'a>, TemplateError> {
        let path = format!("Resources.{}.{name}", self.id);
        match entry(self.body, name).map(Node::entries) {
            Some(Some(entries)) => {
                if let Some((key, _)) = entries.iter().find(|(key, _)| key.starts_with("Fn::")) {
                    let reason = format!("{key} cannot be evaluated here");
                    return Err(TemplateError::not_simulated(path, reason));
                }
                Ok(Fields::new(scope, path, entries))
            }
            Some(None) => Err(TemplateError::wrong(path, "is no mapping")),
            None => Ok(Fields::new(scope, path, &[])),
        }
    }

    /// Whether it is deployed: it has no condition, or one that is true.
    pub(crate) fn is_deployed(&self, scope: &'a Scope<'a>) -> Result<bool, TemplateError> {
        match entry(self.body, "Condition") {
            Some(Node::Scalar(name)) => {
                scope.condition(name, &format!("Resources.{}.Condition", self.id))
            }
            Some(_) => {
                let path = format!("Resources.{}.Condition", self.id);
                Err(TemplateError::wrong(path, "is no name of a condition"))
            }
            None => Ok(true),
        }
    }

    pub(crate) fn is_function(&self) -> bool {
        matches!(self.kind, "AWS::Lambda::Function" | "AWS::Serverless::Function")
    }

    /// The name that it is given, or else its logical id.
    pub(crate) fn name(&self, scope: &'a Scope<'a>) -> Result<String, TemplateError> {
        let property = match self.kind {
            "AWS::DynamoDB::Table" | "AWS::Serverless::SimpleTable" => "TableName",
            "AWS::IAM::Role" => "RoleName",
            "AWS::Kinesis::Stream" | "AWS::SSM::Parameter" | "AWS::SecretsManager::Secret" => {
                "Name"
            }
            "AWS::KinesisFirehose::DeliveryStream" => "DeliveryStreamName",
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => "FunctionName",
            "AWS::Logs::LogGroup" => "LogGroupName",
            "AWS::Logs::LogStream" => "LogStreamName",
            "AWS::S3::Bucket" => "BucketName",
            "AWS::SNS::Topic" => "TopicName",
            "AWS::SQS::Queue" => "QueueName",
            _ => return Ok(self.id.to_owned()),
        };
        let name = self.properties(scope)?.text(property)?;
        Ok(name.unwrap_or_else(|| self.id.to_owned()))
    }

    /// What `Ref` gives for it.
    pub(crate) fn reference(&self, scope: &'a Scope<'a>) -> Result<String, TemplateError> {
        match self.kind {
            "AWS::Lambda::Alias"
            | "AWS::Lambda::Version"
            | "AWS::SNS::Topic"
            | "AWS::SecretsManager::Secret" => self.arn(scope),
            "AWS::SQS::Queue" => {
                let name = self.name(scope)?;
                Ok(format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name}"))
            }
            _ => self.name(scope),
        }
    }

    /// Its ARN, in the form that its service gives it.
    pub(crate) fn arn(&self, scope: &'a Scope<'a>) -> Result<String, TemplateError> {
        let name = self.name(scope)?;
        Ok(match self.kind {
            "AWS::Kinesis::Stream" => kinesis_stream_arn(&name),
            "AWS::KinesisFirehose::DeliveryStream" => delivery_stream_arn(&name),
            "AWS::S3::Bucket" => format!("arn:aws:s3:::{name}"),
            "AWS::IAM::Role" => format!("arn:aws:iam::{ACCOUNT_ID}:role/{name}"),
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => function_arn(&name),
            "AWS::Lambda::Alias" => return self.qualified_arn(scope, "Name"),
            "AWS::Lambda::Version" => return self.qualified_arn(scope, ""),
            "AWS::Logs::LogGroup" => arn("logs", &format!("log-group:{name}:*")),
            "AWS::DynamoDB::Table" | "AWS::Serverless::SimpleTable" => {
                arn("dynamodb", &format!("table/{name}"))
            }
            "AWS::SecretsManager::Secret" => arn("secretsmanager", &format!("secret:{name}")),
            kind => {
                let service = kind.split("::").nth(1).unwrap_or_default().to_ascii_lowercase();
                arn(&service, &name)
            }
        })
    }

    /// The ARN of an alias, whose name a property has, or of a version, of which there is but the
    /// first here.
    fn qualified_arn(
        &self,
        scope: &'a Scope<'a>,
        name_property: &str,
    ) -> Result<String, TemplateError> {
        let properties = self.properties(scope)?;
        let function = properties.require("FunctionName")?.text()?;
        let qualifier = match name_property {
            "" => "1".to_owned(),
            property => properties.require(property)?.text()?,
        };
        if function.starts_with("arn:") {
            let unqualified: Vec<&str> = function.split(':').take(7).collect();
            return Ok(format!("{}:{qualifier}", unqualified.join(":")));
        }
        Ok(format!("{}:{qualifier}", function_arn(&function)))
    }
}
