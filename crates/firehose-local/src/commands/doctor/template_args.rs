use std::{path::PathBuf, time::Duration};

use clap::Args;
use firehose_fixtures::SourceShape;

use super::{
    super::{
        command_error::CommandError,
        replay::TemplateStream,
        run::{PIPELINE_VARIABLE, open_code, parse_assignment, read_code},
        template_code::TemplateCode,
    },
    code_language::CodeLanguage,
};
use crate::{
    package::{self, Target},
    terminal::eprint_error,
};
use firehose_delivery::{delivery_stream::StreamSource, function::ProcessSettings};
use firehose_template::{DeployedFunction, GivenValues, InfrastructureCode};

/// The template whose delivery stream has the function.
#[derive(Args, Debug)]
#[command(next_help_heading = "Template")]
pub(super) struct DoctorTemplateArgs {
    /// Examine the function that a delivery stream of this infrastructure code invokes
    ///
    /// Accepts the same files and folders as `run`. The function runs with its environment variables and
    /// its Timeout.
    #[arg(id = "template", long, value_name = "PATH")]
    path: Option<PathBuf>,

    /// Delivery stream by its name, logical id or address, or function by its logical id or address
    ///
    /// Needed if several delivery streams invoke a function.
    #[arg(long, value_name = "NAME|ID", requires = "template")]
    only: Option<String>,

    /// Set a parameter of the template, or a variable of Terraform; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_assignment,
          requires = "template")]
    parameters: Vec<(String, String)>,

    /// Give the value of another stack's export, for Fn::ImportValue; may be repeated
    #[arg(long = "import", value_name = "NAME=VALUE", value_parser = parse_assignment,
          requires = "template")]
    imports: Vec<(String, String)>,

    /// Give the value of a property, in place of the template's value; may be repeated
    #[arg(long = "value", value_name = "PATH=VALUE", value_parser = parse_assignment,
          requires = "template")]
    values: Vec<(String, String)>,
}

/// A function of a template that can be started.
#[derive(Debug)]
pub(super) struct TemplateFunction {
    pub(super) name: String,
    pub(super) settings: ProcessSettings,
    pub(super) language: CodeLanguage,
    pub(super) timeout: Duration,
    /// The source of its delivery stream, if the template has the delivery stream.
    pub(super) source: Option<SourceShape>,
}

/// A function as a template deploys it.
struct Deployed {
    name: String,
    function: DeployedFunction,
    source: Option<SourceShape>,
}

impl DoctorTemplateArgs {
    /// Returns the path of the template.
    pub(super) fn path(&self) -> Option<&std::path::Path> {
        self.path.as_deref()
    }

    /// Builds the function of the template. Returns `None` without `--template`.
    ///
    /// # Errors
    ///
    /// If the template cannot be read, names no function, or if the function cannot be built.
    pub(super) async fn function(
        &self,
        release: bool,
    ) -> Result<Option<TemplateFunction>, CommandError> {
        let Some(path) = &self.path else { return Ok(None) };
        let code = open_code(path).map_err(|error| CommandError::usage(error.to_string()))?;
        let Deployed { name, function, source } = self.deployed(&code)?;
        let has_pipeline = function.environment.contains_key(PIPELINE_VARIABLE);
        if has_pipeline && function.handler.is_none() {
            return Err(CommandError::usage(format!(
                "{name}: the function runs the pipeline in {PIPELINE_VARIABLE}; write the pipeline to a \
                 file, and name it with --pipeline FILE in place of --template"
            )));
        }
        let process = match &function.binary {
            Some(target) => {
                let built = package::build(Target::Binary(target), release, code.folder()).await?;
                ProcessSettings::new(&built)
            }
            None => {
                let options = "--binary PATH, in place of --template";
                let (deployed, folder) = (&function, code.folder());
                let code =
                    TemplateCode { command: "doctor", name: &name, deployed, folder, options };
                code.process().await?
            }
        };
        let language = match CodeLanguage::of_handler(&process) {
            Some(language) => language,
            None if function.binary.is_some() => CodeLanguage::Rust,
            None => CodeLanguage::Unknown,
        };
        let settings = ProcessSettings {
            memory_size: function.memory_size,
            environment: function.environment,
            ..process
        };
        Ok(Some(TemplateFunction { name, settings, language, timeout: function.timeout, source }))
    }

    /// Reads the function of a delivery stream, or the function that `--only` names.
    fn deployed(&self, code: &InfrastructureCode) -> Result<Deployed, CommandError> {
        let given = GivenValues {
            parameters: self.parameters.iter().cloned().collect(),
            imports: self.imports.iter().cloned().collect(),
            properties: self.values.iter().cloned().collect(),
        };
        let deployment = read_code(code, &given)?;
        let mut functions: Vec<_> =
            deployment.delivery_streams.iter().filter_map(|it| it.lambda.as_ref()).collect();
        functions.dedup_by(|one, other| one.function == other.function);
        // Several delivery streams may invoke one function.
        let only = match (&self.only, functions.as_slice()) {
            (None, [lambda]) => {
                let invokes = |stream: &&firehose_delivery::delivery_stream::DeliveryStream| {
                    stream.lambda.as_ref().is_some_and(|it| it.function == lambda.function)
                };
                deployment.delivery_streams.iter().find(invokes).map(|it| it.name.clone())
            }
            (only, _) => only.clone(),
        };
        match TemplateStream::choose(code, deployment, only.as_deref()) {
            Ok((TemplateStream { stream, function: Some((name, function)), .. }, warnings)) => {
                warnings.iter().for_each(eprint_error);
                let source = Some(match stream.source {
                    StreamSource::KinesisStream(_) => SourceShape::Kinesis,
                    StreamSource::MskTopic { .. } => SourceShape::Msk,
                    StreamSource::DirectPut => SourceShape::DirectPut,
                });
                Ok(Deployed { name, function, source })
            }
            Ok((TemplateStream { stream, .. }, _)) => Err(CommandError::usage(format!(
                "the delivery stream {} invokes no function",
                stream.name
            ))),
            Err(error) => {
                let Some(id) = &only else { return Err(error) };
                // A function need not belong to a delivery stream of the template.
                let (function, _) = code.read_function(id, &given).map_err(|_| error)?;
                Ok(Deployed { name: id.clone(), function, source: None })
            }
        }
    }
}
