use std::path::{Path, PathBuf};

use super::{
    command_error::CommandError, missing_executable::MissingExecutable, version_note::note_version,
};
use crate::terminal::eprint_error;
use firehose_delivery::function::{
    CodeFolder, HandlerError, HandlerFunction, Language, ProcessSettings,
};
use firehose_template::{DeployedFunction, FunctionCode};

/// A function of infrastructure code that an interpreter on this machine may run.
#[derive(Debug)]
pub(super) struct TemplateCode<'a> {
    /// The name of the command in messages.
    pub(super) command: &'static str,
    pub(super) name: &'a str,
    pub(super) deployed: &'a DeployedFunction,
    /// The folder of the infrastructure code.
    pub(super) folder: &'a Path,
    /// The options that name an executable in place of the function.
    pub(super) options: &'a str,
}

impl TemplateCode<'_> {
    /// Returns the settings of a process that runs the code.
    ///
    /// # Errors
    ///
    /// If the runtime has no interpreter here, or if the code is not on this machine or must be built
    /// first.
    pub(super) async fn process(&self) -> Result<ProcessSettings, CommandError> {
        let function = self.function()?;
        let process = function.process().await.map_err(|error| self.error(&error))?;
        note_version(self.name, &process);
        Ok(process)
    }

    /// Finds the code and its handler.
    fn function(&self) -> Result<HandlerFunction, CommandError> {
        let Self { deployed, .. } = self;
        let runtime = deployed.runtime.as_deref();
        let language = runtime.and_then(Language::of_runtime);
        let (Some(language), Some(handler)) = (language, &deployed.handler) else {
            return Err(self.cannot_start());
        };
        let code = self.code(language)?;
        let function = HandlerFunction {
            language,
            code,
            handler: handler.clone(),
            runtime: runtime.map(str::to_owned),
            name: Some(self.name.to_owned()),
        };
        match (function.check(), &deployed.code) {
            (Ok(()), _) => {}
            // Lambda deploys such a function too, and each of its invocations fails.
            (Err(HandlerError::NoModule { .. }), Some(FunctionCode::Inline(_))) => {
                eprint_error(format_args!(
                    "warning: {}: every invocation fails, because inline code is the module index, \
                     and the handler {handler} names another module",
                    self.name
                ));
            }
            (Err(error), _) => return Err(self.error(&error)),
        }
        Ok(function)
    }

    /// Returns the folder with the code: a folder, an unpacked archive or the inline code.
    fn code(&self, language: Language) -> Result<CodeFolder, CommandError> {
        let path = match &self.deployed.code {
            Some(FunctionCode::Inline(text)) => {
                return CodeFolder::of_text(text, language).map_err(|error| self.error(&error));
            }
            Some(FunctionCode::Path(path)) => self.beside(path),
            Some(FunctionCode::Object(key)) => self.archive_beside(key).ok_or_else(|| {
                let reason = format!("the code is the object {key} in a bucket");
                self.without_code(&reason)
            })?,
            None => {
                return Err(self.without_code("the template does not name a folder with the code"));
            }
        };
        let is_archive = path.is_file() && path.extension().is_some_and(|it| it == "zip");
        let code = match is_archive {
            true => CodeFolder::of_archive(&path),
            false => CodeFolder::open(&path),
        };
        code.map_err(|error| self.error(&error))
    }

    /// Returns the archive with the name of the object beside the template. The Serverless Framework
    /// writes such an archive before it uploads the archive to a bucket.
    fn archive_beside(&self, key: &str) -> Option<PathBuf> {
        let name = Path::new(key).file_name()?;
        Some(self.beside(Path::new(name))).filter(|archive| archive.is_file())
    }

    /// Returns the path of a file beside the infrastructure code.
    fn beside(&self, path: &Path) -> PathBuf {
        match self.folder == Path::new(".") {
            true => path.to_owned(),
            false => self.folder.join(path),
        }
    }

    fn cannot_start(&self) -> CommandError {
        let Self { command, name, deployed, options, .. } = self;
        let code = match &deployed.code {
            Some(FunctionCode::Path(path)) => Some(self.beside(path)),
            Some(FunctionCode::Inline(_) | FunctionCode::Object(_)) | None => None,
        };
        let missing = MissingExecutable { command, name, function: deployed, code, options };
        CommandError::usage(missing.message())
    }

    fn without_code(&self, reason: &str) -> CommandError {
        let Self { name, deployed, options, .. } = self;
        let handler = deployed.handler.as_deref().unwrap_or("MODULE.FUNCTION");
        CommandError::usage(format!(
            "{name}: {reason}; name the folder with --handler {handler} --code FOLDER, or an executable \
             with {options}"
        ))
    }

    /// Returns the error of a function whose code cannot be started.
    fn error(&self, error: &HandlerError) -> CommandError {
        let is_unbuilt = matches!(
            error,
            HandlerError::TypeScript { .. }
                | HandlerError::NoFolder { .. }
                | HandlerError::NoModule { .. }
        );
        let built = self.beside(Path::new(".aws-sam/build/template.yaml"));
        let hint = match error {
            _ if is_unbuilt && built.is_file() => {
                format!("; --template {} runs the built code", built.display())
            }
            HandlerError::NoFolder { .. } | HandlerError::NoModule { .. } => {
                let handler = self.deployed.handler.as_deref().unwrap_or_default();
                format!(
                    "; build the code, or name its folder with --handler {handler} --code FOLDER"
                )
            }
            _ => String::new(),
        };
        let CommandError { reason, code } = CommandError::of_handler(error);
        CommandError { reason: format!("{}: {reason}{hint}", self.name), code }
    }
}
