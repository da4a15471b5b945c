use std::fmt;

/// The language of a function that an interpreter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python, which `python3` runs.
    Python,
    /// JavaScript, which `node` runs.
    JavaScript,
}

impl Language {
    /// All languages.
    pub(super) const ALL: [Self; 2] = [Self::Python, Self::JavaScript];

    /// Returns the language of a Lambda runtime such as `python3.13` or `nodejs22.x`. Returns `None` for
    /// other runtimes:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>.
    pub fn of_runtime(runtime: &str) -> Option<Self> {
        if runtime.starts_with("python3.") {
            Some(Self::Python)
        } else if runtime.starts_with("nodejs") {
            Some(Self::JavaScript)
        } else {
            None
        }
    }

    /// Returns the command of the interpreter.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Python => "python3",
            Self::JavaScript => "node",
        }
    }

    /// Returns the file name and the text of the bootstrap.
    pub(super) fn bootstrap(self) -> (&'static str, &'static str) {
        match self {
            Self::Python => ("bootstrap.py", include_str!("bootstrap.py")),
            Self::JavaScript => ("bootstrap.mjs", include_str!("bootstrap.mjs")),
        }
    }

    /// Returns the endings of the files that can hold a handler.
    pub(super) fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Python => &[".py", "/__init__.py"],
            Self::JavaScript => &[".js", ".mjs", ".cjs", "/index.js"],
        }
    }

    /// Returns the name of the file that holds inline code. CloudFormation names this file `index`:
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html>.
    pub(super) fn inline_file(self) -> &'static str {
        match self {
            Self::Python => "index.py",
            Self::JavaScript => "index.js",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "Python",
            Self::JavaScript => "Node.js",
        })
    }
}
