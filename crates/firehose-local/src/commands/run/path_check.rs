use std::path::Path;

use super::{
    super::{command_error::CommandError, open_log::check_log, path_conflicts::CommandPaths},
    arguments::Run,
};

/// Rejects output paths that conflict with another path of the command, or that would overwrite a
/// file which `firehose-local` did not write.
pub(super) fn check(run: &Run) -> Result<(), CommandError> {
    let has_template = run.stream.delivery_stream.is_none();
    let mut paths = CommandPaths::of_files(&run.input, "records")
        .reads("the template", has_template.then_some(run.template.path.as_path()))
        .reads("the function", run.function.named.executable.binary.as_deref())
        .stores("--to", Some(&run.store.to))
        .writes("--log", run.function.invocations.log_file(), check_log);
    for (_, function) in &run.function.functions {
        paths = paths.reads("a function", Some(Path::new(function)));
    }
    paths.check()
}
