use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{cli::Cli, exit_code::ExitCode, terminal::print_output};

/// Print a script that completes commands and options in a shell
///
/// The script goes to standard output, and belongs where the shell looks for it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  bash, of which the package bash-completion is needed:
    mkdir -p ~/.local/share/bash-completion/completions
    firehose-local completions bash > ~/.local/share/bash-completion/completions/firehose-local
  zsh, in a folder of $fpath, before compinit is called:
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
  This bash alone, for a try:
    source <(firehose-local completions bash)")]
pub(crate) struct Completions {
    /// Shell that the script is for
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "firehose-local", &mut script);
        // For bash, clap_complete writes the hyphen in two ways, and no command would have any
        // option: https://github.com/clap-rs/clap/issues/6421.
        let script =
            String::from_utf8_lossy(&script).replace("firehose__subcmd__local", "firehose__local");
        print_output(&[script.as_bytes()]).map_or_else(|code| code, |()| ExitCode::Ok)
    }
}
