use std::path::Path;

use super::{
    super::{command_error::CommandError, open_log::check_log, path_conflicts::CommandPaths},
    arguments::Run,
};
use firehose_delivery::run::PositionsFile;

/// Rejects output paths that conflict with another path of the command, or that would overwrite a
/// file which `firehose-local` did not write.
pub(super) fn check(run: &Run) -> Result<(), CommandError> {
    let executable = &run.function.named.executable;
    let has_template = run.stream.delivery_stream.is_none();
    let mut paths = CommandPaths::of_files(&run.input, "records")
        .reads("the template", has_template.then_some(run.template.path.as_path()))
        .reads("the function", executable.binary.as_deref())
        .reads("the pipeline", executable.pipeline.as_deref())
        .stores("--to", Some(&run.store.to))
        .writes("--log", run.function.invocations.log_file(), check_log)
        .writes("--positions", run.resuming.positions.as_deref(), check_positions);
    if run.resuming.positions != run.resuming.resume {
        paths = paths.reads("the summary of the earlier run", run.resuming.resume.as_deref());
    }
    for (_, function) in &run.function.functions {
        paths = paths.reads("a function", Some(Path::new(function)));
    }
    paths.check()
}

fn check_positions(path: &Path) -> Result<(), String> {
    PositionsFile::check(path)
        .map_err(|error| format!("--positions {}: {error}: choose another file", path.display()))
}
