use super::{
    super::{command_error::CommandError, path_conflicts::InputPaths},
    arguments::Replay,
};

/// Rejects output paths that are below an input, or that replace an input. Rejects files and
/// folders that are missing in the input.
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
