//! Functions in Python and JavaScript that `--handler` names.

use std::{fs, path::Path};

use crate::{
    firehose_local::{Run, command, run_with, workspace},
    replay::Folder,
};

/// Copies a folder of `fixtures/handlers` to a new folder, in which a run may write.
pub(crate) fn copied(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&workspace().join("fixtures/handlers").join(name), folder.path());
    folder
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// Runs `firehose-local` in a folder.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = command(arguments);
    command.current_dir(folder);
    run_with(command, "")
}

/// Writes an event with one reading.
fn event(folder: &Path) -> String {
    let event = folder.join("event.json").to_str().unwrap().to_owned();
    let mut command = command(&["event", "--source", "direct-put"]);
    command.current_dir(folder);
    let made = run_with(command, "{\"celsius\": 0}\n");
    made.ends(0, "");
    fs::write(&event, made.stdout).unwrap();
    event
}

#[test]
fn every_command_takes_a_handler() {
    let folder = copied("sam-python");
    let (path, event) = (folder.path(), event(folder.path()));
    let handler = ["--handler", "app.lambda_handler", "--code", "src"];
    let with = |arguments: &[&str], more: &[&str]| {
        let mut command = command(&[arguments, &handler, more].concat());
        command.current_dir(path).env("UNIT", "celsius");
        run_with(command, "")
    };
    let invoked = with(&["invoke"], &[&event]);
    invoked.ends(
        0,
        "1 answer: 1 Ok, 0 Dropped, 0 ProcessingFailed. The response keeps Firehose's contract.",
    );
    assert_eq!(invoked.response()["records"][0]["result"], "Ok");

    with(&["run", "--delivery-stream", "demo"], &["events.jsonl"]).ends(0, "");

    let case = ["event", "--case", "cases/one", "events.jsonl"];
    run_in(path, &case).ends(0, "");
    // The handler reads only `data`. The new file keeps the source for later tests.
    with(&["test", "--update"], &["cases", "--source", "direct-put"]).ends(0, "");
    with(&["test"], &["cases"]).ends(0, "");

    let sized = with(&["size", "--repeat", "1"], &["events.jsonl"]);
    sized.ends(0, "");

    let failed = with(&["run", "--delivery-stream", "other", "--to", "failed"], &["events.jsonl"]);
    failed.ends(0, "");
    let replayed = with(&["replay"], &["failed/processing-failed"]);
    replayed.ends(6, "");
    assert!(replayed.stdout.starts_with("2 lines in = 0 pass now"), "{replayed:#?}");
}

#[test]
fn a_failed_handler_is_shown_with_its_place() {
    let invoke = |code: &str, handler: &str| {
        let event = "fixtures/handlers/sam-python/events.jsonl";
        let code = format!("fixtures/handlers/{code}");
        let mut command = command(&["invoke", "--handler", handler, "--code", &code, "-"]);
        command.env_remove("FAULT");
        assert!(workspace().join(event).exists());
        run_with(command, r#"{"records": [{"recordId": "1", "data": "YQ=="}]}"#)
    };
    let raised = invoke("python", "answers.raising");
    raised.ends(3, "the function failed: KeyError: 'temperature' at ");
    raised.ends(3, "fixtures/handlers/python/answers.py:");
    raised.ends(3, " in inner\n");
    let thrown = invoke("node", "answers.rejects");
    thrown.ends(3, "the function failed: NoUnitError: no unit in straße at exports.rejects (");
    thrown.ends(3, "fixtures/handlers/node/answers.js:");
    invoke("python", "answers.exiting").ends(3, "ended without an answer (exit status: 3)");
    invoke("python", "missing_package.handler").ends(4, "No module named 'no_such_package_zzz'");
    invoke("python", "missing_package.handler")
        .ends(4, "; no_such_package_zzz is not installed here: list its package in ");
    invoke("node", "missing_import.handler")
        .ends(4, "; no-such-package-zzz is not installed here: npm install --prefix ");
    let hidden = invoke("python", "hidden_import.handler");
    hidden.ends(
        4,
        "RuntimeError: no setup (caused by ModuleNotFoundError: No module named 'no_such_",
    );
    hidden.ends(4, "; no_such_package_zzz is not installed here: ");
    // The handler takes one argument, so the error is raised in the runtime.
    let called = invoke("python", "own_errors.one_argument");
    called.ends(3, "takes 1 positional argument but 2 were given\n");
    invoke("python", "own_errors.surrogate").ends(3, "ValueError: no unit in \u{fffd} at ");
    invoke("node", "top_level_await.handler")
        .ends(4, "name the file .mjs, or add \"type\": \"module\"");
    invoke("node", "answers.silent").ends(1, "only an async handler returns it");
    invoke("python", "own_errors.silent").ends(1, "does every path of the handler return it?");
}

/// An error of the initialization is not shown again as a line of the log.
#[test]
fn an_error_of_the_initialization_is_shown_once_for_each_attempt() {
    for (code, handler, message) in [
        ("python", "raising_import.handler", "no table TABLE"),
        ("node", "raising_import.handler", "no table TABLE"),
    ] {
        let code = format!("fixtures/handlers/{code}");
        let to = tempfile::tempdir().unwrap();
        let to = to.path().to_str().unwrap();
        let run = ["run", "--delivery-stream", "demo", "--to", to, "--handler", handler, "--code"];
        let run = run_with(command(&[run.as_slice(), &[&code]].concat()), "{}\n");
        assert!(!run.stderr.contains("log: "), "{run:#?}");
        // Firehose invokes the function four times.
        assert_eq!(run.stderr.matches(message).count(), 4, "{run:#?}");
    }
}

#[test]
fn exceptions_without_a_record_are_causes_too() {
    let folder = Folder::new();
    folder.write(
        "app.py",
        "import base64, json, traceback

def handler(event, context):
    records = []
    for record in event['records']:
        try:
            json.loads(base64.b64decode(record['data']))['unit']
        except Exception:
            traceback.print_exc()
        records.append({'recordId': record['recordId'], 'result': 'ProcessingFailed'})
    return {'records': records}
",
    );
    let input = folder.write("in.jsonl", "{}\n{}\n[]\n");
    let run = run_in(
        Path::new(&folder.path("")),
        &["run", "--delivery-stream", "demo", "--handler", "app.handler", &input],
    );
    run.ends(0, "");
    let expected = "  failed with Lambda.ProcessingFailedStatus: 3 records
    exceptions in the log of the function, without the ids of records:
    2 x KeyError: 'unit'
    1 x TypeError: list indices must be integers or slices, not str
";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
}

#[test]
fn code_that_cannot_be_started_has_a_reason() {
    let folder = Folder::new();
    folder.write("typed/app.ts", "export const handler = 1;\n");
    folder.write("both/app.py", "");
    folder.write("both/app.js", "");
    let event = folder.write("event.json", r#"{"records": []}"#);
    let root = folder.path("");
    let invoke = |arguments: &[&str]| {
        let run = run_in(Path::new(&root), &[&["invoke"], arguments, &[&event]].concat());
        assert_eq!(run.code, 2, "{run:#?}");
        run.stderr.lines().next().unwrap_or_default().to_owned()
    };
    let errors = [
        invoke(&["--handler", "app.handler", "--code", "typed"]),
        invoke(&["--handler", "app.handler", "--code", "both"]),
        invoke(&["--handler", "app.handler", "--code", "absent"]),
        invoke(&["--handler", "other.handler", "--code", "both"]),
        invoke(&["--handler", "app.py", "--code", "both"]),
        invoke(&["--handler", "app.handler", "--code", "both", "--runtime", "java21"]),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    firehose-local: typed/app.ts is TypeScript, and Lambda runs JavaScript; build it first, with `sam build` or a bundler such as esbuild, and run the built code
    firehose-local: the handler app.handler has code in Python and in JavaScript in both; --runtime selects one, such as --runtime python3.13
    firehose-local: cannot read the folder with the code, absent: No such file or directory (os error 2)
    firehose-local: the handler other.handler has no code in both: the folder has none of the files other.py, other/__init__.py, other.js, other.mjs, other.cjs, other/index.js; --code names the folder with the code
    firehose-local: the handler `app.py` must be the name of a module and of a function in it, such as app.lambda_handler
    error: invalid value 'java21' for '--runtime <RUNTIME>': must be a runtime of Python or Node.js, such as python3.13 or nodejs22.x
    ");
    let both = ["--handler", "app.handler", "--code", "both", "--runtime", "python3.13"];
    let run = run_in(Path::new(&root), &[&["invoke"], both.as_slice(), &[&event]].concat());
    run.ends(4, "Handler 'handler' missing on module 'app'");
}
