use std::{
    env,
    io::{self, IsTerminal},
};

/// The colors of a report on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Dim,
    Green,
    Red,
    Yellow,
}

/// The style of standard output: colors on a terminal, plain text elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    has_colors: bool,
}

impl Style {
    /// Text without colors.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self { has_colors: false };

    /// Text with colors.
    #[cfg(test)]
    pub(crate) const COLORED: Self = Self { has_colors: true };

    /// Returns the style of standard output. The variable `NO_COLOR` turns colors off:
    /// <https://no-color.org>.
    pub(crate) fn of_stdout() -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|it| it == "dumb");
        Self { has_colors: io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb }
    }

    /// Returns a text in this color. The number is the parameter of the control sequence SGR of
    /// ECMA-48.
    pub(crate) fn paint(self, color: Color, text: &str) -> String {
        let number = match color {
            _ if !self.has_colors => return text.to_owned(),
            Color::Dim => 2,
            Color::Green => 32,
            Color::Red => 31,
            Color::Yellow => 33,
        };
        format!("\u{1b}[{number}m{text}\u{1b}[0m")
    }
}
