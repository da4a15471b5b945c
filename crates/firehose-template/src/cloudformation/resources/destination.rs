use std::time::Duration;

use jiff::tz::TimeZone;

use super::processing::{self, Processing};
use crate::arn;
use crate::cloudformation::evaluator::property::Fields;
use crate::error::TemplateError;
use firehose_delivery::delivery_stream::{
    BufferingHints, Compression, MAX_BUFFER_MEGABYTES, MEGABYTE, S3DestinationConfig, is_name,
};

/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html>
const MAX_BUFFER_SECONDS: u64 = 900;

/// Logical ids, which stand for names, may be longer than the 63 characters that a bucket has.
const MAX_BUCKET_NAME: usize = 255;

const MAX_FILE_EXTENSION: usize = 128;

/// The properties of an S3 destination. The first three are not read: they do not change what the
/// destination gets.
const PROPERTIES: &[&str] = &[
    "CloudWatchLoggingOptions",
    "EncryptionConfiguration",
    "RoleARN",
    "BucketARN",
    "BufferingHints",
    "CompressionFormat",
    "ErrorOutputPrefix",
    "Prefix",
];

/// What an extended S3 destination has besides. The first is not read either.
const EXTENDED_PROPERTIES: &[&str] = &[
    "S3BackupConfiguration",
    "S3BackupMode",
    "CustomTimeZone",
    "DataFormatConversionConfiguration",
    "DynamicPartitioningConfiguration",
    "FileExtension",
    "ProcessingConfiguration",
];

/// Reads an `ExtendedS3DestinationConfiguration`, or an `S3DestinationConfiguration`, which has
/// some of its properties. What the values ask of each other is left to `DeliveryStream::check`.
pub(crate) fn read<'a>(
    fields: &Fields<'a>,
    is_extended: bool,
) -> Result<(S3DestinationConfig, Processing<'a>), TemplateError> {
    if is_extended {
        fields.only(&[PROPERTIES, EXTENDED_PROPERTIES].concat())?;
    } else {
        fields.only(PROPERTIES)?;
    }
    let conversion = fields.get("DataFormatConversionConfiguration")?;
    if let Some(property) = conversion {
        // Enabled unless it says otherwise.
        if property.fields()?.get("Enabled")?.map_or(Ok(true), |enabled| enabled.boolean())? {
            return Err(property.not_simulated("the conversion of formats is not simulated"));
        }
    }
    let processing = processing::read(&fields.fields("ProcessingConfiguration")?)?;
    let defaults = S3DestinationConfig::default();
    let partitioning = fields.fields("DynamicPartitioningConfiguration")?.is_true("Enabled")?;
    let destination = S3DestinationConfig {
        bucket: bucket(fields)?,
        prefix: fields.text("Prefix")?.unwrap_or_default(),
        error_output_prefix: fields.text("ErrorOutputPrefix")?,
        buffering: buffering(fields)?.unwrap_or(defaults.buffering),
        compression: compression(fields)?,
        file_extension: file_extension(fields)?,
        time_zone: time_zone(fields)?,
        dynamic_partitioning: partitioning,
    };
    Ok((destination, processing))
}

/// The name of the bucket, which its ARN ends with.
fn bucket(fields: &Fields<'_>) -> Result<String, TemplateError> {
    let property = fields.require("BucketARN")?;
    let text = property.text()?;
    match arn::resource_part(&text, "s3") {
        Some(name) if is_name(name, MAX_BUCKET_NAME) => Ok(name.to_owned()),
        _ => Err(property.wrong(format!("{text} is no ARN of a bucket"))),
    }
}

fn buffering(fields: &Fields<'_>) -> Result<Option<BufferingHints>, TemplateError> {
    let hints = fields.fields("BufferingHints")?;
    hints.only(&["SizeInMBs", "IntervalInSeconds"])?;
    let hints = match (hints.get("SizeInMBs")?, hints.get("IntervalInSeconds")?) {
        (Some(size), Some(interval)) => {
            Some((size.number(1, MAX_BUFFER_MEGABYTES)?, interval.number(0, MAX_BUFFER_SECONDS)?))
        }
        (None, None) => None,
        _ => {
            let reason = "SizeInMBs and IntervalInSeconds come together, or neither";
            return Err(TemplateError::wrong(hints.path, reason));
        }
    };
    Ok(hints.map(|(size, interval)| BufferingHints {
        size: size * MEGABYTE,
        interval: Duration::from_secs(interval),
    }))
}

fn compression(fields: &Fields<'_>) -> Result<Compression, TemplateError> {
    let Some(property) = fields.get("CompressionFormat")? else {
        return Ok(Compression::Uncompressed);
    };
    match property.text()?.as_str() {
        "UNCOMPRESSED" => Ok(Compression::Uncompressed),
        "GZIP" => Ok(Compression::Gzip),
        format @ ("ZIP" | "Snappy" | "HADOOP_SNAPPY") => {
            Err(property.not_simulated(format!("the compression {format} is not simulated")))
        }
        other => Err(property.wrong(format!(
            "{other} is none of UNCOMPRESSED, GZIP, ZIP, Snappy and HADOOP_SNAPPY"
        ))),
    }
}

fn file_extension(fields: &Fields<'_>) -> Result<Option<String>, TemplateError> {
    let Some(property) = fields.get("FileExtension")? else {
        return Ok(None);
    };
    let text = property.text()?;
    if text.is_empty() {
        return Ok(None);
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "!-_.*'()".contains(c);
    let has_name = text.strip_prefix('.').is_some_and(|name| !name.is_empty());
    if !has_name || !text.chars().all(allowed) || text.len() > MAX_FILE_EXTENSION {
        return Err(property.wrong(format!(
            "{text} is no dot and 1 to {} of a-z, 0-9 and !-_.*'()",
            MAX_FILE_EXTENSION - 1
        )));
    }
    Ok(Some(text))
}

fn time_zone(fields: &Fields<'_>) -> Result<TimeZone, TemplateError> {
    let Some(property) = fields.get("CustomTimeZone")? else {
        return Ok(TimeZone::UTC);
    };
    let name = property.text()?;
    if name.is_empty() || name == "UTC" {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(&name).map_err(|_| {
        property.wrong(format!(
            "{name} is no time zone of the database of this machine, such as Europe/Berlin"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn read(properties: &str) -> S3DestinationConfig {
        sample::destination(properties).unwrap().delivery_streams.remove(0).destination
    }

    #[test]
    fn what_is_left_out_has_the_defaults_of_firehose() {
        let expected =
            S3DestinationConfig { bucket: "Bucket".to_owned(), ..S3DestinationConfig::default() };
        assert_eq!(read(""), expected);
    }

    #[test]
    fn a_plain_destination_has_fewer_properties() {
        let error = sample::delivery_stream(
            "S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b', FileExtension: .json}",
        );
        insta::assert_snapshot!(error.unwrap_err(), @"(not simulated) Resources.Delivery.Properties.S3DestinationConfiguration.FileExtension: is not known here, and may change what is delivered");
    }

    #[test]
    fn every_property_is_read() {
        let destination = read(
            "Prefix: a/, ErrorOutputPrefix: e/, CompressionFormat: GZIP, FileExtension: .json.gz, \
             CustomTimeZone: UTC, BufferingHints: {SizeInMBs: 128, IntervalInSeconds: 0}, \
             RoleARN: x, EncryptionConfiguration: {NoEncryptionConfig: NoEncryption}",
        );
        assert_eq!(
            destination,
            S3DestinationConfig {
                bucket: "Bucket".to_owned(),
                prefix: "a/".to_owned(),
                error_output_prefix: Some("e/".to_owned()),
                buffering: BufferingHints { size: 128 * MEGABYTE, interval: Duration::ZERO },
                compression: Compression::Gzip,
                file_extension: Some(".json.gz".to_owned()),
                time_zone: TimeZone::UTC,
                dynamic_partitioning: false,
            }
        );
    }

    #[test]
    fn what_aws_would_refuse_names_value_and_limit() {
        let cases = [
            "BucketARN: bucket",
            "BucketARN: 'arn:aws:s3:::..'",
            "BufferingHints: {SizeInMBs: 5}",
            "BufferingHints: {SizeInMBs: 0, IntervalInSeconds: 60}",
            "BufferingHints: {SizeInMBs: 5, IntervalInSeconds: 901}",
            "BufferingHints: {SizeInMBs: many, IntervalInSeconds: 60}",
            "CompressionFormat: gzip",
            "FileExtension: json",
            "CustomTimeZone: Europe/Nowhere",
            "DynamicPartitioningConfiguration: {Enabled: perhaps}",
        ];
        let read = |properties: &str| {
            sample::delivery_stream(&format!(
                "ExtendedS3DestinationConfiguration: {{{}{properties}}}",
                if properties.starts_with("BucketARN") {
                    ""
                } else {
                    "BucketARN: 'arn:aws:s3:::b', "
                }
            ))
        };
        let errors = cases.map(|properties| read(properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BucketARN: bucket is no ARN of a bucket
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BucketARN: arn:aws:s3:::.. is no ARN of a bucket
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints: SizeInMBs and IntervalInSeconds come together, or neither
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.SizeInMBs: 0 is no number from 1 to 128
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.IntervalInSeconds: 901 is no number from 0 to 900
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.SizeInMBs: many is no number from 1 to 128
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.CompressionFormat: gzip is none of UNCOMPRESSED, GZIP, ZIP, Snappy and HADOOP_SNAPPY
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.FileExtension: json is no dot and 1 to 127 of a-z, 0-9 and !-_.*'()
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.CustomTimeZone: Europe/Nowhere is no time zone of the database of this machine, such as Europe/Berlin
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.DynamicPartitioningConfiguration.Enabled: perhaps is neither true nor false
        ");
    }

    #[test]
    fn what_changes_what_is_delivered_is_not_ignored() {
        let cases = [
            "CompressionFormat: Snappy",
            "DataFormatConversionConfiguration: {SchemaConfiguration: {}}",
            "DataFormatConversionConfiguration: {Enabled: true}",
            "NewProperty: 1",
        ];
        let errors = cases.map(|properties| sample::destination(properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.CompressionFormat: the compression Snappy is not simulated
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration: the conversion of formats is not simulated
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration: the conversion of formats is not simulated
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.NewProperty: is not known here, and may change what is delivered
        ");
        read("DataFormatConversionConfiguration: {Enabled: false}, Other: !Ref 'AWS::NoValue'");
    }

    const PARTITIONING: &str =
        "DynamicPartitioningConfiguration: {Enabled: true}, ErrorOutputPrefix: e/, ";
    const LAMBDA: &str = "ProcessingConfiguration: {Enabled: true, Processors: [{Type: Lambda, \
        Parameters: [{ParameterName: LambdaArn, ParameterValue: !Ref Square.Alias}]}]}, ";
    const HINTS: &str = "BufferingHints: {SizeInMBs: 64, IntervalInSeconds: 60}, ";
    const KEY: &str = "Prefix: '!{partitionKeyFromLambda:customer}/', ";

    #[test]
    fn dynamic_partitioning_is_read() {
        let destination = read(&[PARTITIONING, LAMBDA, HINTS, KEY].concat());
        assert!(destination.dynamic_partitioning);
        assert_eq!(destination.prefix, "!{partitionKeyFromLambda:customer}/");
    }

    #[test]
    fn dynamic_partitioning_has_its_conditions() {
        let cases = [
            [PARTITIONING, LAMBDA, KEY].concat(),
            [PARTITIONING, LAMBDA, HINTS].concat(),
            [PARTITIONING, HINTS, KEY].concat(),
            [LAMBDA, HINTS, KEY, "ErrorOutputPrefix: e/"].concat(),
            [PARTITIONING, HINTS, "Prefix: '!{partitionKeyFromQuery:x}/'"].concat(),
        ];
        let errors = cases.map(|properties| sample::destination(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints: dynamic partitioning needs a SizeInMBs of 64 to 128
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: dynamic partitioning needs a partition key in it, such as !{partitionKeyFromLambda:customer}
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: !{partitionKeyFromLambda:...} needs a Lambda processor, and there is none
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: has a partition key, and so needs DynamicPartitioningConfiguration.Enabled: true
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: the partition key `x` at character 1 comes from a query, which is not simulated; use `partitionKeyFromLambda`
        ");
    }
}
