use std::ops::RangeInclusive;

use firehose_delivery::delivery_stream::{
    BUFFER_MEGABYTES, BUFFER_SECONDS, BufferingHints, Compression, MEGABYTE, S3DestinationConfig,
    is_name,
};
use jiff::tz::TimeZone;

use super::{format_conversion::converts_format, reasons::Reasons};
use crate::{
    arn, cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError,
};

/// The largest accepted length of the name of a bucket. S3 allows 63 characters, but a logical id that
/// stands for a missing name can have up to 255.
const MAX_BUCKET_NAME: usize = 255;

/// The longest file extension, including the dot:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html>.
const MAX_FILE_EXTENSION: usize = 128;

/// The properties of an S3 destination. `read_destination` does not read the first three, because
/// they do not change the delivered data. `warn_role` reads `RoleARN`.
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

/// The additional properties of an extended S3 destination. The first one is not read.
const EXTENDED_PROPERTIES: &[&str] = &[
    "S3BackupConfiguration",
    "S3BackupMode",
    "CustomTimeZone",
    "DataFormatConversionConfiguration",
    "DynamicPartitioningConfiguration",
    "FileExtension",
    "ProcessingConfiguration",
];

/// Rejects unknown properties.
pub(super) fn check_supported(
    configuration: &Mapping<'_>,
    is_extended: bool,
    reasons: &mut Reasons,
) -> Result<(), TemplateError> {
    let known = if is_extended { EXTENDED_PROPERTIES } else { &[] };
    reasons.keep(configuration.reject_unknown(&[PROPERTIES, known].concat()))?;
    Ok(())
}

/// Reads an `ExtendedS3DestinationConfiguration`, or an `S3DestinationConfiguration`, which has a
/// subset of the properties. `DeliveryStream::check` later checks the properties against each
/// other.
pub(super) fn read_destination(
    configuration: &Mapping<'_>,
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<S3DestinationConfig, TemplateError> {
    let mut defaults = S3DestinationConfig::default();
    let converts = reasons.keep(converts_format(configuration, deployment))?.unwrap_or_default();
    if converts {
        // <https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html>
        defaults.buffering.size = BUFFER_MEGABYTES.end() * MEGABYTE;
    }
    let partitioning = configuration
        .mapping("DynamicPartitioningConfiguration")
        .and_then(|partitioning| partitioning.is_true("Enabled"));
    let bucket = bucket_or_placeholder(configuration, name, deployment);
    let hints = buffering(configuration, BUFFER_MEGABYTES, BUFFER_SECONDS);
    let compression = compression(configuration, deployment);
    Ok(S3DestinationConfig {
        dynamic_partitioning: reasons.keep(partitioning)?.unwrap_or_default(),
        bucket: reasons.keep(bucket)?.unwrap_or_default(),
        prefix: reasons.keep(configuration.text("Prefix"))?.flatten().unwrap_or_default(),
        error_output_prefix: reasons.keep(configuration.text("ErrorOutputPrefix"))?.flatten(),
        buffering: reasons.keep(hints)?.flatten().unwrap_or(defaults.buffering),
        compression: reasons.keep(compression)?.unwrap_or(defaults.compression),
        file_extension: reasons.keep(file_extension(configuration))?.flatten(),
        time_zone: reasons.keep(time_zone(configuration))?.unwrap_or(TimeZone::UTC),
    })
}

/// Returns the name of the bucket, or a placeholder if only a deployed stack has the ARN. A
/// placeholder is enough, because the objects go to a folder or to another bucket.
fn bucket_or_placeholder(
    configuration: &Mapping<'_>,
    name: &str,
    deployment: &mut Deployment,
) -> Result<String, TemplateError> {
    match bucket(configuration) {
        Err(error) if error.undeployed_value().is_some() => {
            let local = configuration.local_text("BucketARN");
            let local = local.as_deref().and_then(|arn| arn::resource_part(arn, "s3"));
            let local = local.filter(|local| is_name(local, MAX_BUCKET_NAME));
            let bucket = local.map_or_else(|| format!("bucket-of-{name}"), str::to_owned);
            deployment.note_undeployed(&error, &format!("the bucket is called {bucket} here"));
            Ok(bucket)
        }
        read => read,
    }
}

/// Returns the name of the bucket from its ARN.
fn bucket(configuration: &Mapping<'_>) -> Result<String, TemplateError> {
    let value = configuration.require("BucketARN")?;
    let text = value.text()?;
    match arn::resource_part(&text, "s3") {
        Some(name) if is_name(name, MAX_BUCKET_NAME) => Ok(name.to_owned()),
        _ => Err(value.wrong(format!("`{text}` is not the ARN of a bucket"))),
    }
}

/// Returns the buffering hints, which must be in these ranges of megabytes and seconds.
pub(super) fn buffering(
    configuration: &Mapping<'_>,
    megabytes: RangeInclusive<u64>,
    seconds: RangeInclusive<u64>,
) -> Result<Option<BufferingHints>, TemplateError> {
    let hints = configuration.mapping("BufferingHints")?;
    hints.reject_unknown(&["SizeInMBs", "IntervalInSeconds"])?;
    let hints = match (hints.get("SizeInMBs")?, hints.get("IntervalInSeconds")?) {
        (Some(size), Some(interval)) => {
            Some(BufferingHints::new(size.number(megabytes)?, interval.number(seconds)?))
        }
        (None, None) => None,
        // <https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html>
        (Some(_), None) => return Err(single_hint(&hints, "SizeInMBs", "IntervalInSeconds")),
        (None, Some(_)) => return Err(single_hint(&hints, "IntervalInSeconds", "SizeInMBs")),
    };
    Ok(hints)
}

/// Returns the error of a hint without the other one.
fn single_hint(hints: &Mapping<'_>, set: &str, missing: &str) -> TemplateError {
    let reason = format!("{set} is set without {missing}; Firehose needs both or neither");
    TemplateError::wrong(hints.path(), reason)
}

/// Returns the compression. A compression that is not simulated gives uncompressed objects and a
/// note.
fn compression(
    configuration: &Mapping<'_>,
    deployment: &mut Deployment,
) -> Result<Compression, TemplateError> {
    let Some(value) = configuration.get("CompressionFormat")? else {
        return Ok(Compression::Uncompressed);
    };
    match value.text()?.as_str() {
        "UNCOMPRESSED" => Ok(Compression::Uncompressed),
        "GZIP" => Ok(Compression::Gzip),
        format @ ("ZIP" | "Snappy" | "HADOOP_SNAPPY") => {
            let text =
                format!("the compression {format} is not simulated; the objects are uncompressed");
            deployment.note(value.path(), text);
            Ok(Compression::Uncompressed)
        }
        other => Err(value
            .wrong(format!("`{other}` is not UNCOMPRESSED, GZIP, ZIP, Snappy or HADOOP_SNAPPY"))),
    }
}

fn file_extension(configuration: &Mapping<'_>) -> Result<Option<String>, TemplateError> {
    let Some(value) = configuration.get("FileExtension")? else {
        return Ok(None);
    };
    let text = value.text()?;
    if text.is_empty() {
        return Ok(None);
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "!-_.*'()".contains(c);
    let has_name = text.strip_prefix('.').is_some_and(|name| !name.is_empty());
    if !has_name || !text.chars().all(allowed) || text.len() > MAX_FILE_EXTENSION {
        return Err(value.wrong(format!(
            "`{text}` is not a dot followed by 1 to {} of a-z, 0-9 and !-_.*'()",
            MAX_FILE_EXTENSION - 1
        )));
    }
    Ok(Some(text))
}

fn time_zone(configuration: &Mapping<'_>) -> Result<TimeZone, TemplateError> {
    let Some(value) = configuration.get("CustomTimeZone")? else {
        return Ok(TimeZone::UTC);
    };
    let name = value.text()?;
    if name.is_empty() || name == "UTC" {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(&name).map_err(|_| {
        value.wrong(format!(
            "`{name}` is not in the time zone database of this machine; write a name such as \
             Europe/Berlin"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    fn read(properties: &str) -> S3DestinationConfig {
        let read = sample_deployment::destination(properties);
        read.unwrap().delivery_streams.remove(0).destination.s3().clone()
    }

    const CONVERSION: &str = "DataFormatConversionConfiguration: {InputFormatConfiguration: {}, \
        OutputFormatConfiguration: {}, SchemaConfiguration: {}}";

    #[test]
    fn a_missing_property_has_the_default_of_firehose() {
        let expected =
            S3DestinationConfig { bucket: "Bucket".to_owned(), ..S3DestinationConfig::default() };
        assert_eq!(read(""), expected);
    }

    #[test]
    fn a_plain_destination_has_no_extended_properties() {
        let error = sample_deployment::delivery_stream(
            "S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b', FileExtension: .json}",
        );
        insta::assert_snapshot!(error.unwrap_err(), @"(not simulated) Resources.Delivery.Properties.S3DestinationConfiguration.FileExtension: the property is unknown and may change the delivered data");
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
                buffering: BufferingHints::new(128, 0),
                compression: Compression::Gzip,
                file_extension: Some(".json.gz".to_owned()),
                time_zone: TimeZone::UTC,
                dynamic_partitioning: false,
            }
        );
    }

    #[test]
    fn a_property_that_aws_rejects_is_an_error() {
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
            "DataFormatConversionConfiguration: {InputFormatConfiguration: {}, SchemaConfiguration: {}}",
            &format!("{CONVERSION}, CompressionFormat: GZIP"),
            &format!("{CONVERSION}, BufferingHints: {{SizeInMBs: 63, IntervalInSeconds: 60}}"),
            "S3BackupMode: Enabled",
        ];
        let read = |properties: &str| {
            sample_deployment::delivery_stream(&format!(
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
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BucketARN: `bucket` is not the ARN of a bucket
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BucketARN: `arn:aws:s3:::..` is not the ARN of a bucket
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints: SizeInMBs is set without IntervalInSeconds; Firehose needs both or neither
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.SizeInMBs: `0` is not a number from 1 to 128
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.IntervalInSeconds: `901` is not a number from 0 to 900
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.SizeInMBs: `many` is not a number from 1 to 128
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.CompressionFormat: `gzip` is not UNCOMPRESSED, GZIP, ZIP, Snappy or HADOOP_SNAPPY
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.FileExtension: `json` is not a dot followed by 1 to 127 of a-z, 0-9 and !-_.*'()
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.CustomTimeZone: `Europe/Nowhere` is not in the time zone database of this machine; write a name such as Europe/Berlin
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.DynamicPartitioningConfiguration.Enabled: `perhaps` is neither true nor false
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration: the required OutputFormatConfiguration is missing
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.CompressionFormat: is GZIP, but must be UNCOMPRESSED with DataFormatConversionConfiguration; the compression is part of its OutputFormatConfiguration
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints.SizeInMBs: `63` is not a number from 64 to 128
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.S3BackupMode: is Enabled, but S3BackupConfiguration is missing; add it
        ");
    }

    #[test]
    fn a_property_that_changes_the_data_is_not_ignored() {
        let error = sample_deployment::destination("NewProperty: 1").unwrap_err();
        insta::assert_snapshot!(error, @"(not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.NewProperty: the property is unknown and may change the delivered data");
        read("DataFormatConversionConfiguration: {Enabled: false}, Other: !Ref 'AWS::NoValue'");
    }

    #[test]
    fn a_format_that_is_not_simulated_gives_plain_objects_and_a_note() {
        let mut notes = Vec::new();
        for (properties, megabytes) in [
            ("CompressionFormat: Snappy", 5),
            (CONVERSION, 128),
            (&CONVERSION.replace("{Input", "{Enabled: true, Input"), 128),
        ] {
            let read = sample_deployment::destination(properties).unwrap();
            let config = read.delivery_streams[0].destination.s3();
            assert_eq!(config.compression, Compression::Uncompressed);
            assert_eq!(config.buffering, BufferingHints::new(megabytes, 300));
            notes.push(sample_deployment::notes(&read));
        }
        insta::assert_snapshot!(notes.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.CompressionFormat: the compression Snappy is not simulated; the objects are uncompressed
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration: the conversion of record formats is not simulated; the records are delivered as JSON, uncompressed
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration: the conversion of record formats is not simulated; the records are delivered as JSON, uncompressed
        ");
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
    fn dynamic_partitioning_needs_other_properties() {
        let cases = [
            [PARTITIONING, LAMBDA, KEY].concat(),
            [PARTITIONING, LAMBDA, HINTS].concat(),
            [PARTITIONING, HINTS, KEY].concat(),
            [LAMBDA, HINTS, KEY, "ErrorOutputPrefix: e/"].concat(),
            [PARTITIONING, HINTS, "Prefix: '!{partitionKeyFromQuery:x}/'"].concat(),
        ];
        let errors =
            cases.map(|properties| sample_deployment::destination(&properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.BufferingHints: dynamic partitioning needs a SizeInMBs of 64 to 128
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: dynamic partitioning needs a partition key in the prefix, such as !{partitionKeyFromLambda:customer}
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: !{partitionKeyFromLambda:...} needs a Lambda processor, which is missing
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: a partition key needs DynamicPartitioningConfiguration.Enabled: true
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: !{partitionKeyFromQuery:...} needs a MetadataExtraction processor, which is missing
        ");
    }
}
