//! Handlers of `fixtures/handlers`, run on the installed interpreters.
//!
//! `.ci/handlers.py` compares the same handlers with AWS's runtime clients.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use firehose_delivery::function::{FunctionProcess, HandlerFunction, ProcessSettings};
use futures_util::{StreamExt, stream};

/// A time that is long enough for each answer, even on a busy machine.
const ENOUGH: Duration = Duration::from_secs(60);

const EVENT: &str = r#"["grüße", 1.0, 12345678901234567890, null]"#;

fn folder(language: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/handlers");
    folder.canonicalize().unwrap().join(language)
}

/// The log of a function.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn settings(folder: &Path, handler: &str, runtime: &str) -> ProcessSettings {
    let function = HandlerFunction::find(handler, folder, Some(runtime)).unwrap();
    function.process().await.unwrap()
}

/// Returns the response to an event or the error, and the log.
async fn invoked(folder: &Path, handler: &str, runtime: &str) -> (String, String) {
    let (settings, log) = (settings(folder, handler, runtime).await, Log::default());
    let shown = match FunctionProcess::launch(&settings, ENOUGH, log.clone(), |_| {}).await {
        Ok(mut function) => {
            let response = function.invoke(EVENT, ENOUGH).await;
            function.end().await;
            match response {
                Ok(response) => String::from_utf8(response.to_vec()).unwrap(),
                Err(error) => error.to_string(),
            }
        }
        Err(error) => error.to_string(),
    };
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (shown, log)
}

/// Returns a line for each handler, with its response or its error.
async fn answers(folder: &Path, runtime: &str, handlers: &[String]) -> String {
    let all = stream::iter(handlers).map(async |handler| {
        let (shown, _) = invoked(folder, handler, runtime).await;
        let path = folder.display().to_string();
        let shown = shown.replace(&format!("{path}/"), "").replace(&path, "code");
        format!("{handler}: {shown}")
    });
    all.buffered(4).collect::<Vec<_>>().await.join("\n")
}

/// Returns the names that a pattern's start and end enclose in the lines of a file.
fn names(file: &Path, start: &str, end: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| line.trim_start_matches("async "));
    let names = lines.filter_map(|line| line.strip_prefix(start)?.split_once(end));
    names.map(|(name, _)| format!("answers.{name}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_python_have_the_bytes_of_awslambdaric() {
    let folder = folder("python");
    let mut handlers = names(&folder.join("answers.py"), "def ", "(event, context):");
    assert!(handlers.len() > 15, "{handlers:?}");
    let faults = [
        "missing_package.handler",
        "syntax_error.handler",
        "raising_import.handler",
        "answers.absent",
        "package/inner.handler",
        "package.inner.handler",
        "src/app.handler",
        "src.app.handler",
    ];
    handlers.extend(faults.map(str::to_owned));
    insta::assert_snapshot!("python", answers(&folder, "python3.12", &handlers).await);
    let escaped = ["answers.non_ascii", "answers.nested"].map(str::to_owned);
    insta::assert_snapshot!("python-before-3.12", answers(&folder, "python3.11", &escaped).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_javascript_are_those_of_aws_lambda_ric() {
    let folder = folder("node");
    let mut handlers = names(&folder.join("answers.js"), "exports.", " =");
    assert!(handlers.len() > 20, "{handlers:?}");
    let others = [
        "answers.nested.api.handler",
        "answers.absent",
        "asynchronous.handler",
        "asynchronous.default.handler",
        "common.handler",
        "module/app.handler",
        "src/app.handler",
        "missing_package.handler",
        "missing_import.handler",
        "syntax_error.handler",
        "raising_import.handler",
    ];
    handlers.extend(others.map(str::to_owned));
    insta::assert_snapshot!("node", answers(&folder, "nodejs22.x", &handlers).await);
    let callback = ["answers.callback".to_owned()];
    insta::assert_snapshot!("node-24", answers(&folder, "nodejs24.x", &callback).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_json_lines_with_the_logged_fields() {
    let mut shown = Vec::new();
    for (language, runtime) in [("python", "python3.12"), ("node", "nodejs22.x")] {
        let (_, log) = invoked(&folder(language), "answers.logs", runtime).await;
        for line in log.lines() {
            let Ok(mut line) = serde_json::from_str::<serde_json::Value>(line) else {
                shown.push(line.to_owned());
                continue;
            };
            for name in ["timestamp", "requestId", "location"] {
                if let Some(value) = line.get_mut(name) {
                    *value = "...".into();
                }
            }
            if let Some(trace) = line.get_mut("stackTrace") {
                *trace = trace.as_array().unwrap().len().min(1).into();
            }
            // The message has the stack too.
            if let Some(serde_json::Value::String(message)) = line.get_mut("message") {
                message.truncate(message.find('\n').unwrap_or(message.len()));
            }
            shown.push(line.to_string());
        }
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_folder_is_the_working_folder_and_stays_as_it_is() {
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("code")).unwrap();
    let code = copy.path().join("code");
    for (language, file) in [("python", "answers.py"), ("python", "faulty.py")] {
        std::fs::copy(folder(language).join(file), code.join(file)).unwrap();
    }
    let (shown, _) = invoked(&code, "answers.environment", "python3.12").await;
    let expected = r#"{"handler": "answers.environment", "folder": "code", "working folder": "code", "first import root": "code", "region": "#;
    assert!(shown.starts_with(expected), "{shown}");
    let mut names: Vec<_> =
        code.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["answers.py", "faulty.py"]);
}
