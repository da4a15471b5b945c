//! Small templates for the tests of the reader.

use std::collections::BTreeMap;

use super::Deployment;

/// Resources that the samples refer to.
const TARGETS: &str = "
  Bucket: {Type: 'AWS::S3::Bucket'}
  Source: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 2}}
  Square:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: rust-cargolambda, BuildProperties: {Binary: square-values}}
    Properties: {Timeout: 60, MemorySize: 512, AutoPublishAlias: live}
";

/// Reads a template without overrides; an error is its text.
pub(crate) fn read(text: &str) -> Result<Deployment, String> {
    Deployment::from_template(text, &BTreeMap::new()).map_err(|error| error.to_string())
}

/// Reads a template with a delivery stream `Delivery` of these properties, as flow mappings or
/// lines of no indentation. That it cannot be simulated is an error too.
pub(crate) fn delivery_stream(properties: &str) -> Result<Deployment, String> {
    let properties = properties.trim().replace('\n', "\n      ");
    let text = format!(
        "Resources:{TARGETS}  Delivery:\n    Type: AWS::KinesisFirehose::DeliveryStream\n    \
         Properties:\n      {properties}\n"
    );
    let deployment = read(&text)?;
    match deployment.unsupported.get("Delivery") {
        Some(reason) => Err(format!("(not simulated) {reason}")),
        None => Ok(deployment),
    }
}

/// Reads a delivery stream whose destination has these properties beside the bucket.
pub(crate) fn destination(properties: &str) -> Result<Deployment, String> {
    delivery_stream(&format!(
        "ExtendedS3DestinationConfiguration: {{BucketARN: !GetAtt Bucket.Arn, {properties}}}"
    ))
}

/// Reads a delivery stream with these processors.
pub(crate) fn processors(processors: &str) -> Result<Deployment, String> {
    destination(&format!("ProcessingConfiguration: {{Enabled: true, Processors: [{processors}]}}"))
}

/// What a value evaluates to, in a template with these sections and resources besides.
pub(crate) fn value(value: &str, sections: &str, resources: &str) -> Result<String, String> {
    let text = format!(
        "{sections}
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: {{Environment: {{Variables: {{V: {value}}}}}}}
  Delivery:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::bucket
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters:
                - {{ParameterName: LambdaArn, ParameterValue: !GetAtt Function.Arn}}
{resources}"
    );
    let mut deployment = read(&text)?;
    if let Some(reason) = deployment.unsupported.remove("Delivery") {
        return Err(format!("(not simulated) {reason}"));
    }
    let function = deployment.functions.remove("Function").unwrap();
    Ok(function.environment.get("V").cloned().unwrap_or_default())
}
