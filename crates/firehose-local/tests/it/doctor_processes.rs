//! `doctor` leaves no process behind, also after an interrupt.

use std::{fs, path::Path, process::Stdio, thread, time::Duration};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    firehose_local::{assert_gone, command},
    handlers::run_in,
};

/// A handler that starts a process in a session of its own with each start, and writes its id.
const LEAVING: &str = r#"
import subprocess

child = subprocess.Popen(["sleep", "600"], start_new_session=True)
with open("ids", "a") as file:
    file.write(f"{child.pid}\n")


def handler(event, context):
    records = [{"recordId": it["recordId"], "result": "Ok", "data": it.get("data", "")} for it in event["records"]]
    return {"records": records}
"#;

/// A handler that writes the id of its process, and never answers.
const ENDLESS: &str = r#"
import os
import time


def handler(event, context):
    with open("ids", "a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(600)
"#;

fn ids(folder: &Path) -> Vec<i32> {
    let ids = fs::read_to_string(folder.join("ids")).unwrap_or_default();
    ids.lines().map(|id| id.parse().unwrap()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn processes_that_a_function_leaves_behind_are_ended() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.py"), LEAVING).unwrap();
    let run = run_in(folder.path(), &["doctor", "--handler", "app.handler"]);
    assert!([0, 6].contains(&run.code), "{run:#?}");
    let ids = ids(folder.path());
    assert!(!ids.is_empty());
    ids.into_iter().for_each(assert_gone);
}

#[test]
fn an_interrupt_ends_the_examination_and_the_function() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.py"), ENDLESS).unwrap();
    let mut command = command(&["doctor", "--handler", "app.handler"]);
    command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    while ids(folder.path()).is_empty() {
        thread::sleep(Duration::from_millis(10));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    ids(folder.path()).into_iter().for_each(assert_gone);
}
