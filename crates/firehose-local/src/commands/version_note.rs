use crate::terminal::eprint_error;
use firehose_delivery::function::ProcessSettings;

/// Prints a note if the installed interpreter has another version than the function's runtime.
pub(super) fn note_version(name: &str, process: &ProcessSettings) {
    let versions = process.handler.as_ref().and_then(|handler| handler.other_version());
    if let Some((runtime, installed)) = versions {
        eprint_error(format_args!(
            "note: {name}: the runtime is {runtime}, and the installed interpreter is {installed}"
        ));
    }
}
