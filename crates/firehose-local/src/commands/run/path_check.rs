use super::{
    super::{command_error::CommandError, path_conflicts::InputPaths},
    arguments::Run,
};

/// Rejects output paths inside the input. Such an output would become input of this run or of the
/// next run, or would replace the input.
pub(super) fn check(run: &Run) -> Result<(), CommandError> {
    let inputs = InputPaths::files(&run.input, "records");
    inputs.reject_store("--to", &run.store.to)?;
    match run.function.invocations.log_file() {
        Some(log) => inputs.reject_file("--log", log),
        None => Ok(()),
    }
}
