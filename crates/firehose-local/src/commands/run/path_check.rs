use super::{
    super::{command_error::CommandError, path_conflicts::InputPaths},
    arguments::Run,
};

/// Rejects output paths inside the input: this run or the next one would read its own output, or the
/// output would replace the input.
pub(super) fn check(run: &Run) -> Result<(), CommandError> {
    let inputs = InputPaths::files(&run.input, "records");
    inputs.reject_store("--to", &run.store.to)?;
    match run.function.invocations.log_file() {
        Some(log) => inputs.reject_file("--log", log),
        None => Ok(()),
    }
}
