use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use reqwest::Url;

use crate::package::{self, Target};
use firehose_delivery::function::StartError;

/// The function that a command is about.
#[derive(Args, Debug)]
// The group of the struct would have all of its arguments in it.
#[group(skip)]
#[command(group(ArgGroup::new("function").required(true).args(["package", "binary", "url"])))]
pub(crate) struct FunctionArgs {
    /// Build this package of the workspace, and run it
    #[arg(long, value_name = "NAME")]
    pub(crate) package: Option<String>,

    /// Run this executable: a `bootstrap` in any language
    #[arg(long, value_name = "PATH")]
    pub(crate) binary: Option<PathBuf>,

    /// Send the event to this running function
    ///
    /// The whole invocation URL of `cargo lambda watch` or of AWS's runtime interface
    /// emulator, such as http://127.0.0.1:9000/2015-03-31/functions/NAME/invocations
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    pub(crate) url: Option<Url>,

    /// Build the package in release mode
    #[arg(long, conflicts_with_all = ["binary", "url"])]
    pub(crate) release: bool,
}

impl FunctionArgs {
    /// The executable, built first if it is a package.
    ///
    /// # Errors
    ///
    /// If it cannot be built.
    pub(crate) async fn executable(&self) -> Result<PathBuf, StartError> {
        match (&self.binary, &self.package) {
            (Some(binary), _) => Ok(binary.clone()),
            (None, package) => {
                let package = Target::Package(package.as_deref().unwrap_or_default());
                package::build(package, self.release, Path::new(".")).await
            }
        }
    }
}

const WHOLE_URL: &str = "must be the whole invocation URL, such as \
                         http://127.0.0.1:9000/2015-03-31/functions/NAME/invocations";

pub(super) fn parse_url(text: &str) -> Result<Url, String> {
    if text.starts_with("https:") {
        return Err("must start with http://, since the function is a local one".to_owned());
    }
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "http");
    let url = url.ok_or(WHOLE_URL)?;
    if !url.path().ends_with("/invocations") {
        return Err(WHOLE_URL.to_owned());
    }
    Ok(url)
}
