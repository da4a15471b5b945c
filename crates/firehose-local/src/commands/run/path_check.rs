use super::{
    super::{command_error::CommandError, path_conflicts::InputPaths},
    arguments::Run,
};

/// Finds out whether what is to be written would be read in turn, by this run or by the next, or
/// take the place of what is to be read.
pub(super) fn check(run: &Run) -> Result<(), CommandError> {
    let inputs = InputPaths::files(&run.input, "records");
    inputs.reject_store("--to", &run.store.to)?;
    match run.function.invocations.log_file() {
        Some(log) => inputs.reject_file("--log", log),
        None => Ok(()),
    }
}
