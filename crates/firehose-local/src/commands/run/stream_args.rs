use std::ops::RangeInclusive;

use clap::Args;

use super::super::compression_format::CompressionFormat;
use firehose_delivery::delivery_stream::{
    BUFFER_MEGABYTES, BUFFER_SECONDS, LAMBDA_BUFFER_MEGABYTES, LAMBDA_BUFFER_SECONDS,
    LAMBDA_RETRIES, megabytes_to_bytes,
};

/// [`LAMBDA_RETRIES`] in the type that clap checks.
const RETRIES: RangeInclusive<i64> = *LAMBDA_RETRIES.start() as i64..=*LAMBDA_RETRIES.end() as i64;

/// The settings of one delivery stream without a template.
#[derive(Args, Debug)]
#[command(next_help_heading = "One delivery stream without a template")]
pub(super) struct StreamArgs {
    /// Run one delivery stream with this name and the settings below, without a template
    #[arg(long, value_name = "NAME", 
          conflicts_with_all = ["template", "parameters", "imports", "values", "put_to", "only"])]
    pub(super) delivery_stream: Option<String>,

    /// Read from a Kinesis stream with this name
    ///
    /// Without this option, the records are put into the delivery stream.
    #[arg(long, value_name = "NAME", requires = "delivery_stream")]
    pub(super) kinesis_stream: Option<String>,

    /// Prefix of objects, with expressions such as !{timestamp:yyyy/MM/dd}
    #[arg(long, value_name = "PREFIX", requires = "delivery_stream")]
    pub(super) prefix: Option<String>,

    /// Prefix of objects with failed records, such as bad/!{firehose:error-output-type}/
    #[arg(long, value_name = "PREFIX", requires = "delivery_stream")]
    pub(super) error_output_prefix: Option<String>,

    /// Size hint for objects, 1 to 128 [default: 5]
    #[arg(long, value_name = "MB", requires = "delivery_stream",
          value_parser = clap::value_parser!(u64).range(BUFFER_MEGABYTES))]
    pub(super) buffer_size: Option<u64>,

    /// Interval hint for objects, 0 to 900 [default: 300]
    #[arg(long, value_name = "SECONDS", requires = "delivery_stream",
          value_parser = clap::value_parser!(u64).range(BUFFER_SECONDS))]
    pub(super) buffer_interval: Option<u64>,

    /// Compression of the objects
    #[arg(long, value_enum, requires = "delivery_stream")]
    pub(super) compression: Option<CompressionFormat>,

    /// Write a newline between the records of an object
    #[arg(long, requires = "delivery_stream")]
    pub(super) append_delimiter: bool,

    /// Size hint for the batches of the function, 0.2 to 3 [default: 1]
    #[arg(long, value_name = "MB", requires_all = ["delivery_stream", "function"],
          value_parser = parse_megabytes)]
    pub(super) lambda_buffer_size: Option<u64>,

    /// Interval hint for the batches of the function, 0 to 900 [default: 60]
    #[arg(long, value_name = "SECONDS", requires_all = ["delivery_stream", "function"],
          value_parser = clap::value_parser!(u64).range(LAMBDA_BUFFER_SECONDS))]
    pub(super) lambda_buffer_interval: Option<u64>,

    /// Retries of an invocation after a function error, 0 to 300 [default: 3]
    #[arg(long, value_name = "NUMBER", requires_all = ["delivery_stream", "function"],
          value_parser = clap::value_parser!(u32).range(RETRIES))]
    pub(super) retries: Option<u32>,
}

/// Parses a value of `BufferSizeInMBs`, and returns the size in bytes.
fn parse_megabytes(text: &str) -> Result<u64, String> {
    let range = LAMBDA_BUFFER_MEGABYTES;
    match text.parse() {
        Ok(megabytes) if range.contains(&megabytes) => Ok(megabytes_to_bytes(megabytes)),
        _ => Err(format!("must be a number from {} to {}", range.start(), range.end())),
    }
}

#[cfg(test)]
mod tests {
    use firehose_template::{GivenValues, read_cloudformation};

    use super::*;

    /// Returns the size hint of the Lambda processor of a template, in bytes.
    fn in_template(megabytes: &str) -> u64 {
        let template = format!(
            "
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: ., Handler: bootstrap, Runtime: provided.al2023}}
  Bucket: {{Type: 'AWS::S3::Bucket'}}
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Bucket.Arn
        RoleARN: arn:aws:iam::123456789012:role/firehose
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters:
                - {{ParameterName: LambdaArn, ParameterValue: !GetAtt Function.Arn}}
                - {{ParameterName: BufferSizeInMBs, ParameterValue: '{megabytes}'}}
                - {{ParameterName: BufferIntervalInSeconds, ParameterValue: 60}}
"
        );
        let deployment = read_cloudformation(&template, &GivenValues::default()).unwrap();
        deployment.delivery_streams[0].lambda.as_ref().unwrap().buffering.size
    }

    #[test]
    fn options_and_templates_give_the_same_bytes() {
        for tenths in 2..=30 {
            let megabytes = format!("{}.{}", tenths / 10, tenths % 10);
            let bytes = parse_megabytes(&megabytes).unwrap();
            assert_eq!(bytes, in_template(&megabytes), "{megabytes} MB");
            assert!(bytes.abs_diff(tenths * 1024 * 1024 / 10) <= 1, "{megabytes} MB");
        }
    }

    #[test]
    fn a_size_outside_the_range_is_an_error() {
        for text in ["0.1", "3.1", "-1", "nan", "one"] {
            assert_eq!(parse_megabytes(text), Err("must be a number from 0.2 to 3".to_owned()));
        }
    }
}
