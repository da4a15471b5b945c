//! Pipes and devices in folders: a command names them, and does not wait for them.

use std::{fs, path::Path, process::Command};

use crate::firehose_local::{run, square_values};

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_pipe_in_a_folder_of_the_input_is_named_and_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    fs::create_dir(&input).unwrap();
    make_pipe(&input.join("a-pipe"));
    let (input, to) = (input.to_str().unwrap(), folder.path().join("to"));
    let delivered = ["run", "--delivery-stream", "demo", "--to", to.to_str().unwrap(), input];
    run(&delivered).ends(2, "the folder has no regular files; name ");
    assert!(!to.exists());
    fs::write(Path::new(input).join("b"), "{\"a\":1}\n").unwrap();
    let pipeline = folder.path().join("p.yaml");
    fs::write(&pipeline, "steps: []\n").unwrap();
    let try_records = ["try", "--pipeline", pipeline.to_str().unwrap(), input];
    let event = ["event", "--source", "direct-put", input];
    for command in [&delivered[..], &try_records, &event] {
        let run = run(command);
        run.ends(
            0,
            "a-pipe is not a regular file, so it is not read; name a pipe itself to read it",
        );
    }
}

#[test]
fn a_pipe_in_a_case_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for (case, name) in [("one", "event.json"), ("two", "expected.json")] {
        let case = folder.path().join(case);
        fs::create_dir(&case).unwrap();
        fs::write(case.join("event.json"), r#"{"records": []}"#).unwrap();
        let _ = fs::remove_file(case.join(name));
        make_pipe(&case.join(name));
    }
    let run = run(&["test", "--binary", square_values(), folder.path().to_str().unwrap()]);
    assert!(run.code != 0, "{run:#?}");
    for file in ["one/event.json", "two/expected.json"] {
        let error = format!("{file}: it is not a regular file");
        assert!(run.stdout.contains(&error) || run.stderr.contains(&error), "{run:#?}");
    }
}
