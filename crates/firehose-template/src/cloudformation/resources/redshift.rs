use firehose_delivery::delivery_stream::{DestinationConfig, RedshiftConfig};

use super::{
    backup::{read_backup, required_text},
    destination_section::DestinationSection,
    reasons::Reasons,
};
use crate::{cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError};

/// The properties of the destination itself. Only `CopyCommand` is read.
const PROPERTIES: &[&str] =
    &["ClusterJDBCURL", "CopyCommand", "Password", "S3BackupConfiguration", "Username"];

/// Reads a `RedshiftDestinationConfiguration`.
pub(super) fn read_redshift(
    section: &DestinationSection<'_>,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<DestinationConfig, TemplateError> {
    let intermediate = read_backup(section, PROPERTIES, name, reasons, deployment)?;
    let mut config =
        RedshiftConfig { table: String::new(), columns: None, copy_options: None, intermediate };
    let configuration = &section.configuration;
    reasons.keep(read_copy_command(configuration, &mut config))?;
    let text = format!(
        "nothing is copied into Redshift; the records are in the intermediate objects, and the COPY \
         command is in {name}-copy.sql"
    );
    deployment.note(configuration.path(), text);
    Ok(DestinationConfig::Redshift(config))
}

fn read_copy_command(
    configuration: &Mapping<'_>,
    config: &mut RedshiftConfig,
) -> Result<(), TemplateError> {
    let command = configuration.require("CopyCommand")?.mapping()?;
    command.reject_unknown(&["CopyOptions", "DataTableColumns", "DataTableName"])?;
    config.table = required_text(&command, "DataTableName")?;
    config.columns = command.text("DataTableColumns")?;
    config.copy_options = command.text("CopyOptions")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    fn read(properties: &str) -> Result<Deployment, String> {
        sample_deployment::delivery_stream(&format!(
            "RedshiftDestinationConfiguration: {{ClusterJDBCURL: 'jdbc:x', {properties}}}"
        ))
    }

    #[test]
    fn the_copy_command_and_the_intermediate_objects_are_read() {
        let mut read = read(
            "Username: u, Password: hidden-1, CopyCommand: {DataTableName: t, DataTableColumns: \
             'a,b', CopyOptions: \"json 'auto'\"}, S3Configuration: {BucketARN: !GetAtt Bucket.Arn, \
             Prefix: in/}, S3BackupMode: Enabled, S3BackupConfiguration: {BucketARN: x}",
        )
        .unwrap();
        let notes = sample_deployment::notes(&read);
        let stream = read.delivery_streams.remove(0);
        assert!(!format!("{stream:?}").contains("hidden-1"));
        let DestinationConfig::Redshift(config) = stream.destination else { panic!() };
        assert_eq!((&*config.intermediate.prefix, &*config.intermediate.bucket), ("in/", "Bucket"));
        insta::assert_snapshot!(format!("{}\n{notes}", config.copy_command()), @r"
        COPY t (a,b) FROM 's3://Bucket/<manifest>' CREDENTIALS '<credentials>' MANIFEST json 'auto';
        Resources.Delivery.Properties.RedshiftDestinationConfiguration: nothing is copied into Redshift; the records are in the intermediate objects, and the COPY command is in Delivery-copy.sql
        Resources.Delivery.Properties.RedshiftDestinationConfiguration.S3BackupMode: the backup of the source records is not written
        ");
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error() {
        let s3 = |more: &str| {
            format!(
                "CopyCommand: {{DataTableName: t}}, \
                 S3Configuration: {{BucketARN: !GetAtt Bucket.Arn, {more}}}"
            )
        };
        let cases = [
            "S3Configuration: {BucketARN: !GetAtt Bucket.Arn}".to_owned(),
            s3("").replace("DataTableName: t", ""),
            s3("Prefix: '!{timestamp:yyyy}/', ErrorOutputPrefix: e/"),
            s3("ErrorOutputPrefix: e/"),
            s3("CustomTimeZone: UTC"),
        ];
        let errors = cases.map(|properties| read(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.RedshiftDestinationConfiguration: the required CopyCommand is missing
        Resources.Delivery.Properties.RedshiftDestinationConfiguration.CopyCommand: the required DataTableName is missing
        Resources.Delivery.Properties.RedshiftDestinationConfiguration.S3Configuration.Prefix: the prefix of a Redshift destination must not have expressions
        Resources.Delivery.Properties.RedshiftDestinationConfiguration.S3Configuration.ErrorOutputPrefix: a Redshift destination must not have an ErrorOutputPrefix
        (not simulated) Resources.Delivery.Properties.RedshiftDestinationConfiguration.S3Configuration.CustomTimeZone: the property is unknown and may change the delivered data
        ");
    }
}
