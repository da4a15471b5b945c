use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::stderr_terminal::StderrTerminal;

/// The progress through named steps: a bar on a terminal, and nothing elsewhere.
#[derive(Debug)]
pub(crate) struct StepProgress {
    bar: ProgressBar,
}

impl StepProgress {
    /// Returns the progress through a number of steps.
    pub(crate) fn new(steps: usize) -> Self {
        let bar = ProgressBar::new(steps as u64);
        let target = match io::stderr().is_terminal() {
            true => ProgressDrawTarget::term_like_with_hz(Box::new(StderrTerminal), 10),
            false => ProgressDrawTarget::hidden(),
        };
        bar.set_draw_target(target);
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len}: {msg}");
        bar.set_style(style.unwrap_or(ProgressStyle::default_bar()));
        Self { bar }
    }

    /// Begins a step.
    pub(crate) fn step(&self, name: &str) {
        self.bar.set_message(name.to_owned());
        self.bar.inc(1);
    }

    /// Removes the progress from the terminal.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for StepProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
