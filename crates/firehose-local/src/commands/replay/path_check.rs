use super::{
    super::{command_error::CommandError, path_conflicts::InputPaths},
    arguments::Replay,
};

/// Rejects paths to write that are below an input, or replace an input. Inputs that are files or
/// folders must exist.
pub(super) fn check(replay: &Replay) -> Result<(), CommandError> {
    let inputs = InputPaths::objects(&replay.objects, "failed records")?;
    if let Some(to) = &replay.recovered.to {
        inputs.reject_store("--to", to)?;
    }
    if let Some(log) = replay.invoked.invocations.log_file() {
        inputs.reject_file("--log", log)?;
    }
    let Some(rest) = &replay.remaining.rest else { return Ok(()) };
    inputs.reject_file("--rest", rest)?;
    if !replay.remaining.force && rest.exists() {
        let rest = rest.display();
        return Err(CommandError::usage(format!(
            "{rest} exists: add --force to replace it, or choose another file for --rest"
        )));
    }
    Ok(())
}
