use std::ops::RangeInclusive;

use firehose_delivery::delivery_stream::{
    BUFFER_SECONDS, DestinationConfig, IndexRotation, OpenSearchConfig, SearchService,
};

use super::{
    backup::{read_backup, required_text, retry_duration},
    destination::buffering,
    destination_section::DestinationSection,
    reasons::Reasons,
};
use crate::{cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError};

/// The size hint, in megabytes:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_AmazonopensearchserviceBufferingHints.html>.
const MEGABYTES: RangeInclusive<u64> = 1..=100;

/// Reads the section of a search service.
pub(super) fn read_open_search(
    section: &DestinationSection<'_>,
    service: SearchService,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<DestinationConfig, TemplateError> {
    let known: &[&str] = match service {
        SearchService::OpenSearchServerless => {
            &["CollectionEndpoint", "IndexName", "VpcConfiguration"]
        }
        SearchService::OpenSearch | SearchService::Elasticsearch => &[
            "ClusterEndpoint",
            "DocumentIdOptions",
            "DomainARN",
            "IndexName",
            "IndexRotationPeriod",
            "TypeName",
            "VpcConfiguration",
        ],
    };
    let backup = read_backup(section, known, name, reasons, deployment)?;
    let configuration = &section.configuration;
    let index = reasons.keep(required_text(configuration, "IndexName"))?.unwrap_or_default();
    let mut config = OpenSearchConfig::new(service, index, backup);
    if service != SearchService::OpenSearchServerless {
        reasons.keep(read_documents(configuration, &mut config))?;
    }
    let hints = buffering(configuration, MEGABYTES, BUFFER_SECONDS);
    config.buffering = reasons.keep(hints)?.flatten().unwrap_or(config.buffering);
    let retries = retry_duration(configuration, config.retry_duration);
    config.retry_duration = reasons.keep(retries)?.unwrap_or(config.retry_duration);
    Ok(DestinationConfig::OpenSearch(config))
}

fn read_documents(
    configuration: &Mapping<'_>,
    config: &mut OpenSearchConfig,
) -> Result<(), TemplateError> {
    config.type_name = configuration.text("TypeName")?.filter(|name| !name.is_empty());
    if let Some(period) = configuration.get("IndexRotationPeriod")? {
        config.rotation = match period.text()?.as_str() {
            "NoRotation" => IndexRotation::NoRotation,
            "OneHour" => IndexRotation::OneHour,
            "OneDay" => IndexRotation::OneDay,
            "OneWeek" => IndexRotation::OneWeek,
            "OneMonth" => IndexRotation::OneMonth,
            other => {
                let reason =
                    format!("`{other}` is not NoRotation, OneHour, OneDay, OneWeek or OneMonth");
                return Err(period.wrong(reason));
            }
        };
    }
    let options = configuration.mapping("DocumentIdOptions")?;
    options.reject_unknown(&["DefaultDocumentIdFormat"])?;
    if let Some(format) = options.get("DefaultDocumentIdFormat")? {
        config.has_document_ids = match format.text()?.as_str() {
            "FIREHOSE_DEFAULT" => true,
            "NO_DOCUMENT_ID" => false,
            other => {
                let reason = format!("`{other}` is neither FIREHOSE_DEFAULT nor NO_DOCUMENT_ID");
                return Err(format.wrong(reason));
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    const S3: &str = "S3Configuration: {BucketARN: !GetAtt Bucket.Arn}";

    fn read(section: &str, properties: &str) -> Result<OpenSearchConfig, String> {
        let read = sample_deployment::delivery_stream(&format!(
            "{section}DestinationConfiguration: {{{S3}, {properties}}}"
        ));
        match read?.delivery_streams.remove(0).destination {
            DestinationConfig::OpenSearch(config) => Ok(config),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_property_of_each_service_is_read() {
        for (section, service) in [
            ("Amazonopensearchservice", SearchService::OpenSearch),
            ("Elasticsearch", SearchService::Elasticsearch),
        ] {
            let found = read(section, "IndexName: logs, DomainARN: !ImportValue d").unwrap();
            assert_eq!(found, OpenSearchConfig::new(service, "logs", found.backup.clone()));
            let found = read(
                section,
                "IndexName: logs, ClusterEndpoint: e, TypeName: t, IndexRotationPeriod: OneWeek, \
                 VpcConfiguration: {}, RetryOptions: {DurationInSeconds: 0}, DocumentIdOptions: \
                 {DefaultDocumentIdFormat: NO_DOCUMENT_ID}, S3BackupMode: FailedDocumentsOnly, \
                 BufferingHints: {SizeInMBs: 100, IntervalInSeconds: 900}",
            );
            let found = found.unwrap();
            assert_eq!(found.rotation, IndexRotation::OneWeek);
            assert_eq!(found.type_name.as_deref(), Some("t"));
            assert!(!found.has_document_ids && found.retry_duration.is_zero());
        }
        let found =
            read("AmazonOpenSearchServerless", "IndexName: logs, CollectionEndpoint: c").unwrap();
        assert_eq!(found.rotation, IndexRotation::NoRotation);
        assert_eq!(found.service, SearchService::OpenSearchServerless);
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error() {
        let cases = [
            ("Elasticsearch", "TypeName: t"),
            ("Elasticsearch", "IndexName: i, IndexRotationPeriod: OneYear"),
            ("Elasticsearch", "IndexName: i, DocumentIdOptions: {DefaultDocumentIdFormat: x}"),
            ("Elasticsearch", "IndexName: i, S3BackupMode: AllData"),
            ("AmazonOpenSearchServerless", "IndexName: i, IndexRotationPeriod: OneDay"),
        ];
        let errors = cases.map(|(section, properties)| read(section, properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ElasticsearchDestinationConfiguration: the required IndexName is missing
        Resources.Delivery.Properties.ElasticsearchDestinationConfiguration.IndexRotationPeriod: `OneYear` is not NoRotation, OneHour, OneDay, OneWeek or OneMonth
        Resources.Delivery.Properties.ElasticsearchDestinationConfiguration.DocumentIdOptions.DefaultDocumentIdFormat: `x` is neither FIREHOSE_DEFAULT nor NO_DOCUMENT_ID
        Resources.Delivery.Properties.ElasticsearchDestinationConfiguration.S3BackupMode: `AllData` is neither FailedDocumentsOnly nor AllDocuments
        (not simulated) Resources.Delivery.Properties.AmazonOpenSearchServerlessDestinationConfiguration.IndexRotationPeriod: the property is unknown and may change the delivered data
        ");
    }
}
