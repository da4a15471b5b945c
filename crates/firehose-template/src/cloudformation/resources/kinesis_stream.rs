use crate::{
    cloudformation::evaluator::{Mapping, Resource},
    deployment::{Deployment, KinesisStream},
    error::TemplateError,
};

/// The largest accepted number of shards, above the default quota of every region:
/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>.
const MAX_SHARDS: u32 = 20_000;

/// The limits of `MaxRecordSizeInKiB`:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html>.
const MIN_RECORD_KIB: u32 = 1024;
const MAX_RECORD_KIB: u32 = 10_240;

/// Reads a Kinesis stream. A stream that is on demand or has no `ShardCount` has the default
/// number of shards.
///
/// A number of shards that only a deployed stack has is the default number, with a note. The size
/// limit of records has no default then, because it decides which records the stream accepts.
pub(super) fn read_kinesis_stream(
    resource: Resource<'_>,
    deployment: &mut Deployment,
) -> Result<KinesisStream, TemplateError> {
    let properties = resource.properties()?;
    let mut stream = KinesisStream::default();
    if let Some(size) = properties.get("MaxRecordSizeInKiB")? {
        stream.max_record_kib = size.number(MIN_RECORD_KIB..=MAX_RECORD_KIB)?;
    }
    match shards(&properties) {
        Ok(Some(shards)) => stream.shards = shards,
        Ok(None) => {}
        Err(error) if error.undeployed_value().is_some() => {
            let here = format!("the stream has {} shards here", stream.shards);
            deployment.note_undeployed(&error, &here);
        }
        Err(error) => return Err(error),
    }
    Ok(stream)
}

/// Returns the number of shards of a stream that is not on demand.
fn shards(properties: &Mapping<'_>) -> Result<Option<u32>, TemplateError> {
    let mode = properties.mapping("StreamModeDetails")?.text("StreamMode")?;
    if mode.as_deref() == Some("ON_DEMAND") {
        return Ok(None);
    }
    let count = properties.get("ShardCount")?;
    count.map(|count| count.number(1..=MAX_SHARDS)).transpose()
}

#[cfg(test)]
mod tests {
    use crate::cloudformation::sample_deployment;

    fn shards(properties: &str) -> Result<u32, String> {
        let read = sample_deployment::read(&format!(
            "Resources:
  Source: {{Type: 'AWS::Kinesis::Stream', Properties: {{Name: source, {properties}}}}}
  Delivery:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration: {{KinesisStreamARN: !GetAtt Source.Arn}}
      S3DestinationConfiguration: {{BucketARN: 'arn:aws:s3:::b'}}"
        ))?;
        Ok(read.kinesis_streams["source"].shards)
    }

    #[test]
    fn an_on_demand_stream_has_four_shards() {
        assert_eq!(shards("ShardCount: 7"), Ok(7));
        assert_eq!(shards("ShardCount: '7', StreamModeDetails: {StreamMode: PROVISIONED}"), Ok(7));
        assert_eq!(shards("StreamModeDetails: {StreamMode: ON_DEMAND}"), Ok(4));
        assert_eq!(shards(""), Ok(4));
    }

    #[test]
    fn a_stream_without_shards_is_an_error() {
        insta::assert_snapshot!(shards("ShardCount: 0").unwrap_err(), @"Resources.Source.Properties.ShardCount: `0` is not a number from 1 to 20000");
    }
}
