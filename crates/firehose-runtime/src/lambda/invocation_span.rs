use tracing::{Span, error_span};

use crate::report::Report;

/// Returns the span of an invocation, for the log lines of the transform.
///
/// The span has the level `ERROR`, so that every level of the log enables the span. Without a
/// subscriber, the span costs nothing. A JSON line names only the innermost span, so this span
/// repeats the `requestId` of `lambda_runtime`'s span.
pub(crate) fn invocation_span(report: &Report, request_id: &str) -> Span {
    error_span!(
        "invocation",
        invocation_id = report.invocation(request_id),
        requestId = (!request_id.is_empty()).then_some(request_id),
    )
}
