//! A function of `firehose-runtime` as a process: its log, its metrics, its end.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    os::unix::process::ExitStatusExt,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_delivery::runtime_api::RuntimeApi;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::firehose_local::{INTEGERS, example, run_with, square_values};

const EVENT: &str = r#"{"records": [{"recordId": "1", "data": "eyJhIjoyfQ=="}]}"#;

struct Function {
    api: RuntimeApi,
    child: Child,
}

impl Function {
    async fn start(binary: &str, variables: &[(&str, &str)]) -> Self {
        let api = RuntimeApi::start().await.unwrap();
        let child = Command::new(binary)
            .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "orders")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { api, child }
    }

    async fn invoke(&self) -> Value {
        let response = self.api.submit(EVENT, Duration::from_secs(60)).response().await.unwrap();
        serde_json::from_slice(&response).unwrap()
    }

    /// Sends the signal, waits for the end, and returns the standard output.
    fn end(mut self, signal: Signal) -> (ExitStatus, String) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let status = self.child.wait().unwrap();
        let mut output = String::new();
        if let Some(mut stdout) = self.child.stdout.take() {
            stdout.read_to_string(&mut output).unwrap();
        }
        (status, output)
    }
}

/// Returns the lines of metrics. Each line must be valid JSON.
fn metrics(output: &str) -> Vec<Value> {
    let lines = output.lines().filter(|line| line.contains("_aws"));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn each_invocation_has_a_line_of_metrics_at_any_log_level() {
    for (format, level, line_level) in [("JSON", "FATAL", "FATAL"), ("Text", "DEBUG", "INFO")] {
        let variables = [("AWS_LAMBDA_LOG_FORMAT", format), ("AWS_LAMBDA_LOG_LEVEL", level)];
        let function = Function::start(square_values(), &variables).await;
        for _ in 0..3 {
            assert_eq!(function.invoke().await["records"][0]["result"], "Ok");
        }
        let (_, output) = function.end(Signal::TERM);
        let metrics = metrics(&output);
        assert_eq!(metrics.len(), 3, "{output}");
        for line in metrics {
            assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "FirehoseTransform");
            assert_eq!((&line["FunctionName"], &line["Ok"]), (&"orders".into(), &1.into()));
            assert_eq!(line["level"], line_level);
        }
    }
}

/// Lambda Managed Instances give a function several invocations at a time.
#[tokio::test]
async fn concurrent_invocations_each_get_their_own_answer() {
    let function = Function::start(square_values(), &[("AWS_LAMBDA_MAX_CONCURRENCY", "4")]).await;
    let pending: Vec<_> = (0..40)
        .map(|number| {
            let data = STANDARD.encode(format!("{{\"n\":{number}}}"));
            let record = format!(r#"{{"recordId":"{number}","data":"{data}"}}"#);
            let event = format!(r#"{{"records":[{}]}}"#, vec![record; 2000].join(","));
            (number, function.api.submit(event, Duration::from_secs(60)))
        })
        .collect();
    for (number, pending) in pending {
        let response: Value = serde_json::from_slice(&pending.response().await.unwrap()).unwrap();
        let records = response["records"].as_array().unwrap();
        let id = number.to_string();
        let data = STANDARD.encode(format!("{{\"n\":{}}}", number * number));
        assert_eq!(records.len(), 2000);
        let is_its_own = |it: &Value| it["recordId"] == id.as_str() && it["data"] == data.as_str();
        assert!(records.iter().all(is_its_own), "event {number}");
    }
    function.end(Signal::KILL);
}

#[tokio::test]
async fn an_environment_variable_turns_metrics_off() {
    let function = Function::start(square_values(), &[("FIREHOSE_TRANSFORM_METRICS", "off")]).await;
    function.invoke().await;
    let (_, output) = function.end(Signal::TERM);
    assert_eq!(metrics(&output), [Value::Null; 0]);
    assert!(output.contains("event answered"), "{output}");
}

#[tokio::test]
async fn a_function_without_a_reader_of_its_log_still_answers() {
    let mut function = Function::start(square_values(), &[]).await;
    function.child.stdout.take();
    function.child.stderr.take();
    for _ in 0..3 {
        assert_eq!(function.invoke().await["records"][0]["result"], "Ok");
    }
    function.end(Signal::KILL);
}

#[tokio::test]
async fn a_signal_ends_the_function_after_all_output_is_written() {
    for signal in [Signal::TERM, Signal::INT] {
        // A child process ignores the signals that this process ignores. A background job of a
        // script ignores interrupts.
        if signal == Signal::INT && ignores_interrupts() {
            continue;
        }
        let function = Function::start(square_values(), &[]).await;
        function.invoke().await;
        let (status, output) = function.end(signal);
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert_eq!(metrics(&output).len(), 1, "{output}");
        assert!(output.ends_with('\n'), "{output}");
    }
}

/// Returns `true` if this process ignores interrupts.
fn ignores_interrupts() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let interrupt = 1 << (Signal::INT.as_raw() - 1);
    u64::from_str_radix(ignored.trim(), 16).unwrap() & interrupt != 0
}

#[test]
fn a_failed_initialization_is_reported() {
    let run = |init| {
        let mut command =
            crate::firehose_local::command(&["invoke", "--binary", &example("init"), INTEGERS]);
        command.env("INIT", init);
        run_with(command, "")
    };
    run("fine").ends(0, "6 answers: 6 Ok");
    let failed = run("fail");
    failed.ends(4, "the function could not initialize: InitError: connection refused");
    failed.ends(4, r#""fields":{"message":"initialization failed","cause":"connection refused"}"#);
    let panicked = run("panic");
    panicked.ends(4, "could not initialize: InitError: panicked: no such variable (at ");
    assert!(!panicked.stderr.contains("thread 'main'"), "{}", panicked.stderr);
}

#[tokio::test]
async fn the_process_ends_with_an_error_after_a_failed_initialization() {
    let Function { api, mut child } = Function::start(&example("init"), &[("INIT", "fail")]).await;
    // Wait on another thread, because the tasks of this thread have to receive the report first.
    let ended = spawn_blocking(move || {
        let mut printed = String::new();
        child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        (child.wait().unwrap().code(), printed)
    });
    let (code, printed) = ended.await.unwrap();
    assert_eq!(code, Some(1));
    assert_eq!(printed, "Error: initialization failed: connection refused\n");
    drop(api);
}

/// Starts a server that answers each request with this text. Returns the address of the server.
fn answering(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 4096]);
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn an_unexpected_answer_of_the_runtime_api_ends_a_function_with_a_message() {
    for answer in [
        "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        let output = Command::new(square_values())
            .env("AWS_LAMBDA_RUNTIME_API", answering(answer).to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "f")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{answer}: {stderr}");
        assert!(stderr.contains("unexpected answer of the Lambda Runtime API"), "{stderr}");
    }
}
