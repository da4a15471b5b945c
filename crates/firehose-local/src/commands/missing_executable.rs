use std::path::{Path, PathBuf};

use super::built_language::BuiltLanguage;
use firehose_template::DeployedFunction;

/// The URL of a function in AWS's runtime interface emulator.
const EMULATOR: &str = "http://127.0.0.1:9000/2015-03-31/functions/function/invocations";

/// A function of a template that cannot be started, because cargo does not build the function and no
/// interpreter here runs it.
#[derive(Debug)]
pub(super) struct MissingExecutable<'a> {
    /// The name of the command.
    pub(super) command: &'a str,
    /// The name of the function.
    pub(super) name: &'a str,
    pub(super) function: &'a DeployedFunction,
    /// The folder or the file with the code, if the template names one.
    pub(super) code: Option<PathBuf>,
    /// The options that name an executable in place of the template.
    pub(super) options: &'a str,
}

impl MissingExecutable<'_> {
    /// Returns the message, which says how the function can run.
    pub(super) fn message(&self) -> String {
        let Self { command, name, function, options, .. } = self;
        if function.is_image {
            return format!(
                "{name}: `{command}` cannot start a container image; start the image with AWS's runtime \
                 interface emulator and name its URL with --url, or name an executable with {options}"
            );
        }
        let runtime = function.runtime.as_deref();
        let language = self.code.as_deref().and_then(BuiltLanguage::of_code);
        match (runtime, language) {
            // AWS ended the runtime go1.x. Code in Go is an executable like others.
            (Some("go1.x"), _) => self.build(BuiltLanguage::Go),
            (Some(runtime), _) if is_managed(runtime) => self.emulate(runtime),
            (_, Some(language)) => self.build(language),
            (None, None) if self.code.is_none() && function.handler.is_none() => format!(
                "{name}: the template does not have the code of this function; name an executable, or \
                 a pipeline file, with {options}"
            ),
            _ => format!(
                "{name}: the template does not name an executable that cargo builds (Metadata: \
                 BuildMethod, BuildProperties: Binary); name one, or a pipeline file, with {options}"
            ),
        }
    }

    /// Returns the message for code that a command builds to an executable.
    fn build(&self, language: BuiltLanguage) -> String {
        let Self { command, name, options, .. } = self;
        let folder = self.code.as_deref().unwrap_or(Path::new("."));
        let shown = folder.display();
        let executable = folder.join("bootstrap");
        if executable.is_file() {
            let executable = executable.display();
            return format!(
                "{name}: `{command}` does not start {executable} by itself, because it can be built for \
                 another machine; name it with {options}"
            );
        }
        match language {
            BuiltLanguage::Rust => format!(
                "{name}: the code in {shown} is Rust, and the template does not name the executable \
                 that cargo builds; add Metadata: {{BuildMethod: rust-cargolambda, BuildProperties: \
                 {{Binary: NAME}}}} to the function, or build the code and name the executable with \
                 {options}"
            ),
            BuiltLanguage::Go => format!(
                "{name}: the code in {shown} is Go, which `{command}` does not build; build it for this \
                 machine with `go build -C {shown} -o bootstrap`, and name {} with {options}",
                executable.display()
            ),
            BuiltLanguage::Java | BuiltLanguage::DotNet | BuiltLanguage::Ruby => format!(
                "{name}: the code in {shown} is {}, which `{command}` does not build; build an \
                 executable for this machine and name it with {options}, or start the function in \
                 AWS's runtime interface emulator and name its URL with --url {EMULATOR}",
                language.name()
            ),
        }
    }

    /// Returns the message for a runtime that only AWS's images have.
    fn emulate(&self, runtime: &str) -> String {
        let Self { command, name, function, options, .. } = self;
        let code = self.code.as_deref().unwrap_or(Path::new("CODE"));
        let handler = function.handler.as_deref().unwrap_or("HANDLER");
        let version = runtime.find(|it: char| it.is_ascii_digit()).unwrap_or(runtime.len());
        let (language, version) = runtime.split_at(version);
        let version = version.trim_end_matches(".x");
        let folder = match code.is_absolute() {
            true => code.display().to_string(),
            false => format!("$PWD/{}", code.display()),
        };
        let built = match language {
            "ruby" => "",
            _ => "build the function, then ",
        };
        format!(
            "{name}: `{command}` cannot start the runtime {runtime}; {built}start the function in AWS's \
             runtime interface emulator with `docker run -p 9000:8080 -v \"{folder}:/var/task\" \
             public.ecr.aws/lambda/{language}:{version} {handler}` and name its URL with --url \
             {EMULATOR}, or name an executable with {options}"
        )
    }
}

/// Returns `true` for a runtime whose code needs an interpreter of Lambda, such as `java21`.
fn is_managed(runtime: &str) -> bool {
    !runtime.starts_with("provided")
}
