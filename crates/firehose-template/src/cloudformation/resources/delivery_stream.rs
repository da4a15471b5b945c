use super::check;
use super::destination;
use super::kinesis_stream;
use super::lambda_function;
use super::processing::Lambda;
use super::read::Targets;
use crate::arn;
use crate::cloudformation::evaluator::property::{Fields, Property};
use crate::cloudformation::evaluator::resource::Resource;
use crate::deployment::DeployedFunction;
use crate::deployment::Deployment;
use crate::deployment::KinesisStream;
use crate::error::TemplateError;
use firehose_delivery::delivery_stream::{
    DeliveryStream, LambdaProcessorConfig, MAX_KINESIS_NAME, StreamSource, is_name,
};

/// The properties that are read, or do not change what the destination gets.
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

/// Destinations and sources that AWS has besides:
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

/// Reads a delivery stream, together with the Kinesis stream and the function that it names.
pub(crate) fn read<'a>(
    targets: &Targets<'a>,
    resource: &Resource<'a>,
) -> Result<Deployment, TemplateError> {
    let name = resource.name(targets.scope)?;
    let fields = resource.properties(targets.scope)?;
    for property in NOT_SIMULATED {
        if fields.get(property)?.is_some() {
            let reason = "is not simulated: sources are Direct PUT and Kinesis, and S3 is the only \
                          destination";
            return Err(TemplateError::not_simulated(fields.path_of(property), reason));
        }
    }
    fields.only(PROPERTIES)?;

    let mut part = Deployment::default();
    let source = source(targets, &fields, &mut part)?;
    let extended = fields.get("ExtendedS3DestinationConfiguration")?;
    let is_extended = extended.is_some();
    let configuration = match (extended, fields.get("S3DestinationConfiguration")?) {
        (Some(_), Some(both)) => {
            return Err(both.wrong("there is an ExtendedS3DestinationConfiguration already"));
        }
        (Some(one), None) | (None, Some(one)) => one.fields()?,
        (None, None) => {
            let reason = "there is no destination; give it an ExtendedS3DestinationConfiguration";
            return Err(TemplateError::wrong(fields.path, reason));
        }
    };
    let (destination, processing) = destination::read(&configuration, is_extended)?;
    if configuration.text("S3BackupMode")?.as_deref() == Some("Enabled") {
        part.notes.push(format!(
            "{}: the backup of the source records is not written",
            configuration.path_of("S3BackupMode")
        ));
    }
    let mut stream = DeliveryStream::new(name, source, destination);
    stream.append_delimiter = processing.append_delimiter;
    part.notes.extend(processing.note);
    if let Some(lambda) = processing.lambda {
        stream.lambda = Some(processor(targets, &lambda, &mut part)?);
    }
    check::check(&stream, resource, &fields, &configuration)?;
    part.delivery_streams.push(stream);
    Ok(part)
}

fn source<'a>(
    targets: &Targets<'a>,
    fields: &Fields<'a>,
    part: &mut Deployment,
) -> Result<StreamSource, TemplateError> {
    let kinesis = fields.get("KinesisStreamSourceConfiguration")?;
    let kind = fields.text("DeliveryStreamType")?;
    let path = || fields.path_of("DeliveryStreamType");
    match (kind.as_deref().unwrap_or("DirectPut"), kinesis) {
        ("DirectPut", None) => Ok(StreamSource::DirectPut),
        ("KinesisStreamAsSource", Some(kinesis)) => {
            kinesis_source(targets, &kinesis.fields()?.require("KinesisStreamARN")?, part)
        }
        ("DirectPut", Some(_)) => Err(TemplateError::wrong(
            path(),
            "is DirectPut, and there is a KinesisStreamSourceConfiguration; \
             should it be KinesisStreamAsSource?",
        )),
        ("KinesisStreamAsSource", None) => Err(TemplateError::wrong(
            path(),
            "is KinesisStreamAsSource, and there is no KinesisStreamSourceConfiguration",
        )),
        (other @ ("MSKAsSource" | "DatabaseAsSource"), _) => {
            Err(TemplateError::not_simulated(path(), format!("{other} is not simulated")))
        }
        (other, _) => Err(TemplateError::wrong(
            path(),
            format!("{other} is neither DirectPut nor KinesisStreamAsSource"),
        )),
    }
}

fn kinesis_source<'a>(
    targets: &Targets<'a>,
    property: &Property<'a>,
    part: &mut Deployment,
) -> Result<StreamSource, TemplateError> {
    let arn = property.text()?;
    let name = arn::resource_part(&arn, "kinesis").and_then(|part| part.strip_prefix("stream/"));
    let Some(name) = name.filter(|name| is_name(name, MAX_KINESIS_NAME)) else {
        return Err(property.wrong(format!("{arn} is no ARN of a Kinesis stream")));
    };
    let stream = match targets.kinesis_streams.get(&arn) {
        Some(resource) => kinesis_stream::read(targets.scope, resource)?,
        None => {
            let stream = KinesisStream::default();
            part.notes.push(format!(
                "{}: {arn} is not of this template; it is taken to have {} shards",
                property.path, stream.shards
            ));
            stream
        }
    };
    part.kinesis_streams.insert(name.to_owned(), stream);
    Ok(StreamSource::KinesisStream(name.to_owned()))
}

fn processor<'a>(
    targets: &Targets<'a>,
    lambda: &Lambda<'a>,
    part: &mut Deployment,
) -> Result<LambdaProcessorConfig, TemplateError> {
    let arn = lambda.arn.text()?;
    let Some(unqualified) = arn::unqualified_function(&arn) else {
        return Err(lambda.arn.wrong(format!("{arn} is no ARN of a function")));
    };
    let (function, deployed) = match targets.functions.get(&unqualified) {
        Some(resource) => (resource.id, lambda_function::read(targets.scope, resource)?),
        None => {
            part.notes.push(format!(
                "{}: {arn} is not of this template; its settings are taken to be the defaults \
                 of Lambda",
                lambda.arn.path
            ));
            (arn.as_str(), DeployedFunction::default())
        }
    };
    part.functions.insert(function.to_owned(), deployed);
    let mut processor = LambdaProcessorConfig::new(function, arn.as_str());
    processor.buffering = lambda.buffering(processor.buffering);
    processor.retries = lambda.retries.unwrap_or(processor.retries);
    Ok(processor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    const S3: &str = "S3DestinationConfiguration: {BucketARN: !GetAtt Bucket.Arn}";

    #[test]
    fn a_kinesis_source_is_found_by_its_arn() {
        for arn in [
            "!GetAtt Source.Arn",
            "!Sub 'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${StreamSource}'",
            "arn:aws:kinesis:us-east-1:123456789012:stream/Source",
        ] {
            let read = sample::delivery_stream(&format!(
                "{S3}\nDeliveryStreamType: KinesisStreamAsSource\n\
                 KinesisStreamSourceConfiguration: {{KinesisStreamARN: {arn}}}"
            ))
            .unwrap();
            assert_eq!(
                read.delivery_streams[0].source,
                StreamSource::KinesisStream("Source".to_owned())
            );
            assert_eq!(read.kinesis_streams["Source"], KinesisStream { shards: 2 });
            assert!(read.notes.is_empty());
        }
    }

    #[test]
    fn what_is_not_of_the_template_has_defaults_and_a_note() {
        let read = sample::delivery_stream(
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
        assert_eq!(read.kinesis_streams["theirs"], KinesisStream { shards: 4 });
        insta::assert_snapshot!(read.notes.join("\n"), @r"
        Resources.Delivery.Properties.KinesisStreamSourceConfiguration.KinesisStreamARN: arn:aws:kinesis:eu-west-1:210987654321:stream/theirs is not of this template; it is taken to have 4 shards
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.S3BackupMode: the backup of the source records is not written
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (LambdaArn): arn:aws:lambda:eu-west-1:210987654321:function:theirs:3 is not of this template; its settings are taken to be the defaults of Lambda
        ");
    }

    #[test]
    fn a_source_that_contradicts_itself_is_an_error() {
        let kinesis = "KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn}";
        let cases = [
            format!("{S3}\n{kinesis}"),
            format!("{S3}\nDeliveryStreamType: DirectPut\n{kinesis}"),
            format!("{S3}\nDeliveryStreamType: KinesisStreamAsSource"),
            format!("{S3}\nDeliveryStreamType: Kinesis"),
            format!(
                "{S3}\nDeliveryStreamType: KinesisStreamAsSource\n\
                 KinesisStreamSourceConfiguration: {{KinesisStreamARN: !GetAtt Bucket.Arn}}"
            ),
            "DeliveryStreamType: DirectPut".to_owned(),
            format!("{S3}\nExtended{S3}"),
            "S3DestinationConfiguration: {}".to_owned(),
        ];
        let errors = cases.map(|properties| sample::delivery_stream(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.DeliveryStreamType: is DirectPut, and there is a KinesisStreamSourceConfiguration; should it be KinesisStreamAsSource?
        Resources.Delivery.Properties.DeliveryStreamType: is DirectPut, and there is a KinesisStreamSourceConfiguration; should it be KinesisStreamAsSource?
        Resources.Delivery.Properties.DeliveryStreamType: is KinesisStreamAsSource, and there is no KinesisStreamSourceConfiguration
        Resources.Delivery.Properties.DeliveryStreamType: Kinesis is neither DirectPut nor KinesisStreamAsSource
        Resources.Delivery.Properties.KinesisStreamSourceConfiguration.KinesisStreamARN: arn:aws:s3:::Bucket is no ARN of a Kinesis stream
        Resources.Delivery.Properties: there is no destination; give it an ExtendedS3DestinationConfiguration
        Resources.Delivery.Properties.S3DestinationConfiguration: there is an ExtendedS3DestinationConfiguration already
        Resources.Delivery.Properties.S3DestinationConfiguration: BucketARN is required here, and missing
        ");
    }

    #[test]
    fn other_sources_and_destinations_are_not_simulated() {
        let cases = [
            "RedshiftDestinationConfiguration: {}".to_owned(),
            "IcebergDestinationConfiguration: {}".to_owned(),
            format!("{S3}\nDeliveryStreamType: MSKAsSource"),
            format!("{S3}\nNewDestinationConfiguration: {{}}"),
        ];
        let errors = cases.map(|properties| sample::delivery_stream(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        (not simulated) Resources.Delivery.Properties.RedshiftDestinationConfiguration: is not simulated: sources are Direct PUT and Kinesis, and S3 is the only destination
        (not simulated) Resources.Delivery.Properties.IcebergDestinationConfiguration: is not simulated: sources are Direct PUT and Kinesis, and S3 is the only destination
        (not simulated) Resources.Delivery.Properties.DeliveryStreamType: MSKAsSource is not simulated
        (not simulated) Resources.Delivery.Properties.NewDestinationConfiguration: is not known here, and may change what is delivered
        ");
    }
}
