//! `run --watch` runs again after each change.

use std::{
    fs,
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    firehose_local::command,
    handlers::{copied, run_in},
};

struct Watch {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watch {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = command(&[&["run", "--watch"], arguments].concat());
        command.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits for the counts of the next run.
    fn counts(&mut self) -> String {
        let line = self.lines.find(|line| line.as_ref().unwrap().starts_with("Readings: "));
        line.expect("the command ended").unwrap()
    }

    /// Interrupts the command, and returns its exit code.
    fn end(mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_change_of_the_code_the_template_or_the_input_runs_again() {
    let folder = copied("sam-python");
    let path = |name: &str| folder.path().join(name);
    let replace = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(path(name)).unwrap();
        assert!(text.contains(from));
        fs::write(path(name), text.replace(from, to)).unwrap();
    };
    let mut watch = Watch::start(folder.path(), &["events.jsonl"]);
    assert_eq!(watch.counts(), "Readings: 4 records in = 2 delivered + 0 dropped + 2 failed");
    replace("src/app.py", "reading.pop(\"celsius\")", "reading.pop(\"celsius\", 0)");
    assert_eq!(watch.counts(), "Readings: 4 records in = 3 delivered + 0 dropped + 1 failed");
    fs::write(path("events.jsonl"), "{\"celsius\": 1}\n").unwrap();
    assert_eq!(watch.counts(), "Readings: 1 record in = 1 delivered + 0 dropped + 0 failed");
    // The run after this change fails, and the run after the next change succeeds.
    replace("template.yaml", "CodeUri: src/", "CodeUri: absent/");
    replace("template.yaml", "CodeUri: absent/", "CodeUri: other/");
    fs::rename(path("src"), path("other")).unwrap();
    assert_eq!(watch.counts(), "Readings: 1 record in = 1 delivered + 0 dropped + 0 failed");
    assert_eq!(watch.end(), Some(130));
}

#[test]
fn standard_input_cannot_be_watched() {
    let folder = copied("sam-python");
    run_in(folder.path(), &["run", "--watch"])
        .ends(2, "--watch needs files: standard input can be read only once");
}
