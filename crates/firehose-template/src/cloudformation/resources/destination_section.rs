use firehose_delivery::delivery_stream::SearchService;

use crate::{cloudformation::evaluator::Mapping, error::TemplateError};

/// The section of the destination in the properties of a delivery stream.
#[derive(Clone, Debug)]
pub(super) struct DestinationSection<'a> {
    pub kind: SectionKind,
    pub configuration: Mapping<'a>,
}

/// The kind of a destination, as the name of its section tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SectionKind {
    ExtendedS3,
    S3,
    HttpEndpoint,
    Splunk,
    Search(SearchService),
    Redshift,
    Snowflake,
    Iceberg,
}

/// The destinations of AWS:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html>.
pub(super) const SECTIONS: [(&str, SectionKind); 10] = [
    ("ExtendedS3DestinationConfiguration", SectionKind::ExtendedS3),
    ("S3DestinationConfiguration", SectionKind::S3),
    ("HttpEndpointDestinationConfiguration", SectionKind::HttpEndpoint),
    ("SplunkDestinationConfiguration", SectionKind::Splunk),
    (
        "AmazonopensearchserviceDestinationConfiguration",
        SectionKind::Search(SearchService::OpenSearch),
    ),
    (
        "AmazonOpenSearchServerlessDestinationConfiguration",
        SectionKind::Search(SearchService::OpenSearchServerless),
    ),
    ("ElasticsearchDestinationConfiguration", SectionKind::Search(SearchService::Elasticsearch)),
    ("RedshiftDestinationConfiguration", SectionKind::Redshift),
    ("SnowflakeDestinationConfiguration", SectionKind::Snowflake),
    ("IcebergDestinationConfiguration", SectionKind::Iceberg),
];

impl<'a> DestinationSection<'a> {
    /// Returns the only section of a destination.
    pub(super) fn find(properties: &Mapping<'a>) -> Result<Self, TemplateError> {
        let mut found: Option<(&str, SectionKind, _)> = None;
        for (name, kind) in SECTIONS {
            let Some(section) = properties.get(name)? else { continue };
            if let Some((first, ..)) = found {
                let reason = format!("{first} is set too; remove one of them");
                return Err(section.wrong(reason));
            }
            found = Some((name, kind, section));
        }
        match found {
            Some((_, kind, section)) => Ok(Self { kind, configuration: section.mapping()? }),
            None => {
                let reason = "the destination is missing; add an \
                              ExtendedS3DestinationConfiguration";
                Err(TemplateError::wrong(properties.path(), reason))
            }
        }
    }

    /// Returns the section with the S3 settings: the section itself, or the section of the backup
    /// or of the intermediate objects in it.
    pub(super) fn s3(&self) -> Result<Mapping<'a>, TemplateError> {
        match self.kind {
            SectionKind::ExtendedS3 | SectionKind::S3 => Ok(self.configuration.clone()),
            _ => self.configuration.require("S3Configuration")?.mapping(),
        }
    }
}
