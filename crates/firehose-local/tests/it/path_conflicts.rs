//! A command rejects output paths that conflict with its input.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::firehose_local::{Run, command, faulty, run, run_with};

const LINES: &str = "{\"rawData\":\"YQ==\",\"errorCode\":\"Lambda.FunctionError\"}\n{\"rawData\":\"Yg==\",\"errorCode\":\"Lambda.FunctionError\"}\n";

/// A working folder of commands, which contains `in/lines`.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path("in")).unwrap();
        fs::write(folder.path("in/lines"), LINES).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str], stdin: Option<&str>) -> Run {
        let mut command = command(arguments);
        command.current_dir(self.0.path()).env("FAULT", "none");
        let Some(stdin) = stdin else { return run_with(command, "") };
        let output = command.stdin(fs::File::open(self.path(stdin)).unwrap()).output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts that both commands reject the path of `option` and change nothing.
    #[track_caller]
    fn refuses(&self, option: &str, arguments: &[&str], stdin: Option<&str>) {
        let faulty = faulty();
        for command in [
            &["run", "--delivery-stream", "demo", "--binary", &faulty][..],
            &["replay", "--binary", &faulty],
        ] {
            let run = self.run(&[command, arguments].concat(), stdin);
            run.ends(2, &format!("firehose-local: {option} "));
            run.ends(2, "read from");
            assert_eq!(fs::read_to_string(self.path("in/lines")).unwrap(), LINES);
            let names: Vec<_> = fs::read_dir(self.path("in")).unwrap().collect();
            assert_eq!(names.len(), 1, "{names:?}");
        }
    }
}

#[test]
fn an_output_folder_inside_the_input_is_rejected() {
    let folder = Folder::new();
    std::os::unix::fs::symlink(folder.path("in"), folder.path("link")).unwrap();
    for to in ["in/out", "in", "./in/a/b", "link/out"] {
        folder.refuses("--to", &["--to", to, "in"], None);
    }
    folder.refuses("--to", &["--to", "in/out", "link"], None);
}

#[test]
fn a_log_in_place_of_the_input_is_rejected() {
    let folder = Folder::new();
    std::os::unix::fs::symlink(folder.path("in/lines"), folder.path("link")).unwrap();
    fs::hard_link(folder.path("in/lines"), folder.path("twin")).unwrap();
    for log in ["in/lines", "./in/../in/lines", "link", "twin"] {
        folder.refuses("--log", &["--to", "out", "--log", log, "in/lines"], None);
        folder.refuses("--log", &["--to", "out", "--log", log, "-"], Some("in/lines"));
    }
    folder.refuses("--log", &["--to", "out", "--log", "in/log", "in"], None);
    assert!(!Path::new(&folder.path("out")).exists());
}

#[test]
fn paths_next_to_the_input_are_accepted() {
    let folder = Folder::new();
    let faulty = faulty();
    let paths = ["--to", "in-out", "--log", "in-log", "in"];
    let command = ["run", "--delivery-stream", "demo", "--binary", &faulty];
    folder.run(&[&command[..], &paths].concat(), None).ends(0, "");
    let command = ["replay", "--binary", &faulty, "--rest", "in-rest"];
    folder.run(&[&command[..], &paths].concat(), None).ends(0, "");
    let device = ["--to", "out", "--log", "/dev/null", "/dev/null"];
    let command = ["run", "--delivery-stream", "demo", "--binary", &faulty];
    folder.run(&[&command[..], &device].concat(), None).ends(0, "");
}

/// Returns the arguments of a run without a template, with `more` arguments.
fn run_of<'a>(binary: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", "--delivery-stream", "demo", "--binary", binary, "--to", "out"][..], more].concat()
}

#[test]
fn two_outputs_in_one_file_are_rejected() {
    let folder = Folder::new();
    let faulty = faulty();
    let replay = ["replay", "--binary", &faulty, "--log", "a", "--rest", "./a", "in"];
    folder.run(&replay, None).ends(2, "--rest ./a is also the path of --log");
    let log = run_of(&faulty, &["--log", "out", "in"]);
    folder.run(&log, None).ends(2, "--log out is also the path of --to");
    assert!(!folder.path("a").exists() && !folder.path("out").exists());
}

#[test]
fn a_log_in_place_of_a_file_that_the_command_reads_is_rejected() {
    let folder = Folder::new();
    fs::copy(faulty(), folder.path("function")).unwrap();
    fs::write(folder.path("t.yaml"), "Resources: {}\n").unwrap();
    let before = fs::read(folder.path("function")).unwrap();
    let log = run_of("function", &["--log", "function", "in"]);
    folder.run(&log, None).ends(2, "--log function is the function: choose another path");
    let template = ["run", "--template", "t.yaml", "--to", "out", "--log", "./t.yaml", "in"];
    folder.run(&template, None).ends(2, "--log ./t.yaml is the template: choose another path");
    assert_eq!(fs::read(folder.path("function")).unwrap(), before);
    assert_eq!(fs::read_to_string(folder.path("t.yaml")).unwrap(), "Resources: {}\n");
}

#[test]
fn an_output_in_place_of_the_pipeline_is_rejected() {
    let folder = Folder::new();
    fs::write(folder.path("p.yaml"), "steps: []\n").unwrap();
    let run = ["run", "--delivery-stream", "demo", "--pipeline", "p.yaml", "--to", "out"];
    let replay = ["replay", "--pipeline", "p.yaml", "--force"];
    let log = [&replay[..], &["--rest", "rest"]].concat();
    for (command, option) in
        [(&run[..], "--log"), (&run, "--positions"), (&log, "--log"), (&replay, "--rest")]
    {
        let run = folder.run(&[command, &[option, "./p.yaml", "in"]].concat(), None);
        run.ends(2, &format!("{option} ./p.yaml is the pipeline: choose another path"));
    }
    assert_eq!(fs::read_to_string(folder.path("p.yaml")).unwrap(), "steps: []\n");
    assert!(!folder.path("out").exists());
}

#[test]
fn a_missing_function_leaves_no_folder_and_no_file() {
    let folder = Folder::new();
    let outputs = ["--binary", "./none", "--to", "out", "--log", "log", "in"];
    for command in [&["run", "--delivery-stream", "demo"][..], &["replay", "--rest", "rest"]] {
        let run = folder.run(&[command, &outputs].concat(), None);
        run.ends(4, "none: No such file or directory");
        let names = fs::read_dir(folder.path("")).unwrap().map(|it| it.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["in"]);
    }
}

#[test]
fn an_existing_file_is_not_overwritten() {
    let folder = Folder::new();
    let faulty = faulty();
    fs::write(folder.path("precious"), "precious\n").unwrap();
    let log = run_of(&faulty, &["--log", "precious", "in"]);
    folder.run(&log, None).ends(2, "--log precious exists and is not a log of firehose-local");
    let rest = ["replay", "--binary", &faulty, "--rest", "precious", "in"];
    folder.run(&rest, None).ends(2, "precious exists: add --force to replace it");
    assert_eq!(fs::read_to_string(folder.path("precious")).unwrap(), "precious\n");
    assert!(!folder.path("out").exists());
}

/// The shell has created the file of a redirection before the command starts.
#[test]
fn a_summary_that_would_become_input_is_rejected() {
    let folder = Folder::new();
    let faulty = faulty();
    let summary = fs::File::create(folder.path("in/summary")).unwrap();
    let mut command = command(&run_of(&faulty, &["in"]));
    command.current_dir(folder.0.path()).env("FAULT", "none").stdout(summary);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("firehose-local: standard output ") && error.contains("read from"));
    assert!(!folder.path("out").exists());
}

#[test]
fn unread_standard_input_causes_no_conflict() {
    let folder = Folder::new();
    let command = ["replay", "--binary", &faulty(), "--log", "in/lines", "none"];
    folder.run(&command, Some("in/lines")).ends(2, "none: No such file");
    run(&["replay", "--binary", "none", "gs://bucket/a"]).ends(2, "gs: is not supported");
}
