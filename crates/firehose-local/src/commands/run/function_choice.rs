use clap::{ArgGroup, Args};

use super::{
    super::{
        command_error::CommandError, function_args::FunctionArgs, invocation_args::InvocationArgs,
    },
    template_args::parse_assignment,
};

/// The functions of a run.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Functions")]
// By default, clap adds a group with all arguments of the struct.
#[group(skip)]
#[command(group(ArgGroup::new("function").multiple(true)
    .args(["package", "binary", "handler", "pipeline", "url", "functions"])))]
pub(in crate::commands) struct FunctionChoice {
    #[command(flatten)]
    pub(in crate::commands) named: FunctionArgs,

    /// Run this executable as the function NAME of the template; may be repeated
    ///
    /// A path that ends in .yaml, .yml or .json is the file of a pipeline.
    #[arg(long = "function", value_name = "NAME=PATH", value_parser = parse_assignment,
          conflicts_with_all = ["package", "binary", "handler", "pipeline", "url"])]
    pub(in crate::commands) functions: Vec<(String, String)>,

    /// Time limit in seconds for an invocation, in place of the function's Timeout
    ///
    /// Default without a template: 60. Firehose waits for at most five minutes.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(in crate::commands) timeout: Option<u64>,

    #[command(flatten)]
    pub(in crate::commands) invocations: InvocationArgs,
}

impl FunctionChoice {
    /// Returns `true` if any option names a function.
    pub(super) fn is_given(&self) -> bool {
        self.named.names_function() || !self.functions.is_empty()
    }

    /// Rejects options that have no effect, or that do not name a function.
    ///
    /// `invoked` has the functions that the delivery streams of the run invoke. `--function` may
    /// also name a function that only other delivery streams of the template invoke, so that one
    /// command line serves for all delivery streams.
    pub(super) fn check(
        &self,
        invoked: &[&str],
        is_in_template: impl Fn(&str) -> bool,
    ) -> Result<(), CommandError> {
        let option = self.first_option().filter(|option| *option != "--function");
        if let ([], Some(option)) = (invoked, option) {
            return Err(CommandError::usage(format!(
                "{option} has no effect: no delivery stream of the run invokes a function"
            )));
        }
        let mut named = self.functions.iter().map(|(name, _)| name.as_str());
        if let Some(unknown) = named.find(|name| !is_in_template(name)) {
            return Err(CommandError::usage(format!(
                "--function {unknown}: no delivery stream invokes this function; the delivery streams \
                 of the run invoke{}",
                match invoked {
                    [] => " no function".to_owned(),
                    _ => format!(": {}", invoked.join(", ")),
                }
            )));
        }
        if self.named.names_function() && invoked.len() > 1 {
            return Err(CommandError::usage(format!(
                "the run invokes several functions: {}; name the executable of each function with \
                 --function NAME=PATH, or run one delivery stream with --only",
                invoked.join(", ")
            )));
        }
        let is_named = |name: &&str| self.functions.iter().any(|(function, _)| function == name);
        if self.named.release && invoked.iter().all(is_named) {
            let reason = "--release has no effect: --function names every executable";
            return Err(CommandError::usage(reason));
        }
        Ok(())
    }

    /// Returns the first given option that has an effect only on a function.
    fn first_option(&self) -> Option<&'static str> {
        let options = [
            ("--package", self.named.executable.package.is_some()),
            ("--binary", self.named.executable.binary.is_some()),
            ("--handler", self.named.executable.handler.handler.is_some()),
            ("--pipeline", self.named.executable.pipeline.is_some()),
            ("--url", self.named.url.is_some()),
            ("--function", !self.functions.is_empty()),
            ("--release", self.named.release),
            ("--timeout", self.timeout.is_some()),
            ("--log", self.invocations.names_log()),
        ];
        options.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }
}
