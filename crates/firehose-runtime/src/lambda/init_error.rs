use std::{error, fmt};

use firehose_core::BoxError;
use lambda_runtime_api_client::{PooledClient, body::Body, build_request};
use serde::Serialize;
use tracing::error;

use crate::cause::Cause;

/// An error of the initialization of a function. See [`run_with`](crate::run_with).
pub struct InitError(BoxError);

/// The body of an
/// [initialization error](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror)
/// in the Lambda Runtime API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InitErrorBody<'a> {
    error_type: &'static str,
    error_message: &'a str,
    stack_trace: [&'static str; 0],
}

impl InitError {
    /// The error type that Lambda receives.
    pub const ERROR_TYPE: &'static str = "InitError";

    /// Logs the cause, and reports it to Lambda. The Lambda Runtime API must be available.
    pub(super) async fn report(cause: BoxError) -> Self {
        let error = Self(cause);
        let cause = Cause::error(&error.0).text;
        error!(cause, "initialization failed");
        if let Err(cause) = post(&cause).await {
            // Lambda notices the end of the process even without the report.
            error!(cause, "the initialization error could not be reported to Lambda");
        }
        error
    }
}

async fn post(message: &str) -> Result<(), BoxError> {
    let body = InitErrorBody {
        error_type: InitError::ERROR_TYPE,
        error_message: message,
        stack_trace: [],
    };
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", "Runtime.InitError")
        .body(Body::from(serde_json::to_vec(&body)?))?;
    let status = PooledClient::builder().build().call(request).await?.status();
    if status.is_success() {
        Ok(())
    } else {
        Err(format!("the Lambda Runtime API answered with status {status}").into())
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "initialization failed: {}", Cause::error(&self.0).text)
    }
}

/// Formats like `Display`, because a `main` that returns an error prints its `Debug` form.
impl fmt::Debug for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The error has no source, because its text names all sources.
impl error::Error for InitError {}
