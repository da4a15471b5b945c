use std::{ops::RangeInclusive, path::PathBuf};

use clap::{ArgGroup, Args};

use super::super::{
    command_error::CommandError, compression_format::CompressionFormat,
    function_args::FunctionArgs, input_format::InputFormatArg, invocation_args::InvocationArgs,
    store_args::StoreArgs,
};
use crate::exit_code::{Detailed, ExitCode};
use firehose_delivery::{
    delivery_stream::{
        BUFFER_MEGABYTES, BUFFER_SECONDS, LAMBDA_BUFFER_MEGABYTES, LAMBDA_BUFFER_SECONDS,
        LAMBDA_RETRIES, megabytes_to_bytes,
    },
    store::Store,
};

/// [`LAMBDA_RETRIES`] in the type that clap checks.
const RETRIES: RangeInclusive<i64> = *LAMBDA_RETRIES.start() as i64..=*LAMBDA_RETRIES.end() as i64;

/// Deliver records as Firehose would
///
/// Puts the records of INPUT to a Kinesis stream or a delivery stream of a template, runs the
/// functions, and delivers objects: what the functions made of the records under the prefix, what
/// failed under the error output prefix, in Firehose's own form. At the end of the input everything
/// is delivered, whatever the buffering hints. The summary accounts for every record.
///
/// Ctrl-C ends the reading, and what was read is delivered; a second one ends everything.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Run {
    /// Files, or folders of files, with the records; - for standard input
    #[arg(default_value = "-")]
    pub(super) input: Vec<PathBuf>,

    /// How records stand in the input
    #[arg(long, value_enum, default_value = "lines")]
    pub(super) format: InputFormatArg,

    /// Print the summary as JSON
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) deployed: Deployed,

    #[command(flatten)]
    pub(super) single: Single,

    #[command(flatten)]
    pub(super) function: FunctionChoice,

    #[command(flatten)]
    pub(super) store: To,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "What is deployed")]
pub(super) struct Deployed {
    /// CloudFormation or SAM template
    #[arg(long, value_name = "FILE", default_value = "template.yaml")]
    pub(super) template: PathBuf,

    /// A parameter of the template, in place of its default; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_assignment)]
    pub(super) parameters: Vec<(String, String)>,

    /// The Kinesis stream or delivery stream that the records are put to, if the template has
    /// several
    #[arg(long, value_name = "NAME")]
    pub(super) put_to: Option<String>,

    /// Run this delivery stream and no other; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(super) only: Vec<String>,

    /// Shards of the Kinesis stream, in place of what the template says
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) shards: Option<u32>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "One delivery stream without a template")]
pub(super) struct Single {
    /// Run one delivery stream of this name, with the settings that follow, and read no template
    #[arg(long, value_name = "NAME", conflicts_with_all = ["template", "parameters", "put_to", "only"])]
    pub(super) delivery_stream: Option<String>,

    /// Its source is a Kinesis stream of this name; without, producers put to it
    #[arg(long, value_name = "NAME", requires = "delivery_stream")]
    pub(super) kinesis_stream: Option<String>,

    /// Prefix of objects, which may have expressions, as !{timestamp:yyyy/MM/dd}
    #[arg(long, value_name = "PREFIX", requires = "delivery_stream")]
    pub(super) prefix: Option<String>,

    /// Prefix of objects with failed records, such as bad/!{firehose:error-output-type}/
    #[arg(long, value_name = "PREFIX", requires = "delivery_stream")]
    pub(super) error_output_prefix: Option<String>,

    /// Buffering hint for objects, 1 to 128 [default: 5]
    #[arg(long, value_name = "MB", requires = "delivery_stream",
          value_parser = clap::value_parser!(u64).range(BUFFER_MEGABYTES))]
    pub(super) buffer_size: Option<u64>,

    /// Buffering hint for objects, 0 to 900 [default: 300]
    #[arg(long, value_name = "SECONDS", requires = "delivery_stream",
          value_parser = clap::value_parser!(u64).range(BUFFER_SECONDS))]
    pub(super) buffer_interval: Option<u64>,

    /// Compress the objects
    #[arg(long, value_enum, requires = "delivery_stream")]
    pub(super) compression: Option<CompressionFormat>,

    /// Put a newline between records
    #[arg(long, requires = "delivery_stream")]
    pub(super) append_delimiter: bool,

    /// Buffering hint for invocations, 0.2 to 3 [default: 1]
    #[arg(long, value_name = "MB", requires_all = ["delivery_stream", "function"],
          value_parser = parse_megabytes)]
    pub(super) lambda_buffer_size: Option<u64>,

    /// Buffering hint for invocations, 0 to 900 [default: 60]
    #[arg(long, value_name = "SECONDS", requires_all = ["delivery_stream", "function"],
          value_parser = clap::value_parser!(u64).range(LAMBDA_BUFFER_SECONDS))]
    pub(super) lambda_buffer_interval: Option<u64>,

    /// How often a failed invocation is tried again, 0 to 300 [default: 3]
    #[arg(long, value_name = "NUMBER", requires_all = ["delivery_stream", "function"],
          value_parser = clap::value_parser!(u32).range(RETRIES))]
    pub(super) retries: Option<u32>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Functions")]
// The group of the struct would have all of its arguments in it.
#[group(skip)]
#[command(group(ArgGroup::new("function").multiple(true)
    .args(["package", "binary", "url", "functions"])))]
pub(super) struct FunctionChoice {
    #[command(flatten)]
    pub(super) named: FunctionArgs,

    /// Run this executable as that function of the template; may be repeated
    #[arg(long = "function", value_name = "NAME=PATH", value_parser = parse_assignment,
          conflicts_with_all = ["package", "binary", "url"])]
    pub(super) functions: Vec<(String, String)>,

    /// Seconds that an invocation may take, in place of the function's Timeout; 60 without a
    /// template
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) timeout: Option<u64>,

    #[command(flatten)]
    pub(super) invocations: InvocationArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Store")]
pub(super) struct To {
    /// Where objects go: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "FOLDER|URL", default_value = "delivered")]
    pub(super) to: PathBuf,

    #[command(flatten)]
    store: StoreArgs,
}

impl Run {
    /// The store, which is there and takes objects.
    pub(super) async fn store(&self) -> Result<Store, CommandError> {
        self.store.store.create(&self.store.to).await
    }
}

fn parse_assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}

/// Returns `BufferSizeInMBs` as bytes.
fn parse_megabytes(text: &str) -> Result<u64, String> {
    let range = LAMBDA_BUFFER_MEGABYTES;
    match text.parse() {
        Ok(megabytes) if range.contains(&megabytes) => Ok(megabytes_to_bytes(megabytes)),
        _ => Err(format!("must be a number from {} to {}", range.start(), range.end())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use firehose_template::read_cloudformation;

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
"
        );
        let deployment = read_cloudformation(&template, &BTreeMap::new()).unwrap();
        deployment.delivery_streams[0].lambda.as_ref().unwrap().buffering.size
    }

    #[test]
    fn flags_and_templates_give_the_same_bytes() {
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

const EXAMPLES: &str = "\
Examples:
  The template in this folder, with the functions that it names, built first:
    firehose-local run --put-to SourceStream readings.jsonl
  One delivery stream of it, with a function in any language:
    firehose-local run --only Processed --binary ./bootstrap --to out readings.jsonl
  Without a template, into a bucket:
    firehose-local run --delivery-stream demo --prefix data/ --package square-values \\
        --to s3://bucket/try --endpoint-url http://127.0.0.1:5000 readings.jsonl
  What comes in, as it comes:
    tail -f app.log | firehose-local run --delivery-stream demo --buffer-interval 10
  Captured Firehose events:
    firehose-local run --format events --put-to SourceStream captured/*.json";

const EXIT_CODES: &[Detailed] = &[
    (
        ExitCode::Interrupted,
        "the records that were read are delivered, unless a second signal follows",
    ),
    (ExitCode::Faulty, ""),
    (ExitCode::StoreFailed, ""),
    (ExitCode::BadUsage, "also if records could not be put"),
    (ExitCode::FunctionError, "only if a batch failed in every attempt"),
    (ExitCode::ContractViolated, ""),
    (ExitCode::Ok, "every record is delivered, dropped, or in an object with failed records"),
    (ExitCode::CouldNotStart, "nothing was read"),
];
