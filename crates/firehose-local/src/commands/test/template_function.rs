use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;

use super::super::{command_error::CommandError, run::parse_assignment};
use crate::package::{self, Target};
use firehose_delivery::{
    function::ProcessSettings,
    source::{MAX_WHOLE_FILE_BYTES, read_whole_text},
};
use firehose_template::{DeployedFunction, GivenValues, read_cloudformation};

/// A function of a template, with the environment and the memory that the template gives it.
#[derive(Args, Debug)]
#[group(skip)]
pub(super) struct TemplateFunctionArgs {
    /// Build and run this function of the template, with its environment variables
    ///
    /// ID is the logical id of a function that a delivery stream invokes.
    #[arg(long, value_name = "ID", conflicts_with_all = ["package", "binary", "url"])]
    pub(super) function: Option<String>,

    /// CloudFormation or SAM template of --function
    #[arg(
        id = "template",
        long,
        value_name = "FILE",
        default_value = "template.yaml",
        requires = "function",
        conflicts_with_all = ["package", "binary", "url"]
    )]
    path: PathBuf,

    /// Set a parameter of the template, in place of its default; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_assignment,
          requires = "function", conflicts_with_all = ["package", "binary", "url"])]
    parameters: Vec<(String, String)>,
}

impl TemplateFunctionArgs {
    /// Builds a function of the template. Returns the settings of its process.
    pub(super) async fn build(
        &self,
        id: &str,
        release: bool,
    ) -> Result<ProcessSettings, CommandError> {
        let function = self.read(id)?;
        let Some(target) = &function.binary else {
            let path = self.path.display();
            return Err(CommandError::usage(format!(
                "{path}: {id} does not name an executable that cargo builds (Metadata: \
                 BuildMethod, BuildProperties: Binary); use --binary PATH in place of --function"
            )));
        };
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let binary = package::build(Target::Binary(target), release, folder).await?;
        Ok(ProcessSettings {
            arguments: Vec::new(),
            binary,
            memory_size: function.memory_size,
            environment: function.environment,
        })
    }

    fn read(&self, id: &str) -> Result<DeployedFunction, CommandError> {
        let path = self.path.display();
        let text = read_whole_text(&self.path, MAX_WHOLE_FILE_BYTES)
            .map_err(|error| CommandError::usage(error.to_string()))?;
        let given = GivenValues {
            parameters: self.parameters.iter().cloned().collect(),
            imports: BTreeMap::new(),
            properties: BTreeMap::new(),
        };
        let deployment = read_cloudformation(&text, &given).map_err(|error| {
            let missing = error.missing_parameters();
            let remedy: String =
                missing.iter().map(|name| format!(" --parameter {name}=VALUE")).collect();
            let with = if remedy.is_empty() { "" } else { " with" };
            CommandError::usage(format!("{path}: {error}{with}{remedy}"))
        })?;
        let mut functions = deployment.functions;
        functions.remove(id).ok_or_else(|| {
            let names: Vec<_> = functions.keys().map(String::as_str).collect();
            let known = match names.as_slice() {
                [] => "no delivery stream invokes a function".to_owned(),
                names => format!("the delivery streams invoke: {}", names.join(", ")),
            };
            CommandError::usage(format!("{path}: no delivery stream invokes {id}; {known}"))
        })
    }
}
