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
    let places = ["--to", "in-out", "--log", "in-log", "in"];
    let command = ["run", "--delivery-stream", "demo", "--binary", &faulty];
    folder.run(&[&command[..], &places].concat(), None).ends(0, "");
    let command = ["replay", "--binary", &faulty, "--rest", "in-rest"];
    folder.run(&[&command[..], &places].concat(), None).ends(0, "");
    let device = ["--to", "out", "--log", "/dev/null", "/dev/null"];
    let command = ["run", "--delivery-stream", "demo", "--binary", &faulty];
    folder.run(&[&command[..], &device].concat(), None).ends(0, "");
}

#[test]
fn unread_standard_input_causes_no_conflict() {
    let folder = Folder::new();
    let command = ["replay", "--binary", &faulty(), "--log", "in/lines", "none"];
    folder.run(&command, Some("in/lines")).ends(2, "none: No such file");
    run(&["replay", "--binary", "none", "gs://bucket/a"]).ends(2, "gs: is not supported");
}
