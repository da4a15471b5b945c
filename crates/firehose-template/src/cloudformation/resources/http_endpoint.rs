use std::{collections::BTreeSet, ops::RangeInclusive};

use firehose_delivery::delivery_stream::{BUFFER_SECONDS, DestinationConfig, HttpEndpointConfig};

use super::{
    backup::{address, managed_secret, read_backup, retry_duration, secret},
    destination::buffering,
    destination_section::DestinationSection,
    reasons::Reasons,
};
use crate::{cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError};

/// The size hint, in megabytes:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointBufferingHints.html>.
const MEGABYTES: RangeInclusive<u64> = 1..=64;

/// The largest number of common attributes, and the largest lengths of a name and a value:
/// <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>.
const MAX_ATTRIBUTES: usize = 50;
const MAX_ATTRIBUTE_NAME: usize = 256;
const MAX_ATTRIBUTE_VALUE: usize = 1024;

/// Reads an `HttpEndpointDestinationConfiguration`.
pub(super) fn read_http_endpoint(
    section: &DestinationSection<'_>,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<DestinationConfig, TemplateError> {
    let known = &["EndpointConfiguration", "RequestConfiguration"];
    let backup = read_backup(section, known, name, reasons, deployment)?;
    let configuration = &section.configuration;
    let mut config = HttpEndpointConfig::new("", backup);
    reasons.keep(read_endpoint(configuration, &mut config, deployment))?;
    reasons.keep(read_request(configuration, &mut config))?;
    let hints = buffering(configuration, MEGABYTES, BUFFER_SECONDS);
    config.buffering = reasons.keep(hints)?.flatten().unwrap_or(config.buffering);
    let retries = retry_duration(configuration, config.retry_duration);
    config.retry_duration = reasons.keep(retries)?.unwrap_or(config.retry_duration);
    Ok(DestinationConfig::HttpEndpoint(config))
}

fn read_endpoint(
    configuration: &Mapping<'_>,
    config: &mut HttpEndpointConfig,
    deployment: &mut Deployment,
) -> Result<(), TemplateError> {
    let endpoint = configuration.require("EndpointConfiguration")?.mapping()?;
    endpoint.reject_unknown(&["AccessKey", "Name", "Url"])?;
    if endpoint.unevaluated("Url").is_none() {
        endpoint.require("Url")?;
    }
    config.url = address(&endpoint, "Url")?;
    config.access_key = secret(&endpoint, "AccessKey", deployment)?;
    if let Some(placeholder) = managed_secret(configuration, deployment)? {
        config.access_key = Some(placeholder);
    }
    Ok(())
}

fn read_request(
    configuration: &Mapping<'_>,
    config: &mut HttpEndpointConfig,
) -> Result<(), TemplateError> {
    let request = configuration.mapping("RequestConfiguration")?;
    request.reject_unknown(&["CommonAttributes", "ContentEncoding"])?;
    if let Some(encoding) = request.get("ContentEncoding")? {
        config.gzip = match encoding.text()?.as_str() {
            "GZIP" => true,
            "NONE" => false,
            other => return Err(encoding.wrong(format!("`{other}` is neither NONE nor GZIP"))),
        };
    }
    let Some(attributes) = request.get("CommonAttributes")? else { return Ok(()) };
    let mut names = BTreeSet::new();
    for item in attributes.items()? {
        let attribute = item.mapping()?;
        attribute.reject_unknown(&["AttributeName", "AttributeValue"])?;
        let (name, value) =
            (attribute.require("AttributeName")?, attribute.require("AttributeValue")?);
        let (name_text, value_text) = (name.text()?, value.text()?);
        if !(1..=MAX_ATTRIBUTE_NAME).contains(&name_text.chars().count()) {
            let reason = format!("the name must have 1 to {MAX_ATTRIBUTE_NAME} characters");
            return Err(name.wrong(reason));
        }
        if value_text.chars().count() > MAX_ATTRIBUTE_VALUE {
            let reason = format!("the value must have at most {MAX_ATTRIBUTE_VALUE} characters");
            return Err(value.wrong(reason));
        }
        if !names.insert(name_text.clone()) {
            return Err(name.wrong(format!("the attribute {name_text} occurs twice")));
        }
        config.common_attributes.push((name_text, value_text));
    }
    if config.common_attributes.len() > MAX_ATTRIBUTES {
        let reason = format!("there are at most {MAX_ATTRIBUTES} common attributes");
        return Err(attributes.wrong(reason));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cloudformation::sample_deployment;

    const S3: &str = "S3Configuration: {BucketARN: !GetAtt Bucket.Arn, Prefix: backup/}";

    fn read(properties: &str) -> Result<Deployment, String> {
        sample_deployment::delivery_stream(&format!(
            "HttpEndpointDestinationConfiguration: {{{S3}, {properties}}}"
        ))
    }

    fn config(properties: &str) -> (HttpEndpointConfig, String) {
        let mut read = read(properties).unwrap();
        let notes = sample_deployment::notes(&read);
        match read.delivery_streams.remove(0).destination {
            DestinationConfig::HttpEndpoint(config) => (config, notes),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_missing_property_has_the_default_of_firehose() {
        let (found, notes) = config("EndpointConfiguration: {Url: 'https://intake.example/'}");
        assert_eq!(notes, "");
        assert_eq!((&*found.backup.bucket, &*found.backup.prefix), ("Bucket", "backup/"));
        let expected = HttpEndpointConfig::new("https://intake.example/", found.backup.clone());
        assert_eq!(found, expected);
    }

    #[test]
    fn every_property_is_read() {
        let (found, notes) = config(
            "EndpointConfiguration: {Url: u, Name: n, AccessKey: secret-1}, BufferingHints: \
             {SizeInMBs: 64, IntervalInSeconds: 0}, RetryOptions: {DurationInSeconds: 7200}, \
             RequestConfiguration: {ContentEncoding: GZIP, CommonAttributes: [{AttributeName: a, \
             AttributeValue: ''}]}, S3BackupMode: AllData, RoleARN: r, CloudWatchLoggingOptions: {}",
        );
        assert!(found.gzip && found.access_key.is_some());
        assert_eq!(found.common_attributes, [("a".to_owned(), String::new())]);
        assert_eq!(found.retry_duration, Duration::from_secs(7200));
        assert_eq!(found.buffering.size, 64 << 20);
        assert!(!format!("{found:?}").contains("secret-1"));
        insta::assert_snapshot!(notes, @"Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.S3BackupMode: the backup of the source records is not written");
    }

    #[test]
    fn a_credential_without_a_value_is_a_placeholder() {
        let (found, notes) = config(
            "EndpointConfiguration: {Url: !ImportValue url, \
             AccessKey: '{{resolve:secretsmanager:key}}'}",
        );
        assert_eq!(found.access_key.unwrap().expose(), "placeholder-of-AccessKey");
        insta::assert_snapshot!(notes, @"Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.EndpointConfiguration.AccessKey: `{{resolve:secretsmanager:key}}` is a dynamic reference, which only AWS can resolve; requests carry a placeholder");
        let (found, notes) = config(
            "EndpointConfiguration: {Url: u}, \
             SecretsManagerConfiguration: {Enabled: true, SecretARN: arn}",
        );
        assert_eq!(found.access_key.unwrap().expose(), "placeholder-of-the-secret");
        insta::assert_snapshot!(notes, @"Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.SecretsManagerConfiguration: the secret is not read; requests carry a placeholder");
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error() {
        let endpoint = "EndpointConfiguration: {Url: u}";
        let cases = [
            "RoleARN: r".to_owned(),
            "EndpointConfiguration: {AccessKey: k}".to_owned(),
            format!("{endpoint}, RequestConfiguration: {{ContentEncoding: gzip}}"),
            format!("{endpoint}, BufferingHints: {{SizeInMBs: 65, IntervalInSeconds: 1}}"),
            format!("{endpoint}, RetryOptions: {{DurationInSeconds: 7201}}"),
            format!("{endpoint}, S3BackupMode: AllEvents"),
            format!("{endpoint}, New: 1"),
            format!(
                "{endpoint}, RequestConfiguration: {{CommonAttributes: [{{AttributeName: '', \
                 AttributeValue: x}}]}}"
            ),
        ];
        let errors = cases.map(|properties| read(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.HttpEndpointDestinationConfiguration: the required EndpointConfiguration is missing
        Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.EndpointConfiguration: the required Url is missing
        Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.RequestConfiguration.ContentEncoding: `gzip` is neither NONE nor GZIP
        Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.BufferingHints.SizeInMBs: `65` is not a number from 1 to 64
        Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.RetryOptions.DurationInSeconds: `7201` is not a number from 0 to 7200
        Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.S3BackupMode: `AllEvents` is neither FailedDataOnly nor AllData
        (not simulated) Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.New: the property is unknown and may change the delivered data
        Resources.Delivery.Properties.HttpEndpointDestinationConfiguration.RequestConfiguration.CommonAttributes[0].AttributeName: the name must have 1 to 256 characters
        ");
    }
}
