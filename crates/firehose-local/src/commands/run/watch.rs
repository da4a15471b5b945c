use std::{
    env, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process,
};

use tokio::{
    process::{Child, Command},
    runtime,
};

use super::{
    super::{command_error::CommandError, files_state::WatchedFiles},
    arguments::Run,
    plan::read_deployment,
    template_args::open_code,
};
use crate::{
    exit_code::ExitCode,
    interrupt::Signals,
    terminal::{clear_terminal, eprint_error},
};
use firehose_template::FunctionCode;

impl Run {
    /// Runs the command again after each change, until a signal ends the program. Each run is a process
    /// of its own, so that a signal ends a run as it ends a run without `--watch`.
    pub(super) fn watch(&self) -> ExitCode {
        if self.input.iter().any(|path| path.as_os_str() == "-") {
            let reason = "--watch needs files: standard input can be read only once";
            return CommandError::usage(reason).print(self.json);
        }
        let watched = runtime::Builder::new_current_thread().enable_all().build();
        let watched = watched.and_then(|runtime| runtime.block_on(self.run_after_changes()));
        watched.unwrap_or_else(|error| {
            let reason = format!("cannot run firehose-local again: {error}");
            CommandError { reason, code: ExitCode::CouldNotStart }.print(self.json)
        })
    }

    async fn run_after_changes(&self) -> io::Result<ExitCode> {
        let mut signals = Signals::new()?;
        let mut watched = self.watched_files();
        let mut state = watched.state();
        loop {
            if let Err(code) = clear_terminal() {
                return Ok(code);
            }
            let mut run = own_process()?;
            if let Some(code) = until_end(&mut run, &mut signals).await? {
                return Ok(code);
            }
            eprint_error("waiting for a change of the files; Ctrl-C ends the command");
            tokio::select! {
                changed = watched.change_from(&state) => state = changed,
                _ = signals.next() => return Ok(ExitCode::Interrupted),
            }
            // A change of the template can name other code.
            let now = self.watched_files();
            if now.paths != watched.paths {
                watched = now;
                state = watched.state();
            }
        }
    }

    /// Returns the files that a run reads, and the paths that it writes.
    fn watched_files(&self) -> WatchedFiles {
        let executable = &self.function.named.executable;
        let mut paths: Vec<PathBuf> = Vec::new();
        if self.stream.delivery_stream.is_none() {
            paths.push(self.template.path.clone());
            paths.extend(self.code_of_functions());
        }
        paths.extend(executable.binary.iter().chain(&executable.pipeline).cloned());
        paths.extend(self.function.functions.iter().map(|(_, path)| PathBuf::from(path)));
        if executable.handler.handler.is_some() {
            paths.push(executable.handler.folder().to_owned());
        }
        if executable.package.is_some() {
            paths.push(".".into());
        }
        let log = self.function.invocations.log_file().map(Path::to_owned);
        WatchedFiles {
            paths,
            input: self.input.clone(),
            written: [self.store.to.clone()].into_iter().chain(log).collect(),
        }
    }

    /// Returns the code of the functions in the template. Returns nothing if the template cannot be read:
    /// the run reports the error.
    fn code_of_functions(&self) -> Vec<PathBuf> {
        let Ok(code) = open_code(&self.template.path) else { return Vec::new() };
        let Ok(deployment) = read_deployment(self, &code) else { return Vec::new() };
        let folder = code.folder();
        let functions = deployment.functions.values();
        let paths = functions.filter_map(|function| match (&function.code, &function.binary) {
            // cargo builds the workspace of the template.
            (_, Some(_)) => Some(folder.to_owned()),
            (Some(FunctionCode::Path(path)), None) => Some(folder.join(path)),
            (_, None) => None,
        });
        paths.collect()
    }
}

/// Starts this command without `--watch`, in a process group of its own: signals of the terminal reach
/// only this process, which passes them on.
fn own_process() -> io::Result<Child> {
    let arguments = env::args_os().skip(1).filter(|argument| argument != "--watch");
    let mut command = process::Command::new(env::current_exe()?);
    command.args(arguments).process_group(0);
    Command::from(command).spawn()
}

/// Waits for the end of a run, and sends each signal to it. Returns the exit code after a signal.
async fn until_end(run: &mut Child, signals: &mut Signals) -> io::Result<Option<ExitCode>> {
    let mut is_interrupted = false;
    loop {
        tokio::select! {
            ended = run.wait() => {
                ended?;
                return Ok(is_interrupted.then_some(ExitCode::Interrupted));
            }
            signal = signals.next() => {
                is_interrupted = true;
                signal.send(run.id());
            }
        }
    }
}
