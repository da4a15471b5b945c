use firehose_delivery::delivery_stream::{
    BUFFER_MEGABYTES, BUFFER_SECONDS, BufferingHints, DestinationConfig, IcebergConfig,
    IcebergTable,
};

use super::{
    backup::{read_backup, required_text, retry_duration},
    destination::buffering,
    destination_section::DestinationSection,
    reasons::Reasons,
};
use crate::{cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError};

/// The properties of the destination itself. CloudFormation spells `s3BackupMode` with a lower-case
/// letter:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-kinesisfirehose-deliverystream-icebergdestinationconfiguration.html>.
const PROPERTIES: &[&str] = &[
    "AppendOnly",
    "CatalogConfiguration",
    "DestinationTableConfigurationList",
    "SchemaEvolutionConfiguration",
    "TableCreationConfiguration",
    "s3BackupMode",
];

/// Reads an `IcebergDestinationConfiguration`.
pub(super) fn read_iceberg(
    section: &DestinationSection<'_>,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<DestinationConfig, TemplateError> {
    let backup = read_backup(section, PROPERTIES, name, reasons, deployment)?;
    let configuration = &section.configuration;
    let tables = reasons.keep(tables(configuration))?.unwrap_or_default();
    let hints = buffering(configuration, BUFFER_MEGABYTES, BUFFER_SECONDS);
    let buffering = reasons.keep(hints)?.flatten().unwrap_or(BufferingHints::new(5, 300));
    reasons.keep(retry_duration(configuration, std::time::Duration::ZERO))?;
    let text = "no Iceberg table is written; the records of each table and operation are in objects \
                below database/table/operation/";
    deployment.note(configuration.path(), text);
    Ok(DestinationConfig::Iceberg(IcebergConfig { tables, buffering, backup }))
}

fn tables(configuration: &Mapping<'_>) -> Result<Vec<IcebergTable>, TemplateError> {
    let Some(list) = configuration.get("DestinationTableConfigurationList")? else {
        return Ok(Vec::new());
    };
    let mut tables = Vec::new();
    for item in list.items()? {
        let table = item.mapping()?;
        table.reject_unknown(&[
            "DestinationDatabaseName",
            "DestinationTableName",
            "PartitionSpec",
            "S3ErrorOutputPrefix",
            "UniqueKeys",
        ])?;
        let database = required_text(&table, "DestinationDatabaseName")?;
        let name = required_text(&table, "DestinationTableName")?;
        let named = IcebergTable::new(database, name);
        tables.push(named.map_err(|error| TemplateError::wrong(table.path(), error.to_string()))?);
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    fn read(properties: &str) -> Result<Deployment, String> {
        sample_deployment::delivery_stream(&format!(
            "IcebergDestinationConfiguration: {{CatalogConfiguration: {{}}, RoleARN: r, \
             S3Configuration: {{BucketARN: !GetAtt Bucket.Arn}}, {properties}}}"
        ))
    }

    #[test]
    fn the_tables_are_read() {
        let mut read = read(
            "AppendOnly: true, s3BackupMode: FailedDataOnly, DestinationTableConfigurationList: \
             [{DestinationDatabaseName: d, DestinationTableName: t, UniqueKeys: [id]}]",
        )
        .unwrap();
        insta::assert_snapshot!(sample_deployment::notes(&read), @"Resources.Delivery.Properties.IcebergDestinationConfiguration: no Iceberg table is written; the records of each table and operation are in objects below database/table/operation/");
        let stream = read.delivery_streams.remove(0);
        let DestinationConfig::Iceberg(config) = stream.destination else { panic!() };
        let table = IcebergTable { database: "d".to_owned(), table: "t".to_owned() };
        assert_eq!(config.tables, [table]);
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error() {
        let cases = [
            "DestinationTableConfigurationList: [{DestinationTableName: t}]",
            "DestinationTableConfigurationList: [{DestinationDatabaseName: .., DestinationTableName: t}]",
            "DestinationTableConfigurationList: [{DestinationDatabaseName: d, DestinationTableName: a/b}]",
            "s3BackupMode: Some",
            "Other: 1",
        ];
        let errors = cases.map(|properties| read(properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.IcebergDestinationConfiguration.DestinationTableConfigurationList[0]: the required DestinationDatabaseName is missing
        Resources.Delivery.Properties.IcebergDestinationConfiguration.DestinationTableConfigurationList[0]: the Iceberg database name (2 bytes) must be 1 to 255 ASCII letters, digits, dots or underscores, and not only dots
        Resources.Delivery.Properties.IcebergDestinationConfiguration.DestinationTableConfigurationList[0]: the Iceberg table name (3 bytes) must be 1 to 255 ASCII letters, digits, dots or underscores, and not only dots
        Resources.Delivery.Properties.IcebergDestinationConfiguration.s3BackupMode: `Some` is neither FailedDataOnly nor AllData
        (not simulated) Resources.Delivery.Properties.IcebergDestinationConfiguration.Other: the property is unknown and may change the delivered data
        ");
    }
}
