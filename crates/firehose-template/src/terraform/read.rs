use std::{path::Path, thread};

use super::{
    configuration::Configuration,
    evaluation::{AbsentResource, Evaluator, ResourceList},
    property_tree::{PropertyTree, is_read},
    shown,
};
use crate::{
    cloudformation::{read_document, read_function_of_document},
    deployment::{DeployedFunction, Deployment, Note, UndeployedStream},
    error::TemplateError,
    given_values::GivenValues,
};

/// The size of the stack of the thread that evaluates a configuration, in bytes. Expressions and
/// references may be nested 1,000 levels deep.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// The translated resources of a configuration, and the given values that the evaluation has not used.
struct TranslatedCode {
    tree: PropertyTree,
    given: GivenValues,
    /// The delivery streams and functions without instances.
    absent: Vec<AbsentResource>,
    /// The modules whose files are not here: the address and the source.
    skipped: Vec<(String, String)>,
}

/// Reads the delivery streams of a folder with `.tf` files.
///
/// # Errors
///
/// If a file is not valid, if `given` has a variable that the root module does not have, or if
/// Terraform or AWS would reject a value that is read.
pub(crate) fn read_folder(folder: &Path, given: &GivenValues) -> Result<Deployment, TemplateError> {
    on_large_stack(|| {
        let TranslatedCode { tree, given, absent, skipped } = translate_folder(folder, given)?;
        let mut deployment = read_document(&tree.document, &given, Some(&tree.addresses))?;
        let absent = absent.into_iter().filter(|it| it.is_delivery_stream);
        deployment.not_deployed.extend(absent.map(|it| (it.address, it.undeployed)));
        if skipped.is_empty() {
            return Ok(deployment);
        }
        let is_empty = deployment.delivery_streams.is_empty()
            && deployment.unsupported.is_empty()
            && deployment.not_deployed.is_empty();
        let modules = skipped.iter().map(|(address, _)| address.as_str());
        let modules = modules.collect::<Vec<_>>().join(", ");
        if is_empty {
            let sources = skipped.iter().map(|(_, source)| source.as_str());
            let reason = format!(
                "no file here has an aws_kinesis_firehose_delivery_stream, and the modules {} are \
                 not on this machine; `terraform init` downloads them, and the output of \
                 `terraform show -json` of a plan has their resources",
                sources.collect::<Vec<_>>().join(", ")
            );
            return Err(TemplateError::not_simulated(modules, reason));
        }
        deployment.note(modules, "not on this machine and not read");
        Ok(deployment)
    })
}

/// Reads one function of a folder with `.tf` files, by its address.
///
/// # Errors
///
/// See [`read_folder`]. Also fails if the configuration has no function with this address.
pub(crate) fn read_folder_function(
    folder: &Path,
    id: &str,
    given: &GivenValues,
) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
    on_large_stack(|| {
        let TranslatedCode { tree, given, absent, .. } = translate_folder(folder, given)?;
        let is_instance = |address: &str| {
            id.strip_prefix(address).is_some_and(|key| key.is_empty() || key.starts_with('['))
        };
        if let Some(absent) = absent.into_iter().find(|it| is_instance(&it.address)) {
            let UndeployedStream { reason, deciding } = absent.undeployed;
            return Err(TemplateError::not_deployed(id, &reason, deciding));
        }
        read_function_of_document(&tree.document, id, &given, Some(&tree.addresses))
    })
}

/// Reads the delivery streams in the output of `terraform show -json`.
///
/// # Errors
///
/// If the text is not such an output, or if AWS would reject a value that is read.
pub(crate) fn read_shown(text: &str, given: &GivenValues) -> Result<Deployment, TemplateError> {
    on_large_stack(|| {
        let tree = PropertyTree::new(&shown::read_resources(text)?, [].into_iter());
        read_document(&tree.document, given, Some(&tree.addresses))
    })
}

/// Reads one function in the output of `terraform show -json`, by its address.
///
/// # Errors
///
/// See [`read_shown`]. Also fails if the output has no function with this address.
pub(crate) fn read_shown_function(
    text: &str,
    id: &str,
    given: &GivenValues,
) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
    on_large_stack(|| {
        let tree = PropertyTree::new(&shown::read_resources(text)?, [].into_iter());
        read_function_of_document(&tree.document, id, given, Some(&tree.addresses))
    })
}

fn translate_folder(folder: &Path, given: &GivenValues) -> Result<TranslatedCode, TemplateError> {
    let configuration = Configuration::read(folder)?;
    let variables = &configuration.modules[0].variables;
    if let Some(unknown) = given.parameters.keys().find(|name| !variables.contains_key(*name)) {
        let known: Vec<_> = variables.keys().map(String::as_str).collect();
        let reason = match known.as_slice() {
            [] => format!("the configuration has no variables; remove the value of {unknown}"),
            known => format!(
                "the configuration has no variable {unknown}; its variables are {}",
                known.join(", ")
            ),
        };
        return Err(TemplateError::wrong("variable", reason));
    }
    let evaluator = Evaluator::new(&configuration, given);
    let ResourceList { resources, absent } = evaluator.resources(&is_read);
    let tree = PropertyTree::new(&resources, variables.keys().map(String::as_str));
    let (given, skipped) = (evaluator.unused(), evaluator.skipped_modules());
    Ok(TranslatedCode { tree, given, absent, skipped })
}

/// Runs a recursive evaluation on a thread with a large stack. The operating system provides only
/// the part of the stack that is used.
fn on_large_stack<T: Send>(
    evaluate: impl FnOnce() -> Result<T, TemplateError> + Send,
) -> Result<T, TemplateError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, evaluate);
        let thread = thread.map_err(|error| {
            TemplateError::wrong("", format!("the evaluation cannot start a thread: {error}"))
        })?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
