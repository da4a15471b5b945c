use std::task::{Context, Waker};
#[cfg(feature = "lambda")]
use std::{future::poll_fn, task::Poll};

/// The source of Tokio's cooperative budget on a helper thread.
///
/// Tokio gives each task a budget. A task that has used up its budget gets `Pending` from Tokio's
/// resources, so that a record that is always busy makes way for others. The thread that starts the
/// helper threads runs inside such a task. A helper thread does not: there, the runtime's handle
/// gives each record a budget.
#[derive(Default)]
pub(super) struct CoopBudget {
    #[cfg(feature = "lambda")]
    runtime: Option<tokio::runtime::Handle>,
}

impl CoopBudget {
    /// Calls `start` with a context. On a helper thread, the call has a fresh budget.
    pub(super) fn poll<R>(&self, mut start: impl FnMut(&mut Context<'_>) -> R) -> R {
        #[cfg(feature = "lambda")]
        if let Some(runtime) = &self.runtime {
            return runtime.block_on(poll_fn(|context| Poll::Ready(start(context))));
        }
        start(&mut Context::from_waker(Waker::noop()))
    }
}

/// Wraps the work of a helper thread, so that the work sees the Tokio runtime and the tracing
/// span of the calling thread.
#[cfg(feature = "lambda")]
pub(super) fn in_this_context(work: impl FnOnce(CoopBudget)) -> impl FnOnce() {
    let runtime = tokio::runtime::Handle::try_current().ok();
    let subscriber = tracing::dispatcher::get_default(Clone::clone);
    let span = tracing::Span::current();
    move || {
        let budget = CoopBudget { runtime: runtime.clone() };
        let _runtime = runtime.as_ref().map(tokio::runtime::Handle::enter);
        tracing::dispatcher::with_default(&subscriber, || span.in_scope(|| work(budget)));
    }
}

/// Wraps the work of a helper thread. Without the feature `lambda`, there is no context to share.
#[cfg(not(feature = "lambda"))]
pub(super) fn in_this_context(work: impl FnOnce(CoopBudget)) -> impl FnOnce() {
    || work(CoopBudget::default())
}
