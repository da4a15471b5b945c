use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{
    super::command_error::CommandError,
    arguments::{Run, Single},
};
use firehose_delivery::{
    aws_names::function_arn,
    delivery_stream::{
        DeliveryStream, InvalidSetting, LambdaProcessorConfig, MEGABYTE, S3DestinationConfig,
        Setting, StreamSource,
    },
};
use firehose_template::{DeployedFunction, Deployment, KinesisStream, read_cloudformation};

/// What is to be run: where records are put to, and the delivery streams that get them.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) source: StreamSource,
    /// Of the source, 1 if it is the delivery stream itself.
    pub(super) shards: u32,
    pub(super) delivery_streams: Vec<Arc<DeliveryStream>>,
    pub(super) functions: BTreeMap<String, DeployedFunction>,
    /// Where functions are built.
    pub(super) folder: PathBuf,
    pub(super) notes: Vec<String>,
}

/// The function of a delivery stream without a template.
const FUNCTION: &str = "function";

impl Plan {
    /// Reads what is to be run from the arguments and, unless they describe a delivery stream, from
    /// the text of the template.
    pub(super) fn new(run: &Run, text: Option<&str>) -> Result<Self, CommandError> {
        let deployment = match &run.single.delivery_stream {
            Some(name) => single(run, name)?,
            None => template(run, text.unwrap_or_default())?,
        };
        let source = source(run, &deployment)?;
        let delivery_streams = delivery_streams(run, &deployment, &source)?;
        let stream = match &source {
            StreamSource::DirectPut => None,
            StreamSource::KinesisStream(name) => deployment.kinesis_streams.get(name),
        };
        let folder = match &run.single.delivery_stream {
            Some(_) => None,
            None => run.deployed.template.parent().filter(|it| !it.as_os_str().is_empty()),
        };
        if source == StreamSource::DirectPut && run.deployed.shards.is_some() {
            return Err(CommandError::usage(
                "--shards: the records are put to a delivery stream, and only a Kinesis stream \
                 has shards",
            ));
        }
        let unsupported = deployment.unsupported.iter();
        let unsupported = unsupported.map(|(name, why)| format!("{name} is not run: {why}"));
        let warnings = deployment.warnings.iter().map(ToString::to_string);
        let notes = deployment.notes.iter().map(ToString::to_string);
        let plan = Self {
            shards: match (&source, run.deployed.shards) {
                (StreamSource::DirectPut, _) => 1,
                (StreamSource::KinesisStream(_), Some(shards)) => shards,
                (StreamSource::KinesisStream(_), None) => {
                    stream.cloned().unwrap_or_default().shards
                }
            },
            source,
            delivery_streams,
            functions: deployment.functions,
            folder: folder.unwrap_or(Path::new(".")).to_owned(),
            notes: unsupported.chain(warnings).chain(notes).collect(),
        };
        run.function.check(&plan.invoked(), |name| plan.functions.contains_key(name))?;
        Ok(plan)
    }

    /// The functions that the delivery streams invoke, each once.
    pub(super) fn invoked(&self) -> Vec<&str> {
        let lambdas = self.delivery_streams.iter().filter_map(|stream| stream.lambda.as_ref());
        let mut names: Vec<_> = lambdas.map(|lambda| lambda.function.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn template(run: &Run, text: &str) -> Result<Deployment, CommandError> {
    let path = run.deployed.template.display();
    let parameters = run.deployed.parameters.iter().cloned().collect();
    read_cloudformation(text, &parameters).map_err(|error| {
        let remedy = match error.missing_parameter() {
            Some(name) => format!(" with --parameter {name}=VALUE"),
            None => String::new(),
        };
        CommandError::usage(format!("{path}: {error}{remedy}"))
    })
}

/// One delivery stream by flags.
fn single(run: &Run, name: &str) -> Result<Deployment, CommandError> {
    let Single { prefix, error_output_prefix, buffer_size, buffer_interval, .. } = &run.single;
    let mut destination = S3DestinationConfig {
        prefix: prefix.clone().unwrap_or_default(),
        error_output_prefix: error_output_prefix.clone(),
        compression: run
            .single
            .compression
            .map_or(S3DestinationConfig::default().compression, Into::into),
        ..S3DestinationConfig::default()
    };
    if let Some(megabytes) = buffer_size {
        destination.buffering.size = megabytes * MEGABYTE;
    }
    if let Some(seconds) = buffer_interval {
        destination.buffering.interval = Duration::from_secs(*seconds);
    }
    destination.dynamic_partitioning = destination.prefix.contains("!{partitionKeyFromLambda:");
    let source = match &run.single.kinesis_stream {
        Some(stream) => StreamSource::KinesisStream(stream.clone()),
        None => StreamSource::DirectPut,
    };
    let mut deployment = Deployment::default();
    if let Some(stream) = &run.single.kinesis_stream {
        deployment.kinesis_streams.insert(stream.clone(), KinesisStream { shards: 1 });
    }
    let mut stream = DeliveryStream::new(name, source, destination);
    stream.append_delimiter = run.single.append_delimiter;
    if run.function.is_given() {
        let arn = function_arn(&format!("{FUNCTION}:$LATEST"));
        let mut lambda = LambdaProcessorConfig::new(FUNCTION, arn);
        if let Some(bytes) = run.single.lambda_buffer_size {
            lambda.buffering.size = bytes;
        }
        if let Some(seconds) = run.single.lambda_buffer_interval {
            lambda.buffering.interval = Duration::from_secs(seconds);
        }
        lambda.retries = run.single.retries.unwrap_or(lambda.retries);
        stream.lambda = Some(lambda);
        let function = DeployedFunction {
            timeout: Duration::from_secs(60),
            memory_size: 512,
            ..DeployedFunction::default()
        };
        deployment.functions.insert(FUNCTION.to_owned(), function);
    }
    stream.check(flag).map_err(|InvalidSetting { setting, reason, .. }| {
        CommandError::usage(format!("{}: {reason}", flag(setting)))
    })?;
    deployment.delivery_streams.push(stream);
    Ok(deployment)
}

/// What flags call a setting.
fn flag(setting: Setting) -> &'static str {
    match setting {
        Setting::Name => "--delivery-stream",
        Setting::KinesisStream => "--kinesis-stream",
        Setting::Prefix => "--prefix",
        Setting::ErrorOutputPrefix => "--error-output-prefix",
        Setting::BufferSize => "--buffer-size",
        Setting::Lambda => "function (--package, --binary or --url)",
    }
}

/// Where the records are put to: what `--put-to` says, or the only place there is.
fn source(run: &Run, deployment: &Deployment) -> Result<StreamSource, CommandError> {
    let wanted = run.deployed.put_to.as_deref();
    if let Some(why) = wanted.and_then(|name| deployment.unsupported.get(name)) {
        return Err(CommandError::usage(format!(
            "{} cannot be run: {why}",
            wanted.unwrap_or_default()
        )));
    }
    let mut names: Vec<(&str, StreamSource)> = deployment
        .kinesis_streams
        .keys()
        .map(|name| (name.as_str(), StreamSource::KinesisStream(name.clone())))
        .collect();
    let direct =
        deployment.delivery_streams.iter().filter(|it| it.source == StreamSource::DirectPut);
    names.extend(direct.map(|stream| (stream.name.as_str(), StreamSource::DirectPut)));
    if let ([], [only]) = (names.as_slice(), run.deployed.only.as_slice()) {
        return Err(not_there(only, deployment));
    }
    if let (None, [only]) = (wanted, run.deployed.only.as_slice()) {
        let stream = deployment.delivery_streams.iter().find(|stream| stream.name == *only);
        return stream.map(|it| it.source.clone()).ok_or_else(|| not_there(only, deployment));
    }
    let listed = || names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match (wanted, names.as_slice()) {
        (Some(wanted), _) => {
            let found = names.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, source)| source.clone()).ok_or_else(|| {
                CommandError::usage(format!(
                    "nothing to put records to is called {wanted}; there are: {}{}",
                    listed(),
                    not_run(deployment)
                ))
            })
        }
        (None, [(_, source)]) => Ok(source.clone()),
        (None, []) => Err(CommandError::usage(format!(
            "{} has no delivery stream to S3 that can be run",
            run.deployed.template.display()
        ))),
        (None, _) => Err(CommandError::usage(format!(
            "--put-to has to say where the records are put to, one of: {}",
            listed()
        ))),
    }
}

/// The delivery streams that get the records: all with this source, or those of `--only`.
fn delivery_streams(
    run: &Run,
    deployment: &Deployment,
    source: &StreamSource,
) -> Result<Vec<Arc<DeliveryStream>>, CommandError> {
    let put_to = run.deployed.put_to.as_deref();
    let gets = |stream: &&DeliveryStream| {
        stream.source == *source
            && (*source != StreamSource::DirectPut || put_to.is_none_or(|name| name == stream.name))
    };
    let all: Vec<_> = deployment.delivery_streams.iter().filter(gets).collect();
    for only in &run.deployed.only {
        if !deployment.delivery_streams.iter().any(|stream| stream.name == *only) {
            return Err(not_there(only, deployment));
        }
        if !all.iter().any(|stream| stream.name == *only) {
            let reason = format!("{only} does not get the records: its source is another one");
            return Err(CommandError::usage(reason));
        }
    }
    let wanted = |stream: &&&DeliveryStream| {
        run.deployed.only.is_empty() || run.deployed.only.contains(&stream.name)
    };
    let wanted: Vec<_> = all.iter().filter(wanted).map(|it| Arc::new((**it).clone())).collect();
    if wanted.is_empty() {
        return Err(CommandError::usage("no delivery stream that can be run gets the records"));
    }
    Ok(wanted)
}

/// The delivery streams that cannot be run, and why: what they read is not among the sources then.
fn not_run(deployment: &Deployment) -> String {
    let unsupported = deployment.unsupported.iter();
    unsupported.map(|(name, why)| format!("; {name} cannot be run: {why}")).collect()
}

fn not_there(name: &str, deployment: &Deployment) -> CommandError {
    if let Some(why) = deployment.unsupported.get(name) {
        return CommandError::usage(format!("{name} cannot be run: {why}"));
    }
    let names = deployment.delivery_streams.iter().map(|stream| stream.name.as_str());
    let names = names.collect::<Vec<_>>().join(", ");
    CommandError::usage(format!("no delivery stream is called {name}; there are: {names}"))
}
