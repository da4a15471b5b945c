//! The names of Terraform's arguments and blocks, and the properties of CloudFormation:
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kinesis_firehose_delivery_stream>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html>.

/// The place of an argument or a block in the tree of properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A property with this name. `None` stands for the name of the argument in camel case.
    Property(Option<&'static str>),
    /// A property of an additional mapping: the name of the mapping, the argument whose path the
    /// mapping has, and the property.
    Nested(&'static str, &'static str, &'static str),
    /// A nested block that occurs at most once.
    Block(Option<&'static str>),
    /// Nested blocks that occur any number of times.
    Blocks(Option<&'static str>),
    /// An argument that does not change the delivered data, or that Terraform computes.
    Ignored,
}

/// A row: the name of the surrounding block (empty for any block), the name of the argument or nested
/// block, and its place.
type Row = (&'static str, &'static str, Target);

use Target::{Block, Blocks, Ignored, Nested, Property};

/// The resource itself, as the block of a row.
pub(super) const STREAM: &str = "aws_kinesis_firehose_delivery_stream";

/// The arguments and nested blocks that are not plain properties with the name in camel case. The first
/// matching row counts.
const ROWS: &[Row] = &[
    (STREAM, "name", Property(Some("DeliveryStreamName"))),
    (STREAM, "s3_configuration", Block(Some("S3DestinationConfiguration"))),
    (STREAM, "extended_s3_configuration", Block(Some("ExtendedS3DestinationConfiguration"))),
    (STREAM, "redshift_configuration", Block(Some("RedshiftDestinationConfiguration"))),
    (STREAM, "elasticsearch_configuration", Block(Some("ElasticsearchDestinationConfiguration"))),
    (
        STREAM,
        "opensearch_configuration",
        Block(Some("AmazonopensearchserviceDestinationConfiguration")),
    ),
    (
        STREAM,
        "opensearchserverless_configuration",
        Block(Some("AmazonOpenSearchServerlessDestinationConfiguration")),
    ),
    (STREAM, "splunk_configuration", Block(Some("SplunkDestinationConfiguration"))),
    (STREAM, "http_endpoint_configuration", Block(Some("HttpEndpointDestinationConfiguration"))),
    (STREAM, "snowflake_configuration", Block(Some("SnowflakeDestinationConfiguration"))),
    (STREAM, "iceberg_configuration", Block(Some("IcebergDestinationConfiguration"))),
    (STREAM, "kinesis_source_configuration", Block(Some("KinesisStreamSourceConfiguration"))),
    (STREAM, "msk_source_configuration", Block(Some("MSKSourceConfiguration"))),
    (STREAM, "server_side_encryption", Ignored),
    (STREAM, "destination", Ignored),
    (STREAM, "destination_id", Ignored),
    (STREAM, "version_id", Ignored),
    (STREAM, "arn", Ignored),
    (STREAM, "id", Ignored),
    (STREAM, "region", Ignored),
    (STREAM, "tags", Ignored),
    (STREAM, "tags_all", Ignored),
    ("http_endpoint_configuration", "url", Nested("EndpointConfiguration", "url", "Url")),
    ("http_endpoint_configuration", "name", Nested("EndpointConfiguration", "url", "Name")),
    (
        "http_endpoint_configuration",
        "access_key",
        Nested("EndpointConfiguration", "url", "AccessKey"),
    ),
    ("common_attributes", "name", Property(Some("AttributeName"))),
    ("common_attributes", "value", Property(Some("AttributeValue"))),
    (
        "redshift_configuration",
        "data_table_name",
        Nested("CopyCommand", "data_table_name", "DataTableName"),
    ),
    (
        "redshift_configuration",
        "data_table_columns",
        Nested("CopyCommand", "data_table_name", "DataTableColumns"),
    ),
    (
        "redshift_configuration",
        "copy_options",
        Nested("CopyCommand", "data_table_name", "CopyOptions"),
    ),
    (
        "iceberg_configuration",
        "catalog_arn",
        Nested("CatalogConfiguration", "catalog_arn", "CatalogArn"),
    ),
    ("iceberg_configuration", "s3_backup_mode", Property(Some("s3BackupMode"))),
    ("destination_table_configuration", "database_name", Property(Some("DestinationDatabaseName"))),
    ("destination_table_configuration", "table_name", Property(Some("DestinationTableName"))),
    ("", "buffering_size", Nested("BufferingHints", "buffering_size", "SizeInMBs")),
    ("", "buffering_interval", Nested("BufferingHints", "buffering_size", "IntervalInSeconds")),
    // The names until version 4 of the provider.
    ("", "buffer_size", Nested("BufferingHints", "buffer_size", "SizeInMBs")),
    ("", "buffer_interval", Nested("BufferingHints", "buffer_size", "IntervalInSeconds")),
    ("", "retry_duration", Nested("RetryOptions", "retry_duration", "DurationInSeconds")),
    ("", "hec_acknowledgment_timeout", Property(Some("HECAcknowledgmentTimeoutInSeconds"))),
    ("", "hec_endpoint", Property(Some("HECEndpoint"))),
    ("", "hec_endpoint_type", Property(Some("HECEndpointType"))),
    ("", "hec_token", Property(Some("HECToken"))),
    ("", "cluster_jdbcurl", Property(Some("ClusterJDBCURL"))),
    ("", "msk_cluster_arn", Property(Some("MSKClusterARN"))),
    ("", "metadata_column_name", Property(Some("MetaDataColumnName"))),
    ("", "kms_key_arn", Ignored),
    ("", "cloudwatch_logging_options", Block(Some("CloudWatchLoggingOptions"))),
    ("", "vpc_config", Block(Some("VpcConfiguration"))),
    ("", "processors", Blocks(None)),
    ("", "parameters", Blocks(None)),
    ("", "common_attributes", Blocks(None)),
    ("", "destination_table_configuration", Blocks(Some("DestinationTableConfigurationList"))),
    ("", "authentication_configuration", Block(None)),
    ("", "data_format_conversion_configuration", Block(None)),
    ("", "deserializer", Block(None)),
    ("", "document_id_options", Block(None)),
    ("", "dynamic_partitioning_configuration", Block(None)),
    ("", "hive_json_ser_de", Block(None)),
    ("", "input_format_configuration", Block(None)),
    ("", "open_x_json_ser_de", Block(None)),
    ("", "orc_ser_de", Block(None)),
    ("", "output_format_configuration", Block(None)),
    ("", "parquet_ser_de", Block(None)),
    ("", "processing_configuration", Block(None)),
    ("", "request_configuration", Block(None)),
    ("", "s3_backup_configuration", Block(None)),
    ("", "s3_configuration", Block(None)),
    ("", "schema_configuration", Block(None)),
    ("", "secrets_manager_configuration", Block(None)),
    ("", "serializer", Block(None)),
    ("", "snowflake_role_configuration", Block(None)),
    ("", "snowflake_vpc_configuration", Block(None)),
];

/// Returns the place of an argument or a nested block. `block` is the name of the surrounding block.
pub(super) fn target(block: &str, name: &str) -> Target {
    let row = ROWS.iter().find(|(of, row, _)| *row == name && (*of == block || of.is_empty()));
    row.map_or(Property(None), |(_, _, target)| *target)
}

/// Returns a name in camel case, such as `BucketARN` for `bucket_arn`.
pub(super) fn camel_case(name: &str) -> String {
    let mut property = String::new();
    for word in name.split('_') {
        // CloudFormation writes `Arn` only in some properties of Glue and Snowflake.
        if word == "arn" {
            property.push_str("ARN");
            continue;
        }
        let mut characters = word.chars();
        property.extend(characters.next().map(|c| c.to_ascii_uppercase()));
        property.push_str(characters.as_str());
    }
    property
}

/// Returns the defaults of `buffering_size` and `buffering_interval` of a destination. Terraform sends
/// both if the configuration has one of them.
pub(super) fn buffering_defaults(block: &str) -> (u32, u32) {
    match block {
        "splunk_configuration" => (5, 60),
        "snowflake_configuration" => (1, 0),
        _ => (5, 300),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_place_of_its_block() {
        assert_eq!(target(STREAM, "name"), Property(Some("DeliveryStreamName")));
        assert_eq!(target("common_attributes", "name"), Property(Some("AttributeName")));
        assert_eq!(target(STREAM, "s3_configuration"), Block(Some("S3DestinationConfiguration")));
        assert_eq!(target("splunk_configuration", "s3_configuration"), Block(None));
        assert_eq!(target("extended_s3_configuration", "prefix"), Property(None));
    }

    #[test]
    fn camel_case_has_the_spelling_of_cloudformation() {
        for (name, property) in [
            ("bucket_arn", "BucketARN"),
            ("error_output_prefix", "ErrorOutputPrefix"),
            ("open_x_json_ser_de", "OpenXJsonSerDe"),
            ("s3_backup_mode", "S3BackupMode"),
        ] {
            assert_eq!(camel_case(name), property);
        }
    }
}
