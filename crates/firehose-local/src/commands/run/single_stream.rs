use std::time::Duration;

use super::{super::command_error::CommandError, stream_args::StreamArgs};
use firehose_delivery::{
    aws_names::function_arn,
    delivery_stream::{
        DeliveryStream, InvalidSetting, LambdaProcessorConfig, MEGABYTE, S3DestinationConfig,
        Setting, StreamSource,
    },
};
use firehose_template::{DeployedFunction, Deployment, KinesisStream};

/// The name of the only function.
const FUNCTION: &str = "function";

/// Returns a deployment of the delivery stream that the options describe.
pub(super) fn single_stream(
    args: &StreamArgs,
    has_function: bool,
) -> Result<Deployment, CommandError> {
    let mut deployment = Deployment::default();
    let source = match &args.kinesis_stream {
        Some(name) => {
            deployment
                .kinesis_streams
                .insert(name.clone(), KinesisStream { shards: 1, ..KinesisStream::default() });
            StreamSource::KinesisStream(name.clone())
        }
        None => StreamSource::DirectPut,
    };
    let name = args.delivery_stream.as_deref().unwrap_or_default();
    let mut stream = DeliveryStream::new(name, source, destination(args));
    stream.append_delimiter = args.append_delimiter;
    if has_function {
        stream.lambda = Some(lambda_processor(args));
        let function = DeployedFunction {
            timeout: Duration::from_secs(60),
            memory_size: 512,
            ..DeployedFunction::default()
        };
        deployment.functions.insert(FUNCTION.to_owned(), function);
    }
    stream.check(option).map_err(|InvalidSetting { setting, reason, .. }| {
        CommandError::usage(format!("{}: {reason}", option(setting)))
    })?;
    deployment.delivery_streams.push(stream);
    Ok(deployment)
}

fn destination(args: &StreamArgs) -> S3DestinationConfig {
    let mut destination = S3DestinationConfig::default();
    destination.prefix = args.prefix.clone().unwrap_or_default();
    destination.dynamic_partitioning = destination.prefix.contains("!{partitionKeyFrom");
    destination.error_output_prefix.clone_from(&args.error_output_prefix);
    if let Some(compression) = args.compression {
        destination.compression = compression.into();
    }
    if let Some(megabytes) = args.buffer_size {
        destination.buffering.size = megabytes * MEGABYTE;
    }
    if let Some(seconds) = args.buffer_interval {
        destination.buffering.interval = Duration::from_secs(seconds);
    }
    destination
}

fn lambda_processor(args: &StreamArgs) -> LambdaProcessorConfig {
    let arn = function_arn(&format!("{FUNCTION}:$LATEST"));
    let mut lambda = LambdaProcessorConfig::new(FUNCTION, arn);
    if let Some(bytes) = args.lambda_buffer_size {
        lambda.buffering.size = bytes;
    }
    if let Some(seconds) = args.lambda_buffer_interval {
        lambda.buffering.interval = Duration::from_secs(seconds);
    }
    if let Some(retries) = args.retries {
        lambda.retries = retries;
    }
    lambda
}

/// Returns the option that sets a setting.
fn option(setting: Setting) -> &'static str {
    match setting {
        Setting::Name => "--delivery-stream",
        Setting::KinesisStream => "--kinesis-stream",
        Setting::Prefix => "--prefix",
        Setting::ErrorOutputPrefix => "--error-output-prefix",
        Setting::BufferSize => "--buffer-size",
        Setting::BufferInterval => "--buffer-interval",
        Setting::RecordDeAggregation => "RecordDeAggregation processor (in a template)",
        Setting::Lambda => "function (--package, --binary, --handler, --pipeline or --url)",
        Setting::MetadataExtraction => "MetadataExtraction processor (in a template)",
    }
}
