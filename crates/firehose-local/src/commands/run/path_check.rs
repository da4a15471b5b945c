use super::{
    super::{command_error::CommandError, path_conflicts::Inputs},
    arguments::Run,
};

/// Finds out whether what is to be written would be read in turn, by this run or by the next, or
/// take the place of what is to be read.
pub(super) fn check(run: &Run) -> Result<(), CommandError> {
    let inputs = Inputs::files(&run.input, "records");
    inputs.refuse_store("--to", &run.store.to)?;
    match run.function.invocations.log_file() {
        Some(log) => inputs.refuse_file("--log", log),
        None => Ok(()),
    }
}
