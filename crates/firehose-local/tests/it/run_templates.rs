use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::firehose_local::{command, run_with, square_values, workspace};

/// Runs each template of `fixtures/templates` with one record, and compares the exit code and the
/// messages with `expected.txt`. With `UPDATE_FIXTURES=1`, writes `expected.txt` instead.
///
/// `arguments.txt` has further arguments, one per line. `{square-values}` stands for the function
/// of `examples/square-values`.
#[test]
fn templates_of_users_run_or_say_what_is_missing() {
    let folder = workspace().join("fixtures/templates");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // `firehose-template` tests the folders of other kinds of code.
    cases.retain(|case| template(case).is_some());
    cases.sort();
    assert!(cases.len() > 15, "{cases:?}");
    let mut wrong = Vec::new();
    for case in cases {
        let found = messages(&case);
        let expected = case.join("expected.txt");
        if env::var_os("UPDATE_FIXTURES").is_some() {
            fs::write(expected, found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the exit code and the messages of a run of a template.
fn messages(case: &Path) -> String {
    let template = template(case).unwrap();
    let template = template.strip_prefix(workspace()).unwrap().to_str().unwrap();
    let delivered = tempfile::tempdir().unwrap();
    let to = delivered.path().to_str().unwrap();
    let arguments = fs::read_to_string(case.join("arguments.txt")).unwrap_or_default();
    let arguments = arguments.replace("{square-values}", square_values());
    let mut all = vec!["run", "--template", template, "--to", to];
    all.extend(arguments.lines());
    all.push("-");
    let run = run_with(command(&all), "{\"a\":3}\n");
    // Lines of logs have times, and the note on the version depends on the machine.
    let varies =
        |line: &&str| line.contains("  log: ") || line.contains("the installed interpreter is");
    let lines = run.stderr.lines().filter(|line| !varies(line));
    let messages: String = lines.map(|line| format!("{line}\n")).collect();
    format!("exit code {}\n{messages}", run.code)
}

/// Returns the template of a case.
fn template(case: &Path) -> Option<PathBuf> {
    let template = ["template.yaml", "template.json"].map(|name| case.join(name));
    template.into_iter().find(|path| path.exists())
}
