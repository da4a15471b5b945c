use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use super::{handler_error::HandlerError, language::Language};

/// An installed interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interpreter {
    /// The path of the executable itself, not of a version manager's shim.
    pub(super) executable: PathBuf,
    /// The major and the minor version.
    pub(super) version: (u32, u32),
}

impl Interpreter {
    /// Asks the installed interpreter for its path and its version. Runs in the code's folder, because a
    /// version manager selects the version by folder.
    pub(super) async fn find(language: Language, folder: &Path) -> Result<Self, HandlerError> {
        let command = language.command();
        let arguments = match language {
            Language::Python => {
                ["-c", "import sys; print(sys.executable); print('%d.%d' % sys.version_info[:2])"]
            }
            Language::JavaScript => ["-p", "process.execPath + '\\n' + process.versions.node"],
        };
        let mut child = Command::new(command);
        child.args(arguments).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
        let output = child.output().await;
        let output = output.map_err(|error| HandlerError::NoInterpreter { language, error })?;
        let text = String::from_utf8_lossy(&output.stdout);
        if let Some(interpreter) = Self::parse(&text).filter(|_| output.status.success()) {
            return Ok(interpreter);
        }
        let printed = String::from_utf8_lossy(&output.stderr);
        let reason = printed.lines().rfind(|line| !line.trim().is_empty());
        let reason = reason.map_or_else(|| output.status.to_string(), str::to_owned);
        Err(HandlerError::BrokenInterpreter { language, reason })
    }

    /// Parses the last two lines: code that the interpreter loads at its start may print too.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().rev().map(str::trim).filter(|line| !line.is_empty());
        let mut version = lines.next()?.split('.').map(str::parse);
        let version = (version.next()?.ok()?, version.next()?.ok()?);
        Some(Self { executable: lines.next()?.into(), version })
    }

    /// Returns the flags that make the interpreter run code as in Lambda.
    ///
    /// Lambda turns off two features of Node.js 20 and 22:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html>. `options` is the value of
    /// `NODE_OPTIONS`, which can turn them on again.
    pub(super) fn flags(&self, language: Language, options: &str) -> Vec<&'static str> {
        let (major, minor) = self.version;
        match language {
            // `-u` writes output without a buffer, and `-B` writes no bytecode into the code's
            // folder.
            Language::Python => vec!["-u", "-B"],
            Language::JavaScript => {
                let features = [
                    (major == 22 || (major == 20 && minor >= 17), "require-module"),
                    (major == 22, "detect-module"),
                ];
                let flags = features.into_iter().filter_map(|(has_feature, feature)| {
                    let is_wanted = options.contains(&format!("--experimental-{feature}"));
                    (has_feature && !is_wanted).then_some(match feature {
                        "require-module" => "--no-experimental-require-module",
                        _ => "--no-experimental-detect-module",
                    })
                });
                flags.collect()
            }
        }
    }

    /// Returns the identifier of the Lambda runtime with this version.
    pub(super) fn runtime(&self, language: Language) -> String {
        let (major, minor) = self.version;
        match language {
            Language::Python => format!("python{major}.{minor}"),
            Language::JavaScript => format!("nodejs{major}.x"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_name_the_interpreter() {
        let found = Interpreter::parse("a banner\n/usr/bin/node\n22.11.0\n\n").unwrap();
        let expected = Interpreter { executable: "/usr/bin/node".into(), version: (22, 11) };
        assert_eq!(found, expected);
        assert_eq!(found.runtime(Language::JavaScript), "nodejs22.x");
        for text in ["", "3.11", "\n\n", "/usr/bin/python3\nthree"] {
            assert_eq!(Interpreter::parse(text), None, "{text}");
        }
    }

    #[test]
    fn features_that_lambda_turns_off_are_off() {
        let flags = |version, options| {
            let interpreter = Interpreter { executable: PathBuf::new(), version };
            interpreter.flags(Language::JavaScript, options).join(" ")
        };
        let both = "--no-experimental-require-module --no-experimental-detect-module";
        assert_eq!(flags((22, 0), ""), both);
        assert_eq!(flags((20, 20), ""), "--no-experimental-require-module");
        assert_eq!([flags((20, 10), ""), flags((24, 1), "")], ["", ""]);
        let wanted = flags((22, 0), "--max-http-header-size=1 --experimental-require-module");
        assert_eq!(wanted, "--no-experimental-detect-module");
    }
}
