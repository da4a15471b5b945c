use std::path::PathBuf;

use clap::Args;

use super::super::{
    command_error::CommandError,
    missing_options::missing_options,
    run::{open_code, parse_assignment},
    template_code::TemplateCode,
};
use crate::{
    package::{self, Target},
    terminal::eprint_error,
};
use firehose_delivery::function::ProcessSettings;
use firehose_template::{DeployedFunction, GivenValues};

/// A function of a template, with the environment and the memory that the template gives it.
#[derive(Args, Debug)]
#[group(skip)]
pub(super) struct TemplateFunctionArgs {
    /// Run this function of the template, with its environment variables; cargo builds it if needed
    ///
    /// ID is the logical id of the function, or its address in Terraform. The function need not
    /// belong to a delivery stream.
    #[arg(long, value_name = "ID", conflicts_with_all = ["package", "binary", "handler", "url"])]
    pub(super) function: Option<String>,

    /// Template or folder with the infrastructure code of --function; any that `run` accepts
    #[arg(
        id = "template",
        long,
        value_name = "PATH",
        default_value = "template.yaml",
        requires = "function",
        conflicts_with_all = ["package", "binary", "handler", "url"]
    )]
    path: PathBuf,

    /// Set a parameter of the template, or a variable of Terraform; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_assignment,
          requires = "function", conflicts_with_all = ["package", "binary", "handler", "url"])]
    parameters: Vec<(String, String)>,

    /// Give the value of another stack's export, for Fn::ImportValue; may be repeated
    #[arg(long = "import", value_name = "NAME=VALUE", value_parser = parse_assignment,
          requires = "function", conflicts_with_all = ["package", "binary", "handler", "url"])]
    imports: Vec<(String, String)>,

    /// Give the value of a property, in place of the template's value; may be repeated
    ///
    /// PATH is the path of the property as messages show it, such as
    /// Resources.Function.Properties.MemorySize. Use this option for a value that only a deployed
    /// stack has.
    #[arg(long = "value", value_name = "PATH=VALUE", value_parser = parse_assignment,
          requires = "function", conflicts_with_all = ["package", "binary", "handler", "url"])]
    values: Vec<(String, String)>,
}

impl TemplateFunctionArgs {
    /// Builds a function of the template. Returns the settings of its process.
    pub(super) async fn build(
        &self,
        id: &str,
        release: bool,
    ) -> Result<ProcessSettings, CommandError> {
        let (function, folder) = self.read(id)?;
        let process = match &function.binary {
            Some(target) => {
                let binary = package::build(Target::Binary(target), release, &folder).await?;
                ProcessSettings::new(&binary)
            }
            None => {
                let options = "--binary PATH or --pipeline FILE, in place of --function";
                let (deployed, folder) = (&function, folder.as_path());
                let code = TemplateCode { command: "test", name: id, deployed, folder, options };
                code.process().await.map_err(|CommandError { reason, code }| {
                    let reason = format!("{}: {reason}", self.path.display());
                    CommandError { reason, code }
                })?
            }
        };
        Ok(ProcessSettings {
            memory_size: function.memory_size,
            environment: function.environment,
            ..process
        })
    }

    /// Reads the function, and returns the folder in which it is built.
    fn read(&self, id: &str) -> Result<(DeployedFunction, PathBuf), CommandError> {
        let code = open_code(&self.path).map_err(|error| CommandError::usage(error.to_string()))?;
        let path = code.path().display();
        let given = GivenValues {
            parameters: self.parameters.iter().cloned().collect(),
            imports: self.imports.iter().cloned().collect(),
            properties: self.values.iter().cloned().collect(),
        };
        let read = code.read_function(id, &given);
        let (function, notes) = read.map_err(|error| {
            let remedy = missing_options(&error.missing_values());
            let with = if remedy.is_empty() { "" } else { "; add" };
            CommandError::usage(format!("{path}: {error}{with}{remedy}"))
        })?;
        for note in notes {
            eprint_error(format_args!("note: {note}"));
        }
        Ok((function, code.folder().to_owned()))
    }
}
