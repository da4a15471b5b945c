use firehose_delivery::delivery_stream::{
    DeliveryStream, DestinationConfig, DestinationKind, KeySource, MetadataQuery, Prefix,
    StreamSource,
};

use super::{
    backup_mode::note_backup_mode,
    check::check,
    destination::{check_supported, read_destination},
    destination_section::{DestinationSection, SECTIONS, SectionKind},
    http_endpoint::read_http_endpoint,
    iceberg::read_iceberg,
    open_search::read_open_search,
    processing::read_processing,
    reasons::Reasons,
    redshift::read_redshift,
    resources_by_arn::ResourcesByArn,
    role_check::warn_role,
    snowflake::read_snowflake,
    source::read_source,
    splunk::read_splunk,
};
use crate::{cloudformation::evaluator::Resource, deployment::Deployment, error::TemplateError};

/// The properties other than those of destinations. The first and the last two do not change the
/// delivered data.
const PROPERTIES: &[&str] = &[
    "DeliveryStreamEncryptionConfigurationInput",
    "DeliveryStreamName",
    "DeliveryStreamType",
    "KinesisStreamSourceConfiguration",
    "MSKSourceConfiguration",
    "DirectPutSourceConfiguration",
    "Tags",
];

/// The only source of Firehose that is not simulated:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html>.
const NOT_SIMULATED: &str = "DatabaseSourceConfiguration";

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
    if properties.get(NOT_SIMULATED)?.is_some() {
        let reason =
            "is not simulated; the simulated sources are Direct PUT, Kinesis and Amazon MSK";
        let error = TemplateError::not_simulated(properties.path_of(NOT_SIMULATED), reason);
        reasons.keep::<()>(Err(error))?;
    }
    reasons.into_result()?;

    let mut reasons = Reasons::default();
    let sections = SECTIONS.map(|(name, _)| name);
    reasons.keep(properties.reject_unknown(&[PROPERTIES, &sections].concat()))?;
    let source = read_source(resources, &properties, &name, &mut deployment);
    let source = reasons.keep(source)?;
    let Some(section) = reasons.keep(DestinationSection::find(&properties))? else {
        // A reason exists, so this returns an error.
        return reasons.into_result().map(|()| deployment);
    };
    let configuration = &section.configuration;
    let destination = read_section(&section, &name, &mut reasons, &mut deployment)?;
    let processing = read_processing(configuration, &mut reasons)?;
    reasons.keep(note_backup_mode(&section, &mut deployment))?;
    if let Some(path) = processing.disabled {
        let text = "Enabled is not true, so the records are delivered without processing";
        deployment.warn(path, text);
    }
    let mut stream =
        DeliveryStream::new(name, source.unwrap_or(StreamSource::DirectPut), destination);
    stream.append_delimiter = processing.append_delimiter;
    stream.processors = processing.processors;
    if let (Some(path), StreamSource::DirectPut) = (processing.decompression, &stream.source) {
        let text = "with Decompression, Firehose accepts records from CloudWatch Logs alone; here, \
                    any input is accepted";
        deployment.note(path, text);
    }
    if let Some(mut lambda) = processing.lambda {
        lambda.set_default_buffering(section.kind);
        stream.lambda = reasons.keep(lambda.into_processor(resources, &mut deployment))?;
    }
    reasons.into_result()?;
    let s3 = section.s3()?;
    check(&stream, resource, &properties, configuration, &s3)?;
    // The keys of a query for Iceberg tables name a table, and no prefix uses them.
    let has_prefix = stream.destination.kind() != DestinationKind::Iceberg;
    if let Some(path) = processing.extraction.filter(|_| has_prefix) {
        warn_unused_keys(&stream, &path, &mut deployment);
    }
    warn_role(resources, &s3, &stream, &mut deployment);
    deployment.set_delivery_stream(&stream.name);
    deployment.delivery_streams.push(stream);
    Ok(deployment)
}

/// Warns of keys of a query that are not in the prefix.
fn warn_unused_keys(stream: &DeliveryStream, path: &str, deployment: &mut Deployment) {
    let Some(keys) = stream.processors.metadata_query.as_ref().and_then(MetadataQuery::keys) else {
        return;
    };
    let prefix = Prefix::parse(&stream.destination.s3().prefix).unwrap_or_default();
    let is_used = |key: &str| prefix.keys_of(KeySource::Query).any(|used| used == key);
    let unused: Vec<_> =
        keys.iter().filter(|key| !is_used(key)).map(|key| format!("`{key}`")).collect();
    if !unused.is_empty() {
        let text = format!(
            "the query gives {}, which the prefix does not use; AWS requires a prefix \
             with all keys, and may reject the template",
            unused.join(", ")
        );
        deployment.warn(path, text);
    }
}

/// Reads the destination.
fn read_section(
    section: &DestinationSection<'_>,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<DestinationConfig, TemplateError> {
    match section.kind {
        SectionKind::ExtendedS3 | SectionKind::S3 => {
            let configuration = &section.configuration;
            let is_extended = section.kind == SectionKind::ExtendedS3;
            check_supported(configuration, is_extended, reasons)?;
            let config = read_destination(configuration, name, reasons, deployment)?;
            Ok(DestinationConfig::S3(config))
        }
        SectionKind::HttpEndpoint => read_http_endpoint(section, name, reasons, deployment),
        SectionKind::Splunk => read_splunk(section, name, reasons, deployment),
        SectionKind::Search(service) => {
            read_open_search(section, service, name, reasons, deployment)
        }
        SectionKind::Redshift => read_redshift(section, name, reasons, deployment),
        SectionKind::Snowflake => read_snowflake(section, name, reasons, deployment),
        SectionKind::Iceberg => read_iceberg(section, name, reasons, deployment),
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
  S3BackupConfiguration: {BucketARN: arn:aws:s3:::their-backup}
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
        assert_eq!(stream.destination.s3().bucket, "their-bucket");
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
            "DatabaseSourceConfiguration: {}".to_owned(),
            format!("{S3}\nDeliveryStreamType: MSKAsSource"),
            format!("{S3}\nNewDestinationConfiguration: {{}}"),
        ];
        let errors =
            cases.map(|properties| sample_deployment::delivery_stream(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        (not simulated) Resources.Delivery.Properties.DatabaseSourceConfiguration: is not simulated; the simulated sources are Direct PUT, Kinesis and Amazon MSK
        Resources.Delivery.Properties.DeliveryStreamType: is MSKAsSource, but MSKSourceConfiguration is missing; add it
        (not simulated) Resources.Delivery.Properties.NewDestinationConfiguration: the property is unknown and may change the delivered data
        ");
    }
}
