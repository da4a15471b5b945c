use std::{ops::RangeInclusive, time::Duration};

use firehose_delivery::delivery_stream::{DestinationConfig, HecEndpointType, SplunkConfig};

use super::{
    backup::{address, managed_secret, read_backup, retry_duration, secret},
    destination::buffering,
    destination_section::DestinationSection,
    reasons::Reasons,
};
use crate::{cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError};

/// The size hint in megabytes and the time hint in seconds:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_SplunkBufferingHints.html>.
const MEGABYTES: RangeInclusive<u64> = 1..=5;
const SECONDS: RangeInclusive<u64> = 0..=60;

/// The time for an acknowledgment, in seconds:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_SplunkDestinationConfiguration.html>.
const ACKNOWLEDGMENT_SECONDS: RangeInclusive<u64> = 180..=600;

/// Reads a `SplunkDestinationConfiguration`.
pub(super) fn read_splunk(
    section: &DestinationSection<'_>,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<DestinationConfig, TemplateError> {
    let known =
        &["HECAcknowledgmentTimeoutInSeconds", "HECEndpoint", "HECEndpointType", "HECToken"];
    let backup = read_backup(section, known, name, reasons, deployment)?;
    let configuration = &section.configuration;
    let mut config = SplunkConfig::new("", HecEndpointType::Raw, backup);
    reasons.keep(read_collector(configuration, &mut config, deployment))?;
    let hints = buffering(configuration, MEGABYTES, SECONDS);
    config.buffering = reasons.keep(hints)?.flatten().unwrap_or(config.buffering);
    let retries = retry_duration(configuration, config.retry_duration);
    config.retry_duration = reasons.keep(retries)?.unwrap_or(config.retry_duration);
    Ok(DestinationConfig::Splunk(config))
}

fn read_collector(
    configuration: &Mapping<'_>,
    config: &mut SplunkConfig,
    deployment: &mut Deployment,
) -> Result<(), TemplateError> {
    if configuration.unevaluated("HECEndpoint").is_none() {
        configuration.require("HECEndpoint")?;
    }
    config.hec_endpoint = address(configuration, "HECEndpoint")?;
    let kind = configuration.require("HECEndpointType")?;
    config.endpoint_type = match kind.text()?.as_str() {
        "Raw" => HecEndpointType::Raw,
        "Event" => HecEndpointType::Event,
        other => return Err(kind.wrong(format!("`{other}` is neither Raw nor Event"))),
    };
    config.hec_token = secret(configuration, "HECToken", deployment)?;
    if let Some(placeholder) = managed_secret(configuration, deployment)? {
        config.hec_token = Some(placeholder);
    }
    if let Some(seconds) = configuration.get("HECAcknowledgmentTimeoutInSeconds")? {
        let seconds = seconds.number(ACKNOWLEDGMENT_SECONDS)?;
        config.acknowledgment_timeout = Duration::from_secs(seconds);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    const REQUIRED: &str = "HECEndpoint: 'https://hec.example:8088', HECEndpointType: Event, \
         S3Configuration: {BucketARN: !GetAtt Bucket.Arn}";

    fn read(properties: &str) -> Result<Deployment, String> {
        sample_deployment::delivery_stream(&format!(
            "SplunkDestinationConfiguration: {{{properties}}}"
        ))
    }

    fn config(properties: &str) -> SplunkConfig {
        let read = read(&format!("{REQUIRED}, {properties}"));
        match read.unwrap().delivery_streams.remove(0).destination {
            DestinationConfig::Splunk(config) => config,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_property_is_read() {
        let found = config("");
        let url = "https://hec.example:8088";
        let expected = SplunkConfig::new(url, HecEndpointType::Event, found.backup.clone());
        assert_eq!(found, expected);
        let found = config(
            "HECToken: t, HECAcknowledgmentTimeoutInSeconds: 600, RetryOptions: \
             {DurationInSeconds: 0}, BufferingHints: {SizeInMBs: 1, IntervalInSeconds: 0}",
        );
        assert_eq!(found.acknowledgment_timeout, Duration::from_secs(600));
        assert_eq!((found.retry_duration, found.buffering.size), (Duration::ZERO, 1 << 20));
        assert_eq!(found.hec_token.unwrap().expose(), "t");
    }

    #[test]
    fn the_lambda_buffer_has_the_default_of_splunk() {
        let lambda = "ProcessingConfiguration: {Enabled: true, Processors: [{Type: Lambda, \
             Parameters: [{ParameterName: LambdaArn, ParameterValue: !Ref Square.Alias}]}]}";
        let read = read(&format!("{REQUIRED}, {lambda}")).unwrap();
        let lambda = read.delivery_streams[0].lambda.as_ref().unwrap();
        assert_eq!(lambda.buffering.size, 256 * 1024);
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error() {
        let cases = [
            "HECEndpointType: Raw, S3Configuration: {BucketARN: 'arn:aws:s3:::b'}".to_owned(),
            "HECEndpoint: u, HECEndpointType: raw, S3Configuration: {BucketARN: 'arn:aws:s3:::b'}"
                .to_owned(),
            "HECEndpoint: u, HECEndpointType: Raw".to_owned(),
            format!("{REQUIRED}, HECAcknowledgmentTimeoutInSeconds: 179"),
            format!("{REQUIRED}, BufferingHints: {{SizeInMBs: 6, IntervalInSeconds: 60}}"),
            format!("{REQUIRED}, S3BackupMode: FailedDataOnly"),
        ];
        let errors = cases.map(|properties| read(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.SplunkDestinationConfiguration: the required HECEndpoint is missing
        Resources.Delivery.Properties.SplunkDestinationConfiguration.HECEndpointType: `raw` is neither Raw nor Event
        Resources.Delivery.Properties.SplunkDestinationConfiguration: the required S3Configuration is missing
        Resources.Delivery.Properties.SplunkDestinationConfiguration.HECAcknowledgmentTimeoutInSeconds: `179` is not a number from 180 to 600
        Resources.Delivery.Properties.SplunkDestinationConfiguration.BufferingHints.SizeInMBs: `6` is not a number from 1 to 5
        Resources.Delivery.Properties.SplunkDestinationConfiguration.S3BackupMode: `FailedDataOnly` is neither FailedEventsOnly nor AllEvents
        ");
    }
}
