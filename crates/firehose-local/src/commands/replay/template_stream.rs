use std::path::{Path, PathBuf};

use super::super::{command_error::CommandError, run::reason};
use firehose_delivery::delivery_stream::DeliveryStream;
use firehose_template::{DeployedFunction, Deployment, InfrastructureCode};

/// A delivery stream of a template, and the function that it invokes.
#[derive(Debug)]
pub(in crate::commands) struct TemplateStream {
    pub(in crate::commands) stream: DeliveryStream,
    /// The name and the settings of the function, if the delivery stream invokes one.
    pub(in crate::commands) function: Option<(String, DeployedFunction)>,
    /// The folder of the template.
    pub(in crate::commands) folder: PathBuf,
}

impl TemplateStream {
    /// Returns the delivery stream with the name or the logical id `only`, or the only delivery stream
    /// that invokes a function. Also returns the warnings and notes on this delivery stream.
    pub(in crate::commands) fn choose(
        code: &InfrastructureCode,
        mut deployment: Deployment,
        only: Option<&str>,
    ) -> Result<(Self, Vec<String>), CommandError> {
        let streams = &deployment.delivery_streams;
        let index = match only {
            Some(wanted) => {
                let name = deployment.names.get(wanted).map_or(wanted, String::as_str);
                if let Some(unsupported) = deployment.unsupported.get(name) {
                    let reason = reason("cannot be simulated", name, unsupported);
                    return Err(CommandError::usage(reason));
                }
                streams.iter().position(|stream| stream.name == name)
            }
            None => {
                let mut invoking =
                    streams.iter().enumerate().filter(|(_, stream)| stream.lambda.is_some());
                match (invoking.next(), invoking.next()) {
                    (Some((index, _)), None) => Some(index),
                    _ => None,
                }
            }
        };
        let Some(index) = index else {
            return Err(CommandError::usage(unknown(code.path(), &deployment, only)));
        };
        let stream = deployment.delivery_streams.swap_remove(index);
        let warnings = deployment
            .warnings
            .iter()
            .filter(|it| {
                it.delivery_streams.is_empty() || it.delivery_streams.contains(&stream.name)
            })
            .map(|warning| format!("warning: {warning}"));
        let notes = deployment
            .notes
            .iter()
            .filter(|it| {
                it.delivery_streams.is_empty() || it.delivery_streams.contains(&stream.name)
            })
            .map(|note| format!("note: {note}"));
        let warnings = warnings.chain(notes).collect();
        let function = stream.lambda.as_ref().map(|lambda| {
            let function = deployment.functions.remove(&lambda.function).unwrap_or_default();
            (lambda.function.clone(), function)
        });
        let folder = code.folder().to_owned();
        Ok((Self { stream, function, folder }, warnings))
    }
}

/// Returns the message that no delivery stream is selected, with the names of the delivery streams.
fn unknown(path: &Path, deployment: &Deployment, only: Option<&str>) -> String {
    let streams = deployment.delivery_streams.iter();
    let names: Vec<_> = streams
        .filter(|stream| only.is_some() || stream.lambda.is_some())
        .map(|stream| stream.name.as_str())
        .collect();
    let path = path.display();
    match (only, names.as_slice()) {
        (_, []) => {
            let unsupported = deployment.unsupported.iter();
            let reasons = unsupported
                .map(|(name, stream)| format!("; {}", reason("cannot be simulated", name, stream)));
            let reasons: String = reasons.collect();
            format!("{path} has no delivery stream that invokes a function{reasons}")
        }
        (Some(only), names) => format!(
            "no delivery stream has the name or the logical id {only}; the delivery streams are: {}",
            names.join(", ")
        ),
        (None, names) => format!(
            "several delivery streams of {path} invoke a function; select one with --only: {}",
            names.join(", ")
        ),
    }
}
