use firehose_delivery::delivery_stream::{DeliveryStream, StreamSource};

use super::{
    check::check,
    destination::{check_supported, read_destination},
    processing::read_processing,
    reasons::Reasons,
    resources_by_arn::ResourcesByArn,
    role_check::warn_role,
    source::read_source,
};
use crate::{
    cloudformation::evaluator::{Mapping, Resource},
    deployment::Deployment,
    error::TemplateError,
};

/// The properties that this module reads, and those that do not change the delivered data.
const PROPERTIES: &[&str] = &[
    "DeliveryStreamEncryptionConfigurationInput",
    "DeliveryStreamName",
    "DeliveryStreamType",
    "DirectPutSourceConfiguration",
    "ExtendedS3DestinationConfiguration",
    "KinesisStreamSourceConfiguration",
    "S3DestinationConfiguration",
    "Tags",
];

/// The other destinations and sources of AWS:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html>.
const NOT_SIMULATED: &[&str] = &[
    "AmazonOpenSearchServerlessDestinationConfiguration",
    "AmazonopensearchserviceDestinationConfiguration",
    "DatabaseSourceConfiguration",
    "ElasticsearchDestinationConfiguration",
    "HttpEndpointDestinationConfiguration",
    "IcebergDestinationConfiguration",
    "MSKSourceConfiguration",
    "RedshiftDestinationConfiguration",
    "SnowflakeDestinationConfiguration",
    "SplunkDestinationConfiguration",
];

/// Reads a delivery stream together with its Kinesis stream and its function.
pub(crate) fn read_delivery_stream(
    resources: &ResourcesByArn<'_>,
    resource: Resource<'_>,
) -> Result<Deployment, TemplateError> {
    let mut deployment = Deployment::default();
    let name = match resource.name() {
        Err(error) if error.undeployed_value().is_some() => {
            let here = format!("the delivery stream is called {} here", resource.label());
            deployment.note_undeployed(&error, &here);
            resource.label()
        }
        read => read?,
    };
    let properties = resource.properties()?;
    let mut reasons = Reasons::default();
    for property in NOT_SIMULATED {
        if properties.get(property)?.is_some() {
            let reason = "is not simulated; the simulated sources are Direct PUT and Kinesis, and \
                          the only destination is S3";
            let error = TemplateError::not_simulated(properties.path_of(property), reason);
            reasons.keep::<()>(Err(error))?;
        }
    }
    reasons.into_result()?;

    let mut reasons = Reasons::default();
    reasons.keep(properties.reject_unknown(PROPERTIES))?;
    let source = read_source(resources, &properties, &name, &mut deployment);
    let source = reasons.keep(source)?;
    let Some((configuration, is_extended)) = reasons.keep(read_configuration(&properties))? else {
        // A reason exists, so this returns an error.
        return reasons.into_result().map(|()| deployment);
    };
    check_supported(&configuration, is_extended, &mut reasons)?;
    let processing = read_processing(&configuration, &mut reasons)?;
    let destination = read_destination(&configuration, &name, &mut reasons, &mut deployment)?;
    let backup = reasons.keep(configuration.text("S3BackupMode"))?.flatten();
    if backup.as_deref() == Some("Enabled") {
        let text = "the backup of the source records is not written";
        deployment.note(configuration.path_of("S3BackupMode"), text);
    }
    if let Some(path) = processing.disabled {
        let text = "Enabled is not true, so the records are delivered without processing";
        deployment.warn(path, text);
    }
    let mut stream =
        DeliveryStream::new(name, source.unwrap_or(StreamSource::DirectPut), destination);
    stream.append_delimiter = processing.append_delimiter;
    if let Some(lambda) = processing.lambda {
        stream.lambda = reasons.keep(lambda.into_processor(resources, &mut deployment))?;
    }
    reasons.into_result()?;
    check(&stream, resource, &properties, &configuration)?;
    warn_role(resources, &configuration, &stream, &mut deployment);
    deployment.set_delivery_stream(&stream.name);
    deployment.delivery_streams.push(stream);
    Ok(deployment)
}

/// Returns the section of the destination, and `true` for an extended destination.
fn read_configuration<'a>(properties: &Mapping<'a>) -> Result<(Mapping<'a>, bool), TemplateError> {
    let extended = properties.get("ExtendedS3DestinationConfiguration")?;
    let is_extended = extended.is_some();
    match (extended, properties.get("S3DestinationConfiguration")?) {
        (Some(_), Some(second)) => {
            let reason = "ExtendedS3DestinationConfiguration is set too; remove one of them";
            Err(second.wrong(reason))
        }
        (Some(only), None) | (None, Some(only)) => Ok((only.mapping()?, is_extended)),
        (None, None) => {
            let reason = "the destination is missing; add an ExtendedS3DestinationConfiguration";
            Err(TemplateError::wrong(properties.path(), reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use firehose_delivery::delivery_stream::{LambdaProcessorConfig, StreamSource};

    use crate::{
        cloudformation::sample_deployment,
        deployment::{DeployedFunction, KinesisStream},
    };

    const S3: &str = "S3DestinationConfiguration: {BucketARN: !GetAtt Bucket.Arn}";

    #[test]
    fn a_resource_outside_the_template_has_defaults_and_a_note() {
        let read = sample_deployment::delivery_stream(
            "DeliveryStreamType: KinesisStreamAsSource
KinesisStreamSourceConfiguration:
  KinesisStreamARN: arn:aws:kinesis:eu-west-1:210987654321:stream/theirs
ExtendedS3DestinationConfiguration:
  BucketARN: arn:aws:s3:::their-bucket
  S3BackupMode: Enabled
  ProcessingConfiguration:
    Enabled: true
    Processors:
      - Type: Lambda
        Parameters:
          - ParameterName: LambdaArn
            ParameterValue: arn:aws:lambda:eu-west-1:210987654321:function:theirs:3",
        )
        .unwrap();
        let function = "arn:aws:lambda:eu-west-1:210987654321:function:theirs:3";
        let stream = &read.delivery_streams[0];
        assert_eq!(stream.source, StreamSource::KinesisStream("theirs".to_owned()));
        assert_eq!(stream.destination.bucket, "their-bucket");
        assert_eq!(stream.lambda, Some(LambdaProcessorConfig::new(function, function)));
        assert_eq!(read.functions[function], DeployedFunction::default());
        assert_eq!(
            read.kinesis_streams["theirs"],
            KinesisStream { shards: 4, ..KinesisStream::default() }
        );
        insta::assert_snapshot!(sample_deployment::notes(&read), @r"
        Resources.Delivery.Properties.KinesisStreamSourceConfiguration.KinesisStreamARN: arn:aws:kinesis:eu-west-1:210987654321:stream/theirs is not in this template; assuming 4 shards
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.S3BackupMode: the backup of the source records is not written
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (LambdaArn): arn:aws:lambda:eu-west-1:210987654321:function:theirs:3 is not in this template; assuming the default settings of Lambda
        ");
    }

    #[test]
    fn a_delivery_stream_without_exactly_one_destination_is_an_error() {
        let cases = [
            "DeliveryStreamType: DirectPut".to_owned(),
            format!("{S3}\nExtended{S3}"),
            "S3DestinationConfiguration: {}".to_owned(),
        ];
        let errors =
            cases.map(|properties| sample_deployment::delivery_stream(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties: the destination is missing; add an ExtendedS3DestinationConfiguration
        Resources.Delivery.Properties.S3DestinationConfiguration: ExtendedS3DestinationConfiguration is set too; remove one of them
        Resources.Delivery.Properties.S3DestinationConfiguration: the required BucketARN is missing
        ");
    }

    #[test]
    fn an_unsupported_property_is_not_ignored() {
        let cases = [
            "RedshiftDestinationConfiguration: {}".to_owned(),
            "IcebergDestinationConfiguration: {}".to_owned(),
            format!("{S3}\nDeliveryStreamType: MSKAsSource"),
            format!("{S3}\nNewDestinationConfiguration: {{}}"),
        ];
        let errors =
            cases.map(|properties| sample_deployment::delivery_stream(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        (not simulated) Resources.Delivery.Properties.RedshiftDestinationConfiguration: is not simulated; the simulated sources are Direct PUT and Kinesis, and the only destination is S3
        (not simulated) Resources.Delivery.Properties.IcebergDestinationConfiguration: is not simulated; the simulated sources are Direct PUT and Kinesis, and the only destination is S3
        (not simulated) Resources.Delivery.Properties.DeliveryStreamType: the source MSKAsSource is not simulated
        (not simulated) Resources.Delivery.Properties.NewDestinationConfiguration: the property is unknown and may change the delivered data
        ");
    }
}
