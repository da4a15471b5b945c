//! The sink with the configuration of the environment. Each test starts a child process, because
//! all tests of a process share its environment.

use std::process::{Command, Output};

use firehose_runtime::reingest::AwsReingest;

use crate::service::{Service, kinesis, put_back, put_records_reply};

/// Runs the test `in_a_child` with these variables, and no other variables of AWS.
async fn child(variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "environment::in_a_child", "--ignored", "--nocapture"]);
    command.env_clear();
    // Some systems set the path of the certificates in these variables.
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("HOME", "/nonexistent");
    command.envs(variables.iter().copied());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test]
#[ignore = "the other tests run this test in a child process"]
#[expect(clippy::print_stdout, reason = "the parent process reads the output")]
async fn in_a_child() {
    #[cfg(feature = "lambda")]
    firehose_runtime::init();
    let sink = AwsReingest::from_env();
    assert!(format!("{sink:?}").contains("not needed yet"));
    let results = put_back(&sink, [kinesis("a", "s3cret one"), kinesis("b", "two")], None).await;
    println!("results: {results:?}");
}

#[tokio::test]
async fn credentials_and_endpoint_come_from_the_environment() {
    let service = Service::replying([put_records_reply(&[Ok(()), Ok(())])]).await;
    let output = child(&[
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token"),
        ("AWS_ENDPOINT_URL_KINESIS", &service.url),
    ])
    .await;
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains(r#"results: ["", ""]"#), "{output:?}");
    let request = &service.requests()[0];
    assert!(request.header("authorization").contains("Credential=AKIDEXAMPLE/"));
    assert!(request.header("authorization").contains("/eu-west-1/kinesis/"));
    assert_eq!(request.header("x-amz-security-token"), "token");
}

#[tokio::test]
async fn missing_credentials_are_an_error() {
    let service = Service::replying([]).await;
    let output = child(&[("AWS_ENDPOINT_URL_KINESIS", &service.url)]).await;
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("credential") && stdout.contains("(1 attempt)"), "{output:?}");
    assert!(service.requests().is_empty());
}

/// The SDK logs its requests at TRACE. This test checks that the log lacks their bodies and
/// secrets.
#[cfg(feature = "lambda")]
#[tokio::test]
async fn no_log_level_shows_payload_or_credentials() {
    let service = Service::replying([put_records_reply(&[Ok(()), Ok(())])]).await;
    let output = child(&[
        ("AWS_LAMBDA_LOG_LEVEL", "TRACE"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "s3cret key"),
        ("AWS_SESSION_TOKEN", "s3cret token"),
        ("AWS_ENDPOINT_URL_KINESIS", &service.url),
    ])
    .await;
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(log.contains(r#"results: ["", ""]"#) && log.contains("TRACE"), "{log}");
    // As text, as base64, and as the list of numbers in the `Debug` form of bytes.
    for shown in ["s3cret", "czNjcmV0", "115, 51, 99, 114"] {
        assert!(!log.contains(shown), "{shown} is in {log}");
    }
}
