//! The conformance tests of the trait `Function`. Each implementation passes the same suite.
//!
//! A new implementation adds a file with an [`Implementation`](suite::Implementation) and one call
//! of [`conformance_tests`].

mod handler;
mod in_process;
mod process;
mod suite;
mod url;

/// Defines one test for each promise of the trait.
macro_rules! conformance_tests {
    ($implementation:ty) => {
        $crate::conformance_tests!($implementation:
            answers_an_event,
            answers_an_event_of_6_mb,
            returns_the_error_that_the_function_reports,
            returns_a_timeout_after_the_limit,
            rejects_a_response_over_the_limit_of_lambda,
            returns_an_error_if_the_function_ends_without_an_answer,
            returns_a_start_error_if_no_function_exists,
            answers_the_next_event_after_each_failure,
            runs_invocations_at_the_same_time_up_to_the_limit,
        );
    };
    ($implementation:ty: $($promise:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $promise() {
                $crate::suite::$promise::<$implementation>().await;
            }
        )*
    };
}
pub(crate) use conformance_tests;
