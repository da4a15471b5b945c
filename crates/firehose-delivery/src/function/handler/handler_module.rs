use std::path::{Path, PathBuf};

use super::{handler_error::HandlerError, language::Language};

/// The module of a handler: a path relative to the code's folder, without the ending of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HandlerModule {
    /// The path in Python, where a dot separates packages.
    dotted: String,
    /// The path in JavaScript, where a dot separates properties of the module.
    plain: String,
}

impl HandlerModule {
    /// Parses the name of a handler, such as `src/app.handler`.
    pub(super) fn parse(handler: &str) -> Result<Self, HandlerError> {
        let bad = || HandlerError::BadHandler(handler.to_owned());
        let (folder, base) = handler
            .rsplit_once('/')
            .map_or(("", handler), |(folder, base)| (&handler[..folder.len() + 1], base));
        let (module, function) = base.rsplit_once('.').ok_or_else(bad)?;
        let (file, _) = base.split_once('.').ok_or_else(bad)?;
        // A file name instead of a function is a likely mistake.
        let is_file = ["py", "js", "mjs", "cjs", "ts"].contains(&function);
        if module.is_empty() || function.is_empty() || file.is_empty() || is_file {
            return Err(bad());
        }
        Ok(Self {
            dotted: format!("{folder}{module}").replace('.', "/"),
            plain: format!("{folder}{file}"),
        })
    }

    /// Returns the last part of the module's name.
    pub(super) fn name(&self) -> &str {
        self.plain.rsplit_once('/').map_or(&self.plain, |(_, name)| name)
    }

    /// Returns the files that can have the module in a language.
    pub(super) fn files(&self, language: Language) -> Vec<String> {
        let path = match language {
            Language::Python => &self.dotted,
            Language::JavaScript => &self.plain,
        };
        language.endings().iter().map(|ending| format!("{path}{ending}")).collect()
    }

    /// Returns `true` if a folder has the module in this language. A package of Python needs no
    /// `__init__.py`.
    pub(super) fn is_in(&self, folder: &Path, language: Language) -> bool {
        self.files(language).iter().any(|file| folder.join(file).is_file())
    }

    /// Checks that a folder has the module in this language.
    pub(super) fn check(
        &self,
        handler: &str,
        folder: &Path,
        language: Language,
    ) -> Result<(), HandlerError> {
        if self.is_in(folder, language) {
            return Ok(());
        }
        let folder_error = |error| HandlerError::NoFolder { folder: folder.to_owned(), error };
        folder.read_dir().map_err(folder_error)?;
        match self.typescript(folder) {
            Some(file) if language == Language::JavaScript => {
                Err(HandlerError::TypeScript { file })
            }
            _ => Err(self.missing(handler, folder, &[language])),
        }
    }

    /// Returns the language in which a folder has the module.
    pub(super) fn language(&self, handler: &str, folder: &Path) -> Result<Language, HandlerError> {
        match (
            self.is_in(folder, Language::Python),
            self.is_in(folder, Language::JavaScript),
            self.typescript(folder),
        ) {
            (true, false, _) => Ok(Language::Python),
            (false, true, _) => Ok(Language::JavaScript),
            (true, true, _) => {
                let (handler, folder) = (handler.to_owned(), folder.to_owned());
                Err(HandlerError::Ambiguous { handler, folder })
            }
            (false, false, Some(file)) => Err(HandlerError::TypeScript { file }),
            (false, false, None) => {
                let folder_error =
                    |error| HandlerError::NoFolder { folder: folder.to_owned(), error };
                folder.read_dir().map_err(folder_error)?;
                Err(self.missing(handler, folder, &Language::ALL))
            }
        }
    }

    fn missing(&self, handler: &str, folder: &Path, languages: &[Language]) -> HandlerError {
        let files = languages.iter().flat_map(|language| self.files(*language));
        HandlerError::NoModule {
            handler: handler.to_owned(),
            folder: folder.to_owned(),
            files: files.collect(),
        }
    }

    /// Returns the file with the module in TypeScript, if a folder has one.
    fn typescript(&self, folder: &Path) -> Option<PathBuf> {
        let files =
            [".ts", ".mts", ".cts", ".tsx"].map(|it| folder.join(format!("{}{it}", self.plain)));
        files.into_iter().find(|file| file.is_file())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_handler_names_the_file_of_its_module() {
        let files = |handler: &str| {
            let module = HandlerModule::parse(handler).unwrap();
            let first = |language| module.files(language).remove(0);
            [first(Language::Python), first(Language::JavaScript)]
        };
        assert_eq!(files("app.lambda_handler"), ["app.py", "app.js"]);
        assert_eq!(files("src/app.handler"), ["src/app.py", "src/app.js"]);
        assert_eq!(files("package.app.handler"), ["package/app.py", "package.js"]);
        assert_eq!(files("a.b/app.api.handler"), ["a/b/app/api.py", "a.b/app.js"]);
        for handler in
            ["", "app", "app.", ".handler", "src/", "src/.handler", "app.py", "src/app.ts"]
        {
            let error = HandlerModule::parse(handler).unwrap_err();
            assert!(error.to_string().contains("such as app.lambda_handler"), "{error}");
        }
    }

    #[test]
    fn the_file_that_exists_determines_the_language() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in ["one.py", "two.mjs", "both.py", "both.cjs", "typed.ts", "package/__init__.py"]
        {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let language = |name: &str| {
            let handler = format!("{name}.handler");
            let module = HandlerModule::parse(&handler).unwrap();
            module
                .language(&handler, root)
                .map_err(|error| error.to_string().replace(&root.display().to_string(), "code"))
        };
        assert_eq!(language("one"), Ok(Language::Python));
        assert_eq!(language("package"), Ok(Language::Python));
        assert_eq!(language("two"), Ok(Language::JavaScript));
        let errors = ["both", "typed", "none"].map(|name| language(name).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        the handler both.handler has code in Python and in JavaScript in code
        code/typed.ts is TypeScript, and Lambda runs JavaScript; build it first, with `sam build` or a bundler such as esbuild, and run the built code
        the handler none.handler has no code in code: the folder has none of the files none.py, none/__init__.py, none.js, none.mjs, none.cjs, none/index.js
        ");
        let module = HandlerModule::parse("app.handler").unwrap();
        let error = module.language("app.handler", &root.join("absent")).unwrap_err();
        assert!(error.to_string().starts_with("cannot read the folder with the code, "), "{error}");
    }
}
