use firehose_delivery::aws_names::{
    ACCOUNT_ID, REGION, arn, delivery_stream_arn, function_arn, kinesis_stream_arn,
};

use super::resource::Resource;
use crate::error::TemplateError;

/// The names and ARNs of resources.
impl Resource<'_> {
    /// Returns the name that the template gives, or else the logical id.
    pub(crate) fn name(&self) -> Result<String, TemplateError> {
        let property = match self.kind() {
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
            _ => return Ok(self.id().to_owned()),
        };
        let name = match self.properties()?.text(property) {
            Err(error) if self.template.local_names.get() && error.undeployed_value().is_some() => {
                None
            }
            name => name?,
        };
        Ok(name.unwrap_or_else(|| self.label()))
    }

    /// Returns the name that stands for an unknown name: the logical id, or the name in the code from
    /// which the template was translated.
    pub(crate) fn label(&self) -> String {
        self.template.paths.label(self.id())
    }

    /// Returns the value of `Ref`.
    pub(super) fn reference(&self) -> Result<String, TemplateError> {
        match self.kind() {
            "AWS::Lambda::Alias"
            | "AWS::Lambda::Version"
            | "AWS::SNS::Topic"
            | "AWS::SecretsManager::Secret" => self.arn(),
            "AWS::SQS::Queue" => {
                let name = self.name()?;
                Ok(format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name}"))
            }
            _ => self.name(),
        }
    }

    /// Returns the ARN in the form of the resource's service.
    pub(crate) fn arn(&self) -> Result<String, TemplateError> {
        let name = self.name()?;
        Ok(match self.kind() {
            "AWS::Kinesis::Stream" => kinesis_stream_arn(&name),
            "AWS::KinesisFirehose::DeliveryStream" => delivery_stream_arn(&name),
            "AWS::S3::Bucket" => format!("arn:aws:s3:::{name}"),
            "AWS::IAM::Role" => format!("arn:aws:iam::{ACCOUNT_ID}:role/{name}"),
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => function_arn(&name),
            "AWS::Lambda::Alias" => self.alias_arn()?,
            "AWS::Lambda::Version" => self.version_arn()?,
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

    fn alias_arn(&self) -> Result<String, TemplateError> {
        let properties = self.properties()?;
        let function = properties.require("FunctionName")?.text()?;
        let alias = properties.require("Name")?.text()?;
        Ok(qualified_arn(&function, &alias))
    }

    /// Returns the ARN of version 1, the only version of a new function.
    fn version_arn(&self) -> Result<String, TemplateError> {
        let function = self.properties()?.require("FunctionName")?.text()?;
        Ok(qualified_arn(&function, "1"))
    }
}

/// Returns the ARN of an alias or a version. `function` is a name or an ARN.
fn qualified_arn(function: &str, qualifier: &str) -> String {
    if function.starts_with("arn:") {
        let unqualified: Vec<&str> = function.split(':').take(7).collect();
        return format!("{}:{qualifier}", unqualified.join(":"));
    }
    format!("{}:{qualifier}", function_arn(function))
}
