//! Small templates for the tests of the reader.

use super::read_cloudformation;
use crate::{deployment::Deployment, given_values::GivenValues};

/// The resources that delivery streams of the tests refer to.
const RESOURCES: &str = "
  Bucket: {Type: 'AWS::S3::Bucket'}
  Source: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 2}}
  Square:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: rust-cargolambda, BuildProperties: {Binary: square-values}}
    Properties: {Timeout: 60, MemorySize: 512, AutoPublishAlias: live}
";

/// Reads a template with the defaults of its parameters. Returns an error as its text.
pub(super) fn read(text: &str) -> Result<Deployment, String> {
    read_cloudformation(text, &GivenValues::default()).map_err(|error| error.to_string())
}

/// Reads a template with a delivery stream named `Delivery`. `properties` are flow mappings or
/// lines without indentation. Returns an error if the delivery stream is unsupported.
pub(super) fn delivery_stream(properties: &str) -> Result<Deployment, String> {
    let properties = properties.trim().replace('\n', "\n      ");
    let text = format!(
        "Resources:{RESOURCES}  Delivery:\n    Type: AWS::KinesisFirehose::DeliveryStream\n    \
         Properties:\n      {properties}\n"
    );
    let deployment = read(&text)?;
    match deployment.unsupported.get("Delivery") {
        Some(reason) => Err(format!("(not simulated) {reason}")),
        None => Ok(deployment),
    }
}

/// Reads a delivery stream whose destination has a bucket and these properties.
pub(super) fn destination(properties: &str) -> Result<Deployment, String> {
    delivery_stream(&format!(
        "ExtendedS3DestinationConfiguration: {{BucketARN: !GetAtt Bucket.Arn, {properties}}}"
    ))
}

/// Reads a delivery stream with these processors.
pub(super) fn processors(processors: &str) -> Result<Deployment, String> {
    destination(&format!("ProcessingConfiguration: {{Enabled: true, Processors: [{processors}]}}"))
}

/// Returns the warnings and the notes of a deployment, one per line.
pub(super) fn notes(deployment: &Deployment) -> String {
    let warnings = deployment.warnings.iter().map(|warning| format!("(warning) {warning}"));
    let notes = deployment.notes.iter().map(ToString::to_string);
    warnings.chain(notes).collect::<Vec<_>>().join("\n")
}
