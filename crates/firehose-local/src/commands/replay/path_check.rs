use std::path::Path;

use super::{
    super::{command_error::CommandError, open_log::check_log, path_conflicts::CommandPaths},
    arguments::Replay,
};

/// Rejects output paths that conflict with another path of the command, or that would overwrite a
/// file which `firehose-local` did not write. Rejects input paths without a file or folder.
pub(super) fn check(replay: &Replay) -> Result<(), CommandError> {
    let executable = &replay.invoked.function.executable;
    let force = replay.remaining.force;
    let may_replace = move |rest: &Path| match !force && rest.exists() {
        true => Err(format!(
            "{} exists: add --force to replace it, or choose another file for --rest",
            rest.display()
        )),
        false => Ok(()),
    };
    CommandPaths::of_objects(&replay.objects, "failed records")?
        .reads("the template", replay.template.path())
        .reads("the function", executable.binary.as_deref())
        .reads("the pipeline", executable.pipeline.as_deref())
        .stores("--to", replay.recovered.to.as_deref())
        .writes("--log", replay.invoked.invocations.log_file(), check_log)
        .writes("--rest", replay.remaining.rest.as_deref(), may_replace)
        .check()
}
