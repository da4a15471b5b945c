use clap::{Args, Command};
use clap_complete::Shell;

use crate::{
    exit_code::{Detailed, ExitCode},
    terminal::print_report,
};

/// Print a script that completes commands and options in a shell
///
/// Save the script in a folder that the shell searches for completions, as in the examples.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help_without_response(EXAMPLES, EXIT_CODES))]
pub(crate) struct Completions {
    /// Shell that runs the script
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  bash, with the package bash-completion:
    mkdir -p ~/.local/share/bash-completion/completions
    firehose-local completions bash > ~/.local/share/bash-completion/completions/firehose-local
  zsh, in a folder that .zshrc adds to $fpath before compinit:
    mkdir -p ~/.zfunc
    firehose-local completions zsh > ~/.zfunc/_firehose-local
    and in ~/.zshrc: fpath+=~/.zfunc; autoload -Uz compinit; compinit
  fish:
    mkdir -p ~/.config/fish/completions
    firehose-local completions fish > ~/.config/fish/completions/firehose-local.fish
  elvish, in ~/.config/elvish/rc.elv:
    eval (firehose-local completions elvish | slurp)
  PowerShell, in the file that $PROFILE names:
    firehose-local completions powershell | Out-String | Invoke-Expression
  The current bash only:
    source <(firehose-local completions bash)";

const EXIT_CODES: &[Detailed] =
    &[(ExitCode::Faulty, ""), (ExitCode::BadUsage, ""), (ExitCode::Ok, "")];

impl Completions {
    /// Prints the script for `command`, the whole command line.
    pub(crate) fn run(self, mut command: Command) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "firehose-local", &mut script);
        // For bash, clap_complete writes the hyphen of the name in two ways, and completes no
        // option of any command: https://github.com/clap-rs/clap/issues/6421.
        let script =
            String::from_utf8_lossy(&script).replace("firehose__subcmd__local", "firehose__local");
        print_report(script.as_bytes(), ExitCode::Ok)
    }
}
