use firehose_delivery::delivery_stream::{DeliveryStream, InvalidSetting, Setting};

use crate::{
    cloudformation::evaluator::{Mapping, Resource},
    error::TemplateError,
};

/// Checks the settings of a delivery stream.
///
/// `properties` is the section of the resource, `configuration` is the section of the destination,
/// and `s3` is the section of its S3 settings. An error has the path of the setting that is wrong.
pub(super) fn check(
    stream: &DeliveryStream,
    resource: Resource<'_>,
    properties: &Mapping<'_>,
    configuration: &Mapping<'_>,
    s3: &Mapping<'_>,
) -> Result<(), TemplateError> {
    stream.check(property).map_err(|InvalidSetting { setting, reason, is_not_simulated }| {
        let path = match setting {
            Setting::Name => resource.path_of(property(setting)),
            Setting::KinesisStream => properties.path_of(property(setting)),
            // The property itself may be missing.
            Setting::BufferSize | Setting::BufferInterval => s3.path_of("BufferingHints"),
            Setting::Lambda | Setting::RecordDeAggregation | Setting::MetadataExtraction => {
                configuration.path_of("ProcessingConfiguration")
            }
            Setting::Prefix | Setting::ErrorOutputPrefix => s3.path_of(property(setting)),
        };
        match is_not_simulated {
            true => TemplateError::not_simulated(path, reason),
            false => TemplateError::wrong(path, reason),
        }
    })
}

/// Returns the name of a setting in a template.
fn property(setting: Setting) -> &'static str {
    match setting {
        Setting::Name => "DeliveryStreamName",
        Setting::KinesisStream => "KinesisStreamSourceConfiguration.KinesisStreamARN",
        Setting::Prefix => "Prefix",
        Setting::ErrorOutputPrefix => "ErrorOutputPrefix",
        Setting::BufferSize => "SizeInMBs",
        Setting::BufferInterval => "IntervalInSeconds",
        Setting::RecordDeAggregation => "RecordDeAggregation processor",
        Setting::Lambda => "Lambda processor",
        Setting::MetadataExtraction => "MetadataExtraction processor",
    }
}

#[cfg(test)]
mod tests {
    use crate::cloudformation::sample_deployment;

    #[test]
    fn the_prefixes_of_the_developer_guide_are_valid() {
        let cases = [
            "Prefix: data/",
            "ErrorOutputPrefix: errors/",
            "Prefix: 'a/!{timestamp:yyyy}/!{firehose:random-string}/', ErrorOutputPrefix: errors/",
            "Prefix: a, ErrorOutputPrefix: 'e/!{firehose:error-output-type}/!{timestamp:yyyy}/'",
        ];
        for properties in cases {
            assert!(sample_deployment::destination(properties).is_ok(), "{properties}");
        }
    }

    #[test]
    fn a_prefix_that_breaks_the_rules_is_an_error() {
        let cases = [
            "Prefix: '!{timestamp:yyyy}/'",
            "Prefix: '!{firehose:error-output-type}/', ErrorOutputPrefix: e",
            "Prefix: '!{time:yyyy}/', ErrorOutputPrefix: e",
            "Prefix: '!{timestamp}/', ErrorOutputPrefix: e",
            "Prefix: '!{timestamp:yyyy/', ErrorOutputPrefix: e",
            "ErrorOutputPrefix: 'e/!{timestamp:yyyy}/'",
            "ErrorOutputPrefix: 'e/!{partitionKeyFromLambda:x}/!{firehose:error-output-type}'",
        ];
        let errors =
            cases.map(|properties| sample_deployment::destination(properties).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: a prefix with expressions needs an ErrorOutputPrefix too
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: `!{firehose:error-output-type}` at character 1 is allowed only in ErrorOutputPrefix
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: the expression `!{time:yyyy}` at character 1 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: the expression `!{timestamp}` at character 1 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.Prefix: the `!{` at character 1 is not closed; add a `}`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix: an ErrorOutputPrefix with expressions needs `!{firehose:error-output-type}`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ErrorOutputPrefix: the partition key `x` at character 3 is not allowed in ErrorOutputPrefix
        ");
        assert!(sample_deployment::destination(&format!("Prefix: {}", "x".repeat(1024))).is_ok());
        assert!(sample_deployment::destination(&format!("Prefix: {}", "x".repeat(1025))).is_err());
    }
}
