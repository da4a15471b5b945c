use firehose_delivery::delivery_stream::{
    BUFFER_MEGABYTES, BUFFER_SECONDS, BufferingHints, DestinationConfig, SnowflakeConfig,
};

use super::{
    backup::{address, read_backup, retry_duration},
    destination::buffering,
    destination_section::DestinationSection,
    reasons::Reasons,
};
use crate::{deployment::Deployment, error::TemplateError};

/// The properties of the destination itself. Only the names of the table are read.
const PROPERTIES: &[&str] = &[
    "AccountUrl",
    "ContentColumnName",
    "DataLoadingOption",
    "Database",
    "KeyPassphrase",
    "MetaDataColumnName",
    "PrivateKey",
    "Schema",
    "SnowflakeRoleConfiguration",
    "SnowflakeVpcConfiguration",
    "Table",
    "User",
];

/// Reads a `SnowflakeDestinationConfiguration`.
pub(super) fn read_snowflake(
    section: &DestinationSection<'_>,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<DestinationConfig, TemplateError> {
    let backup = read_backup(section, PROPERTIES, name, reasons, deployment)?;
    let configuration = &section.configuration;
    let mut table = |key| {
        if configuration.unevaluated(key).is_none() {
            reasons.keep(configuration.require(key))?;
        }
        // The names have no effect here, so a placeholder is enough.
        Ok::<_, TemplateError>(reasons.keep(address(configuration, key))?.unwrap_or_default())
    };
    let (database, schema, table) = (table("Database")?, table("Schema")?, table("Table")?);
    // <https://docs.aws.amazon.com/firehose/latest/APIReference/API_SnowflakeBufferingHints.html>
    let default = BufferingHints::new(1, 0);
    let hints = buffering(configuration, BUFFER_MEGABYTES, BUFFER_SECONDS);
    let buffering = reasons.keep(hints)?.flatten().unwrap_or(default);
    reasons.keep(retry_duration(configuration, std::time::Duration::ZERO))?;
    let text = "no rows are inserted into the Snowflake table; the records are in objects";
    deployment.note(configuration.path(), text);
    let config = SnowflakeConfig { database, schema, table, buffering, backup };
    Ok(DestinationConfig::Snowflake(config))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    #[test]
    fn the_table_and_the_backup_are_read() {
        let mut read = sample_deployment::delivery_stream(
            "SnowflakeDestinationConfiguration: {AccountUrl: !ImportValue u, Database: d, Schema: s, \
             Table: t, User: u, PrivateKey: hidden-1, DataLoadingOption: JSON_MAPPING, RoleARN: r, \
             S3BackupMode: AllData, S3Configuration: {BucketARN: !GetAtt Bucket.Arn}}",
        )
        .unwrap();
        insta::assert_snapshot!(sample_deployment::notes(&read), @r"
        Resources.Delivery.Properties.SnowflakeDestinationConfiguration: no rows are inserted into the Snowflake table; the records are in objects
        Resources.Delivery.Properties.SnowflakeDestinationConfiguration.S3BackupMode: the backup of the source records is not written
        ");
        let stream = read.delivery_streams.remove(0);
        assert!(!format!("{stream:?}").contains("hidden-1"));
        let DestinationConfig::Snowflake(config) = stream.destination else { panic!() };
        assert_eq!([config.database, config.schema, config.table], ["d", "s", "t"]);
        assert_eq!((config.buffering.size, config.backup.bucket), (1 << 20, "Bucket".to_owned()));
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error() {
        let error = sample_deployment::delivery_stream(
            "SnowflakeDestinationConfiguration: {Database: d, Schema: s, \
             S3Configuration: {BucketARN: !GetAtt Bucket.Arn}}",
        );
        insta::assert_snapshot!(error.unwrap_err(), @"Resources.Delivery.Properties.SnowflakeDestinationConfiguration: the required Table is missing");
    }
}
