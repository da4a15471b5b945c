use std::{error, fmt};

use firehose_core::BoxError;
use lambda_runtime_api_client::{PooledClient, body::Body, build_request};
use serde::Serialize;
use tracing::error;

use crate::failure::Cause;

/// The initialization of a function failed: see [`run_with`](crate::run_with).
pub struct InitError(BoxError);

/// What the Lambda Runtime API takes:
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    error_type: &'static str,
    error_message: &'a str,
    stack_trace: [&'static str; 0],
}

impl InitError {
    /// The error type that Lambda is told.
    pub const ERROR_TYPE: &'static str = "InitError";

    /// Logs the cause and tells Lambda, which must be there.
    pub(super) async fn report(cause: BoxError) -> Self {
        let error = Self(cause);
        let cause = Cause::error(&error.0).text;
        error!(cause, "initialization failed");
        if let Err(cause) = post(&cause).await {
            // Lambda sees at least that the process ends.
            error!(cause, "the error of the initialization could not be reported");
        }
        error
    }
}

async fn post(message: &str) -> Result<(), BoxError> {
    let report =
        Report { error_type: InitError::ERROR_TYPE, error_message: message, stack_trace: [] };
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", "Runtime.InitError")
        .body(Body::from(serde_json::to_vec(&report)?))?;
    let status = PooledClient::builder().build().call(request).await?.status();
    if status.is_success() { Ok(()) } else { Err(format!("the answer was {status}").into()) }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "initialization failed: {}", Cause::error(&self.0).text)
    }
}

/// As `Display`: it is what a `main` that returns an error prints.
impl fmt::Debug for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// It has no source, since its text has all of them.
impl error::Error for InitError {}
