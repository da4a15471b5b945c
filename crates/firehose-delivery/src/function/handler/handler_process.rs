use std::{path::Path, sync::Arc};

use super::{
    code_folder::CodeFolder, language::Language, missing_package::advice, module_form,
    temporary_folder::TemporaryFolder,
};

/// The settings of a process that runs a handler on an interpreter.
///
/// [`HandlerFunction::process`](super::HandlerFunction::process) creates the value.
#[derive(Clone, Debug)]
pub struct HandlerProcess {
    /// The name of the function.
    pub(super) name: String,
    pub(super) handler: String,
    /// The identifier of the Lambda runtime.
    pub(super) runtime: String,
    /// The identifier of the Lambda runtime with the version of the installed interpreter.
    pub(super) installed: String,
    pub(super) language: Language,
    pub(super) code: CodeFolder,
    /// The folder with the bootstrap, removed with the last process.
    pub(super) _bootstrap: Arc<TemporaryFolder>,
}

impl HandlerProcess {
    /// Returns the name of the function.
    pub(in super::super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name of the handler.
    pub(in super::super) fn handler(&self) -> &str {
        &self.handler
    }

    /// Returns the folder with the code.
    pub fn task_root(&self) -> &Path {
        self.code.path()
    }

    /// Returns the variable `AWS_EXECUTION_ENV`.
    pub(in super::super) fn execution_environment(&self) -> String {
        format!("AWS_Lambda_{}", self.runtime)
    }

    /// Returns the language of the code.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns the runtime of the function and the runtime with the version of the installed
    /// interpreter, if they differ.
    pub fn other_version(&self) -> Option<(&str, &str)> {
        (self.runtime != self.installed).then_some((&self.runtime, &self.installed))
    }

    /// Returns the advice for an error of the initialization: a missing package, or a module of the wrong
    /// form.
    pub(in super::super) fn advice(&self, message: &str) -> Option<String> {
        if self.language == Language::JavaScript
            && let Some(advice) = module_form::advice(message)
        {
            return Some(advice.to_owned());
        }
        advice(self.language, &self.runtime, self.code.path(), message)
    }
}
