use firehose_delivery::delivery_stream::{MAX_KINESIS_STREAM_NAME, StreamSource, is_name};

use super::{
    kinesis_stream::read_kinesis_stream, resources_by_arn::ResourcesByArn,
    role_check::warn_missing_role,
};
use crate::{
    arn,
    cloudformation::evaluator::Mapping,
    deployment::{Deployment, KinesisStream},
    error::TemplateError,
};

/// Reads the source of a delivery stream, and adds its Kinesis stream to the deployment.
pub(super) fn read_source(
    resources: &ResourcesByArn<'_>,
    properties: &Mapping<'_>,
    name: &str,
    deployment: &mut Deployment,
) -> Result<StreamSource, TemplateError> {
    if let Some(msk) = properties.get("MSKSourceConfiguration")? {
        return read_msk_source(properties, &msk.mapping()?, deployment);
    }
    let kinesis = properties.get("KinesisStreamSourceConfiguration")?;
    let kind = properties.text("DeliveryStreamType")?;
    let path = properties.path_of("DeliveryStreamType");
    match (kind.as_deref().unwrap_or("DirectPut"), kinesis) {
        ("DirectPut", None) => Ok(StreamSource::DirectPut),
        ("KinesisStreamAsSource", Some(kinesis)) => {
            let configuration = kinesis.mapping()?;
            warn_missing_role(&configuration, "RoleARN", deployment);
            read_kinesis_source(resources, &configuration, name, deployment)
        }
        ("DirectPut", Some(_)) if kind.is_none() => {
            let reason = "is missing and defaults to DirectPut, but \
                          KinesisStreamSourceConfiguration is set; set DeliveryStreamType to \
                          KinesisStreamAsSource";
            Err(TemplateError::wrong(path, reason))
        }
        ("DirectPut", Some(_)) => {
            let reason = "is DirectPut, but KinesisStreamSourceConfiguration is set; use \
                          KinesisStreamAsSource or remove the configuration";
            Err(TemplateError::wrong(path, reason))
        }
        ("KinesisStreamAsSource", None) => {
            let reason =
                "is KinesisStreamAsSource, but KinesisStreamSourceConfiguration is missing; add it";
            Err(TemplateError::wrong(path, reason))
        }
        ("MSKAsSource", _) => {
            let reason = "is MSKAsSource, but MSKSourceConfiguration is missing; add it";
            Err(TemplateError::wrong(path, reason))
        }
        ("DatabaseAsSource", _) => {
            let reason = "the source DatabaseAsSource is not simulated";
            Err(TemplateError::not_simulated(path, reason))
        }
        (kind, _) => {
            let reason = format!("`{kind}` is not DirectPut, KinesisStreamAsSource or MSKAsSource");
            Err(TemplateError::wrong(path, reason))
        }
    }
}

/// Reads a topic of Amazon MSK. A name or an ARN that only a deployed stack has becomes a
/// placeholder.
fn read_msk_source(
    properties: &Mapping<'_>,
    msk: &Mapping<'_>,
    deployment: &mut Deployment,
) -> Result<StreamSource, TemplateError> {
    msk.reject_unknown(&[
        "AuthenticationConfiguration",
        "MSKClusterARN",
        "ReadFromTimestamp",
        "TopicName",
    ])?;
    let path = properties.path_of("DeliveryStreamType");
    match properties.text("DeliveryStreamType")?.as_deref() {
        Some("MSKAsSource") => {}
        None => {
            let text = "is missing and defaults to DirectPut, but MSKSourceConfiguration is set; set \
                        DeliveryStreamType to MSKAsSource. Here, the source is the topic";
            deployment.warn(path, text);
        }
        Some(kind) => {
            let reason = format!(
                "is {kind}, but MSKSourceConfiguration is set; use MSKAsSource or remove the \
                 configuration"
            );
            return Err(TemplateError::wrong(path, reason));
        }
    }
    let mut text =
        |key: &str, placeholder: &str| match msk.require(key).and_then(|value| value.text()) {
            Err(error) if error.undeployed_value().is_some() => {
                let here = format!("it is {placeholder} here");
                deployment.note_undeployed(&error, &here);
                Ok(placeholder.to_owned())
            }
            read => read,
        };
    let cluster_arn = text("MSKClusterARN", "arn:aws:kafka:us-east-1:123456789012:cluster/c")?;
    let topic = text("TopicName", "topic")?;
    Ok(StreamSource::MskTopic { cluster_arn, topic })
}

/// Reads the Kinesis stream of the property `KinesisStreamARN`.
fn read_kinesis_source(
    resources: &ResourcesByArn<'_>,
    configuration: &Mapping<'_>,
    delivery_stream: &str,
    deployment: &mut Deployment,
) -> Result<StreamSource, TemplateError> {
    let arn = configuration.require("KinesisStreamARN").and_then(|value| value.text());
    let (name, stream) = match arn {
        Ok(arn) => read_stream(resources, configuration, &arn, deployment)?,
        Err(error) if error.undeployed_value().is_some() => {
            match configuration.local_text("KinesisStreamARN") {
                Some(arn) => {
                    let read = read_stream(resources, configuration, &arn, deployment)?;
                    let here = format!("the stream is called {} here", read.0);
                    deployment.note_undeployed(&error, &here);
                    read
                }
                None => {
                    let name = format!("source-of-{delivery_stream}");
                    let stream = KinesisStream::default();
                    let here =
                        format!("the stream is called {name} here, with {} shards", stream.shards);
                    deployment.note_undeployed(&error, &here);
                    (name, stream)
                }
            }
        }
        Err(error) => return Err(error),
    };
    deployment.kinesis_streams.insert(name.clone(), stream);
    Ok(StreamSource::KinesisStream(name))
}

/// Reads the Kinesis stream with this ARN. Returns the name and the settings of the stream.
fn read_stream(
    resources: &ResourcesByArn<'_>,
    configuration: &Mapping<'_>,
    arn: &str,
    deployment: &mut Deployment,
) -> Result<(String, KinesisStream), TemplateError> {
    let path = configuration.path_of("KinesisStreamARN");
    let name = arn::resource_part(arn, "kinesis").and_then(|part| part.strip_prefix("stream/"));
    let Some(name) = name.filter(|name| is_name(name, MAX_KINESIS_STREAM_NAME)) else {
        let reason = format!("`{arn}` is not the ARN of a Kinesis stream");
        return Err(TemplateError::wrong(path, reason));
    };
    let stream = match resources.kinesis_streams.get(arn) {
        Some(resource) => read_kinesis_stream(*resource, deployment)?,
        None => {
            let stream = KinesisStream::default();
            let shards = stream.shards;
            let text = format!("{arn} is not in this template; assuming {shards} shards");
            deployment.note(path, text);
            stream
        }
    };
    Ok((name.to_owned(), stream))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    const S3: &str = "S3DestinationConfiguration: {BucketARN: !GetAtt Bucket.Arn}";

    #[test]
    fn a_kinesis_source_is_found_by_its_arn() {
        for arn in [
            "!GetAtt Source.Arn",
            "!Sub 'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${Source}'",
            "arn:aws:kinesis:us-east-1:123456789012:stream/Source",
        ] {
            let read = sample_deployment::delivery_stream(&format!(
                "{S3}\nDeliveryStreamType: KinesisStreamAsSource\n\
                 KinesisStreamSourceConfiguration: {{KinesisStreamARN: {arn}}}"
            ))
            .unwrap();
            assert_eq!(
                read.delivery_streams[0].source,
                StreamSource::KinesisStream("Source".to_owned())
            );
            assert_eq!(
                read.kinesis_streams["Source"],
                KinesisStream { shards: 2, ..KinesisStream::default() }
            );
            assert_eq!(sample_deployment::notes(&read), "");
        }
    }

    #[test]
    fn a_topic_of_msk_is_read() {
        let msk = "MSKSourceConfiguration: {MSKClusterARN: !ImportValue cluster, TopicName: orders, \
             AuthenticationConfiguration: {}}";
        let read = sample_deployment::delivery_stream(&format!("{S3}\n{msk}")).unwrap();
        let StreamSource::MskTopic { cluster_arn, topic } = &read.delivery_streams[0].source else {
            panic!()
        };
        assert!(cluster_arn.starts_with("arn:aws:kafka:") && topic == "orders");
        insta::assert_snapshot!(sample_deployment::notes(&read), @r"
        (warning) Resources.Delivery.Properties.DeliveryStreamType: is missing and defaults to DirectPut, but MSKSourceConfiguration is set; set DeliveryStreamType to MSKAsSource. Here, the source is the topic
        Resources.Delivery.Properties.MSKSourceConfiguration.MSKClusterARN: Fn::ImportValue cluster cannot be evaluated: another stack exports its value; it is arn:aws:kafka:us-east-1:123456789012:cluster/c here
        ");
    }

    #[test]
    fn a_contradiction_in_the_source_is_an_error() {
        let kinesis = "KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn}";
        let cases = [
            format!("{S3}\n{kinesis}"),
            format!("{S3}\nDeliveryStreamType: DirectPut\n{kinesis}"),
            format!("{S3}\nDeliveryStreamType: KinesisStreamAsSource"),
            format!("{S3}\nDeliveryStreamType: Kinesis"),
            format!("{S3}\nDeliveryStreamType: MSKAsSource"),
            format!(
                "{S3}\nDeliveryStreamType: DirectPut\nMSKSourceConfiguration: {{MSKClusterARN: a, \
                 TopicName: t}}"
            ),
            format!(
                "{S3}\nDeliveryStreamType: MSKAsSource\nMSKSourceConfiguration: {{TopicName: t}}"
            ),
            format!(
                "{S3}\nDeliveryStreamType: KinesisStreamAsSource\n\
                 KinesisStreamSourceConfiguration: {{KinesisStreamARN: !GetAtt Bucket.Arn}}"
            ),
        ];
        let errors =
            cases.map(|properties| sample_deployment::delivery_stream(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.DeliveryStreamType: is missing and defaults to DirectPut, but KinesisStreamSourceConfiguration is set; set DeliveryStreamType to KinesisStreamAsSource
        Resources.Delivery.Properties.DeliveryStreamType: is DirectPut, but KinesisStreamSourceConfiguration is set; use KinesisStreamAsSource or remove the configuration
        Resources.Delivery.Properties.DeliveryStreamType: is KinesisStreamAsSource, but KinesisStreamSourceConfiguration is missing; add it
        Resources.Delivery.Properties.DeliveryStreamType: `Kinesis` is not DirectPut, KinesisStreamAsSource or MSKAsSource
        Resources.Delivery.Properties.DeliveryStreamType: is MSKAsSource, but MSKSourceConfiguration is missing; add it
        Resources.Delivery.Properties.DeliveryStreamType: is DirectPut, but MSKSourceConfiguration is set; use MSKAsSource or remove the configuration
        Resources.Delivery.Properties.MSKSourceConfiguration: the required MSKClusterARN is missing
        Resources.Delivery.Properties.KinesisStreamSourceConfiguration.KinesisStreamARN: `arn:aws:s3:::Bucket` is not the ARN of a Kinesis stream
        ");
    }
}
