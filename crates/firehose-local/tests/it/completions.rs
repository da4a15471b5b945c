//! The completion scripts of `firehose-local completions`.

use std::process::Command;

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;
use firehose_local::Cli;

use crate::firehose_local::{run, run_with};

#[test]
fn bash_completes_commands_and_options() {
    let script = run(&["completions", "bash"]);
    assert_eq!((script.code, script.stderr.as_str()), (0, ""));
    for (words, expected) in [("firehose-local ''", "invoke"), ("firehose-local run --to", "--to")]
    {
        let ask = format!(
            r#"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            [[ $(complete -p firehose-local) =~ -F\ ([^ ]+) ]]
            "${{BASH_REMATCH[1]}}" firehose-local "${{COMP_WORDS[COMP_CWORD]}}" ""
            printf '%s\n' "${{COMPREPLY[@]}}""#
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "--noprofile", "-s"]);
        let completed = run_with(bash, &format!("set -e\n{}\n{ask}", script.stdout));
        completed.ends(0, "");
        assert!(completed.stdout.lines().any(|line| line == expected), "{completed:?}");
    }
}

#[test]
fn each_script_has_all_commands() {
    for shell in Shell::value_variants() {
        let script = run(&["completions", &shell.to_string()]);
        assert_eq!((script.code, script.stderr.as_str()), (0, ""));
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            assert!(script.stdout.contains(name), "{shell}: {name} is missing");
        }
    }
}

#[test]
fn an_unknown_shell_is_exit_code_2() {
    run(&["completions", "cmd"]).ends(2, "[possible values: bash, elvish, fish, powershell, zsh]");
}
