use std::{fmt::Write, process};

/// Defines the exit codes. The text of a code is its documentation, and its line in help texts.
macro_rules! exit_codes {
    ($($name:ident = $code:literal, $text:literal;)+) => {
        /// The exit code of a command. The codes are part of the interface of `firehose-local`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ExitCode {
            $(#[doc = $text] $name = $code,)+
        }

        impl ExitCode {
            /// All codes, in ascending order.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the meaning of the code.
            pub(crate) fn description(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

exit_codes! {
    Ok = 0, "the work is done, and no response breaks Firehose's contract";
    ContractViolated = 1, "a response of the function breaks Firehose's contract";
    BadUsage = 2, "bad usage: invalid arguments, a file that cannot be read or written, or invalid input";
    FunctionError = 3, "function error: a reported error, an early end, a timeout, or a response over Lambda's limit";
    CouldNotStart = 4, "the function could not be built, started or reached";
    StoreFailed = 5, "the store could not be reached, or failed";
    FailuresFound = 6, "the work is done, but records or cases failed";
    Faulty = 101, "an error of firehose-local itself; please report it";
    Interrupted = 130, "interrupted by a signal, such as Ctrl-C";
}

/// A code and the details that one command adds to its description.
pub(crate) type Detailed = (ExitCode, &'static str);

impl ExitCode {
    /// The width of a help text, in columns.
    const COLUMNS: usize = 100;

    /// Returns the codes as lines of a help text. A code has its description and the details of the
    /// command.
    fn lines<'a>(codes: impl IntoIterator<Item = (Self, &'a str, &'a str)>) -> String {
        let mut text = String::new();
        for (code, description, details) in codes {
            let separator = if details.is_empty() { "" } else { "; " };
            let meaning = format!("{description}{separator}{details}");
            let mut line = format!("  {:<4}", code as u8);
            for word in meaning.split(' ') {
                if line.len() + 1 + word.len() > Self::COLUMNS {
                    let _ = write!(text, "\n{line}");
                    line = " ".repeat(6);
                }
                line.push(' ');
                line.push_str(word);
            }
            let _ = write!(text, "\n{line}");
        }
        text
    }

    /// Returns the end of a help text: examples, and all codes.
    pub(crate) fn after_help_with_all(examples: &str) -> String {
        let codes = Self::lines(Self::ALL.iter().map(|code| (*code, code.description(), "")));
        format!("{examples}\n\nExit codes:{codes}")
    }

    /// Returns the end of a help text: examples, and the codes of one command. The command ends
    /// with the first code that applies.
    pub(crate) fn after_help(examples: &str, codes: &[Detailed]) -> String {
        let codes = codes.iter().map(|(code, details)| (*code, code.description(), *details));
        format!("{examples}\n\nExit codes, the first that applies:{}", Self::lines(codes))
    }

    /// Returns the end of a help text as [`after_help`](Self::after_help) does, for a command that gets
    /// no response from a function.
    pub(crate) fn after_help_without_response(examples: &str, codes: &[Detailed]) -> String {
        let codes = codes.iter().map(|(code, details)| match code {
            Self::Ok => (*code, "the work is done", *details),
            _ => (*code, code.description(), *details),
        });
        format!("{examples}\n\nExit codes, the first that applies:{}", Self::lines(codes))
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_each_code_with_its_description() {
        let table: String = ExitCode::ALL
            .iter()
            .map(|code| format!("| {} | {} |\n", *code as u8, code.description()))
            .collect();
        let page = include_str!("docs/overview.md");
        assert!(page.contains(&table), "put this table into the overview:\n{table}");
    }

    #[test]
    fn details_follow_the_description_and_long_lines_are_wrapped() {
        let codes = [
            (ExitCode::CouldNotStart, "nothing was read"),
            (ExitCode::FunctionError, "only if a batch failed in every attempt"),
        ];
        insta::assert_snapshot!(ExitCode::after_help("Examples:", &codes), @r"
        Examples:

        Exit codes, the first that applies:
          4    the function could not be built, started or reached; nothing was read
          3    function error: a reported error, an early end, a timeout, or a response over Lambda's limit;
               only if a batch failed in every attempt
        ");
        let codes = [(ExitCode::BadUsage, ""), (ExitCode::Ok, "every file is valid")];
        insta::assert_snapshot!(ExitCode::after_help_without_response("Examples:", &codes), @r"
        Examples:

        Exit codes, the first that applies:
          2    bad usage: invalid arguments, a file that cannot be read or written, or invalid input
          0    the work is done; every file is valid
        ");
    }
}
