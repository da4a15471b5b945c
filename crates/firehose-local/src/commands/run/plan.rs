use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    super::command_error::CommandError,
    arguments::Run,
    single_stream::single_stream,
    stream_selection::{StreamSelection, reason},
    template_args::TemplateArgs,
};
use crate::terminal::eprint_error;
use firehose_delivery::{
    delivery_stream::{DeliveryStream, StreamSource},
    run::{Endpoint, max_record_bytes},
};
use firehose_template::{DeployedFunction, Deployment, GivenValues, InfrastructureCode};

/// The source of a run, the delivery streams that read it, and their functions.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) source: StreamSource,
    /// The number of shards of the source; 1 if the source is the delivery stream itself.
    pub(super) shards: u32,
    /// The largest record that producers can put into the source, in bytes.
    pub(super) max_record_bytes: usize,
    pub(super) delivery_streams: Vec<Arc<DeliveryStream>>,
    /// The endpoints of destinations, by the name of the delivery stream.
    pub(super) endpoints: BTreeMap<String, Endpoint>,
    /// The buckets of all delivery streams that read the source, including those that `--only` leaves
    /// out.
    pub(super) buckets: BTreeSet<String>,
    /// The functions that any delivery stream of the template invokes, by name.
    pub(super) functions: BTreeMap<String, DeployedFunction>,
    /// The folder in which functions are built.
    pub(super) folder: PathBuf,
    /// Settings of the template that may change or lose data.
    pub(super) warnings: Vec<String>,
    /// Parts of the template that are not run or not simulated.
    pub(super) notes: Vec<String>,
}

impl Plan {
    /// Creates the plan from the options and from the template. Without a template, the options
    /// describe a delivery stream.
    pub(super) fn new(run: &Run, code: Option<&InfrastructureCode>) -> Result<Self, CommandError> {
        let (deployment, folder) = match code {
            None => (single_stream(&run.stream, run.function.is_given())?, Path::new(".")),
            Some(code) => (read_deployment(run, code)?, code.folder()),
        };
        let warnings: Vec<_> = deployment.warnings.iter().map(ToString::to_string).collect();
        Self::of_deployment(run, deployment, folder).inspect_err(|_| {
            // The cause of the error can be in a warning, such as a repeated key `Resources`.
            for warning in &warnings {
                eprint_error(format_args!("warning: {warning}"));
            }
        })
    }

    fn of_deployment(
        run: &Run,
        deployment: Deployment,
        folder: &Path,
    ) -> Result<Self, CommandError> {
        let selection = StreamSelection::new(&run.template, &deployment);
        let source = selection.source()?;
        let delivery_streams = selection.delivery_streams(&source)?;
        let buckets = selection.buckets(&source);
        let kinesis_stream = match &source {
            StreamSource::DirectPut | StreamSource::MskTopic { .. } => None,
            StreamSource::KinesisStream(name) => {
                Some(deployment.kinesis_streams.get(name).cloned().unwrap_or_default())
            }
        };
        let shards = match (&kinesis_stream, run.template.shards) {
            (None, None) => 1,
            (None, Some(_)) => {
                return Err(CommandError::usage(
                    "--shards has no effect: the records are put into a delivery stream, and \
                     only a Kinesis stream has shards",
                ));
            }
            (Some(_), Some(shards)) => shards,
            (Some(stream), None) => stream.shards,
        };
        let max_record_bytes = match kinesis_stream {
            None => max_record_bytes(&source),
            Some(stream) => stream.max_record_kib as usize * 1024,
        };
        let is_selected = |names: &BTreeSet<String>| {
            names.is_empty() || delivery_streams.iter().any(|stream| names.contains(&stream.name))
        };
        // With `--only`, the user knows that no other delivery stream runs.
        let unsupported = deployment.unsupported.iter().filter(|_| run.template.only.is_empty());
        let unsupported = unsupported.map(|(name, stream)| reason("is not run", name, stream));
        let warnings = deployment.warnings.iter().filter(|it| is_selected(&it.delivery_streams));
        let warnings = warnings.map(ToString::to_string).collect();
        let notes = deployment.notes.iter().filter(|it| is_selected(&it.delivery_streams));
        let (endpoints, endpoint_notes) =
            run.endpoint.endpoints(&delivery_streams, |wanted| selection.name_of(wanted))?;
        let notes = unsupported.chain(notes.map(ToString::to_string));
        let notes = notes.chain(endpoint_notes).collect();
        let functions = deployment.functions;
        let folder = folder.to_owned();
        let plan = Self {
            source,
            shards,
            max_record_bytes,
            delivery_streams,
            endpoints,
            buckets,
            functions,
            folder,
            warnings,
            notes,
        };
        run.function.check(&plan.invoked(), |name| plan.functions.contains_key(name))?;
        Ok(plan)
    }

    /// Returns the functions that the delivery streams invoke, each once.
    fn invoked(&self) -> Vec<&str> {
        let lambdas = self.delivery_streams.iter().filter_map(|stream| stream.lambda.as_ref());
        let mut names: Vec<_> = lambdas.map(|lambda| lambda.function.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

pub(super) fn read_deployment(
    run: &Run,
    code: &InfrastructureCode,
) -> Result<Deployment, CommandError> {
    let TemplateArgs { parameters, imports, values, .. } = &run.template;
    let given = GivenValues {
        parameters: parameters.iter().cloned().collect(),
        imports: imports.iter().cloned().collect(),
        properties: values.iter().cloned().collect(),
    };
    read_code(code, &given)
}

/// Reads the deployment of infrastructure code. An error names the options that supply missing
/// values.
pub(in crate::commands) fn read_code(
    code: &InfrastructureCode,
    given: &GivenValues,
) -> Result<Deployment, CommandError> {
    let path = code.path().display();
    code.read(given).map_err(|error| {
        let options = error.missing_parameters();
        let options: Vec<_> =
            options.iter().map(|name| format!("--parameter {name}=VALUE")).collect();
        let remedy = match options.as_slice() {
            [] => String::new(),
            options => format!("; add {}", options.join(" ")),
        };
        CommandError::usage(format!("{path}: {error}{remedy}"))
    })
}
