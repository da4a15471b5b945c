use std::{env, ffi::OsString, fs, path::Path, sync::Arc};

use super::{
    super::process_settings::ProcessSettings, code_folder::CodeFolder, handler_error::HandlerError,
    handler_module::HandlerModule, handler_process::HandlerProcess, interpreter::Interpreter,
    language::Language, temporary_folder::TemporaryFolder,
};

/// A function in Python or JavaScript: its code, and the name of its handler.
#[derive(Clone, Debug)]
pub struct HandlerFunction {
    /// The language of the code.
    pub language: Language,
    /// The folder with the code, which is the working folder and the first root of imports.
    pub code: CodeFolder,
    /// The name of the handler, such as `app.lambda_handler`.
    pub handler: String,
    /// The identifier of the Lambda runtime, such as `python3.13`. It determines how the bootstrap
    /// encodes. `None` stands for the runtime with the version of the installed interpreter.
    pub runtime: Option<String>,
    /// The name of the function. `None` stands for the name of the handler's module.
    pub name: Option<String>,
}

impl HandlerFunction {
    /// Finds the code of a handler in a folder. The file with the handler's module determines the
    /// language, unless `runtime` does.
    ///
    /// # Errors
    ///
    /// If the name of the handler is wrong, or if the folder cannot be read, has no such file, or
    /// has files in both languages.
    pub fn find(handler: &str, folder: &Path, runtime: Option<&str>) -> Result<Self, HandlerError> {
        let module = HandlerModule::parse(handler)?;
        let language = match runtime.and_then(Language::of_runtime) {
            Some(language) => language,
            None => module.language(handler, folder)?,
        };
        module.check(handler, folder, language)?;
        Ok(Self {
            language,
            code: CodeFolder::open(folder)?,
            handler: handler.to_owned(),
            runtime: runtime.map(str::to_owned),
            name: None,
        })
    }

    /// Checks that the folder has the module of the handler.
    ///
    /// # Errors
    ///
    /// If the name of the handler is wrong, or if the file of its module is missing. Lambda reports
    /// this at each start of the function.
    pub fn check(&self) -> Result<(), HandlerError> {
        HandlerModule::parse(&self.handler)?.check(&self.handler, self.code.path(), self.language)
    }

    /// Finds the interpreter, and returns the settings of a process that runs the function.
    ///
    /// # Errors
    ///
    /// If the interpreter is not installed or does not start, or if the bootstrap cannot be
    /// written.
    pub async fn process(&self) -> Result<ProcessSettings, HandlerError> {
        let Self { language, code, handler, .. } = self;
        let interpreter = Interpreter::find(*language, code.path()).await?;
        let (file, text) = language.bootstrap();
        let folder = TemporaryFolder::create().map_err(HandlerError::Temporary)?;
        let bootstrap = folder.path().join(file);
        fs::write(&bootstrap, text).map_err(HandlerError::Temporary)?;
        let options = env::var("NODE_OPTIONS").unwrap_or_default();
        let flags = interpreter.flags(*language, &options).into_iter().map(OsString::from);
        let module = HandlerModule::parse(handler);
        let name = module.as_ref().map_or(handler.as_str(), HandlerModule::name);
        let installed = interpreter.runtime(*language);
        let process = HandlerProcess {
            name: self.name.clone().unwrap_or_else(|| name.to_owned()),
            handler: handler.clone(),
            runtime: self.runtime.clone().unwrap_or_else(|| installed.clone()),
            installed,
            language: *language,
            code: code.clone(),
            _bootstrap: Arc::new(folder),
        };
        let arguments = flags.chain([bootstrap.into(), handler.into()]).collect();
        Ok(ProcessSettings {
            arguments,
            handler: Some(process),
            ..ProcessSettings::new(&interpreter.executable)
        })
    }
}
