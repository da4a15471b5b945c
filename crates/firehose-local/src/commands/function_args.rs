use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use reqwest::Url;

use super::{command_error::CommandError, handler_args::HandlerArgs};
use crate::package::{self, Target};
use firehose_delivery::function::ProcessSettings;

/// The function that a command starts: an executable, a handler, or a pipeline.
#[derive(Args, Clone, Debug)]
// By default, clap adds a group with all arguments of the struct.
#[group(skip)]
pub(super) struct ExecutableArgs {
    /// Build this package of the workspace, and run it as the function
    #[arg(long, value_name = "NAME", conflicts_with = "binary")]
    pub(super) package: Option<String>,

    /// Run this executable as the function: a `bootstrap` in any language
    #[arg(long, value_name = "PATH")]
    pub(super) binary: Option<PathBuf>,

    /// Run the pipeline of this file as the function
    #[arg(long, value_name = "FILE", conflicts_with_all = ["package", "binary"])]
    pub(super) pipeline: Option<PathBuf>,

    #[command(flatten)]
    pub(super) handler: HandlerArgs,
}

/// The function of a command: an executable, a handler, a pipeline, or a function at a URL.
///
/// A command that needs a function defines a required group of these arguments.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub(super) struct FunctionArgs {
    #[command(flatten)]
    pub(super) executable: ExecutableArgs,

    /// Send the events to this running function
    ///
    /// The whole invocation URL of `cargo lambda watch` or of AWS's runtime interface emulator,
    /// such as http://127.0.0.1:9000/2015-03-31/functions/NAME/invocations
    #[arg(long, value_name = "URL", value_parser = parse_url,
          conflicts_with_all = ["package", "binary", "handler", "pipeline"])]
    pub(super) url: Option<Url>,

    /// Build in release mode
    #[arg(long, conflicts_with_all = ["binary", "handler", "pipeline", "url"])]
    pub(super) release: bool,
}

/// The time limit of a command that sends events one at a time.
#[derive(Args, Clone, Debug)]
pub(super) struct TimeoutArgs {
    /// Time limit in seconds for the start of the function, and separately for its response
    ///
    /// Firehose waits for at most five minutes.
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

impl ExecutableArgs {
    /// Returns the settings of a process that runs the executable or the handler. Returns `None` if no
    /// argument names one. A package is built first.
    ///
    /// `name` and `runtime` are the name and the runtime of the function in infrastructure code.
    ///
    /// # Errors
    ///
    /// If the package cannot be built, or the handler has no code.
    pub(super) async fn process(
        &self,
        release: bool,
        name: Option<&str>,
        runtime: Option<&str>,
    ) -> Result<Option<ProcessSettings>, CommandError> {
        let executable = match (&self.binary, &self.package) {
            (Some(binary), _) => binary.clone(),
            (None, Some(package)) => {
                package::build(Target::Package(package), release, Path::new(".")).await?
            }
            (None, None) => return self.handler.process(name, runtime).await,
        };
        Ok(Some(ProcessSettings::new(&executable)))
    }

    /// Returns `true` if an argument names an executable or a handler.
    pub(super) fn names_process(&self) -> bool {
        self.package.is_some() || self.binary.is_some() || self.handler.handler.is_some()
    }
}

impl FunctionArgs {
    /// Returns the settings of a process that runs the executable or the handler, as
    /// [`ExecutableArgs::process`] does.
    ///
    /// # Errors
    ///
    /// If the package cannot be built, or the handler has no code.
    pub(super) async fn process(&self) -> Result<ProcessSettings, CommandError> {
        let process = self.executable.process(self.release, None, None).await?;
        // clap requires an argument that names the function.
        process.ok_or_else(|| CommandError::usage("no option names a function"))
    }

    /// Returns `true` if one of the arguments names a function.
    pub(super) fn names_function(&self) -> bool {
        let executable = &self.executable;
        executable.names_process() || executable.pipeline.is_some() || self.url.is_some()
    }

    /// Returns the name of the function in messages.
    pub(super) fn display_name(&self) -> String {
        let ExecutableArgs { package, binary, pipeline, handler } = &self.executable;
        match (package.as_ref().or(handler.handler.as_ref()), binary.as_ref().or(pipeline.as_ref()))
        {
            (Some(name), _) => name.clone(),
            (None, Some(path)) => {
                let name = path.file_name().unwrap_or(OsStr::new("function"));
                name.to_string_lossy().into_owned()
            }
            (None, None) => "function".to_owned(),
        }
    }
}

impl TimeoutArgs {
    /// Returns the limit for the start, and for each invocation.
    pub(super) fn limit(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

const WHOLE_URL: &str = "must be the whole invocation URL, such as \
                         http://127.0.0.1:9000/2015-03-31/functions/NAME/invocations";

fn parse_url(text: &str) -> Result<Url, String> {
    if text.starts_with("https:") {
        return Err("must start with http://, because the function is local".to_owned());
    }
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "http");
    let url = url.ok_or(WHOLE_URL)?;
    if !url.path().ends_with("/invocations") {
        return Err(WHOLE_URL.to_owned());
    }
    Ok(url)
}
