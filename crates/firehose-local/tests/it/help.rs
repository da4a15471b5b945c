//! The pages of `--help` without a terminal width.

use clap::CommandFactory;
use firehose_local::Cli;

use crate::firehose_local::{command, run_with};

fn help(arguments: &[&str]) -> String {
    let mut command = command(arguments);
    command.arg("--help").env_remove("COLUMNS");
    let run = run_with(command, "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
    run.stdout
}

/// Asserts that a page has examples and fits into 100 columns.
fn check_page(name: &str, page: &str) {
    assert!(page.contains("\nExamples:\n"), "{name} has no examples");
    for line in page.lines() {
        assert!(line.chars().count() <= 100, "{name}: over 100 columns: {line}");
    }
}

#[test]
fn the_first_page_lists_the_commands() {
    let page = help(&[]);
    check_page("firehose-local", &page);
    insta::assert_snapshot!("firehose-local", page);
}

#[test]
fn every_command_has_a_page() {
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let page = help(&[name]);
        check_page(name, &page);
        insta::assert_snapshot!(name, page);
    }
}
