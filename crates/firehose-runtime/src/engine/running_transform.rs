use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use firehose_core::{BoxError, Outcome, Record, Transform};

use super::{
    catch_panic::{catch_panic, drop_catching},
    record_result::RecordResult,
};
use crate::cause::Cause;

/// A record that was started.
#[derive(Debug)]
pub(super) enum StartedRecord<'a> {
    /// The record has its result. `bytes_in` is the length of the decoded payload.
    Finished { bytes_in: usize, result: RecordResult },
    /// The transform waits for something.
    Waiting { bytes_in: usize, transform: RunningTransform<'a> },
}

/// The transform of one record that waits for something, isolated from all other records.
///
/// This type catches a panic of the call, of the future, of the text of an error, and of the drop
/// of a value.
pub(super) struct RunningTransform<'a> {
    future: Option<TransformFuture<'a>>,
}

type TransformFuture<'a> = Pin<Box<dyn Future<Output = Result<Outcome, BoxError>> + Send + 'a>>;

impl<'a> RunningTransform<'a> {
    /// Starts the transform of a record, and finishes the record if the transform does not wait.
    pub(super) fn start<T: Transform + ?Sized>(
        transform: &'a T,
        record: Record,
        context: &mut Context<'_>,
    ) -> StartedRecord<'a> {
        let bytes_in = record.data().len();
        let started = catch_panic(|| {
            let mut future = transform.transform(record);
            match future.as_mut().poll(context) {
                Poll::Ready(result) => Ok(result),
                Poll::Pending => Err(future),
            }
        });
        let result = match started {
            Ok(Ok(result)) => record_result(result),
            Ok(Err(future)) => {
                let transform = Self { future: Some(future) };
                return StartedRecord::Waiting { bytes_in, transform };
            }
            Err(cause) => RecordResult::Failed(cause),
        };
        StartedRecord::Finished { bytes_in, result }
    }
}

impl Future for RunningTransform<'_> {
    type Output = RecordResult;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<RecordResult> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        let result = match catch_panic(|| future.as_mut().poll(context)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(result)) => record_result(result),
            Err(cause) => RecordResult::Failed(cause),
        };
        drop_catching(self.future.take());
        Poll::Ready(result)
    }
}

impl Drop for RunningTransform<'_> {
    fn drop(&mut self) {
        drop_catching(self.future.take());
    }
}

impl fmt::Debug for RunningTransform<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunningTransform")
    }
}

fn record_result(result: Result<Outcome, BoxError>) -> RecordResult {
    match result {
        Ok(Outcome::Ok(output)) => RecordResult::Ok(output),
        Ok(Outcome::Dropped) => RecordResult::Dropped,
        Ok(Outcome::ProcessingFailed(error)) | Err(error) => {
            let cause = catch_panic(|| Cause::error(&error)).unwrap_or_else(|cause| cause);
            // An error whose text panics may panic again when it is dropped.
            let second = catch_panic(|| drop(error)).err();
            RecordResult::Failed(second.unwrap_or(cause))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{error::Error, future::poll_fn, mem, panic::panic_any, task::Waker};

    use firehose_core::{Output, async_trait, async_transform_fn, transform_fn};

    use super::*;

    fn run(transform: &impl Transform) -> RecordResult {
        let mut context = Context::from_waker(Waker::noop());
        let started = RunningTransform::start(transform, Record::new("1", ""), &mut context);
        let mut running = match started {
            StartedRecord::Finished { result, .. } => return result,
            StartedRecord::Waiting { transform, .. } => transform,
        };
        for _ in 0..10 {
            if let Poll::Ready(result) = Pin::new(&mut running).poll(&mut context) {
                return result;
            }
        }
        panic!("the future never gets ready");
    }

    fn cause(transform: &impl Transform) -> String {
        match run(transform) {
            RecordResult::Failed(cause) => format!("{}: {}", cause.kind, cause.text),
            other => panic!("expected a failure, got {other:?}"),
        }
    }

    struct PanicsInTheCall;

    impl Transform for PanicsInTheCall {
        fn transform<'a: 'b, 'b>(
            &'a self,
            _: Record,
        ) -> Pin<Box<dyn Future<Output = Result<Outcome, BoxError>> + Send + 'b>> {
            panic!("in the call")
        }
    }

    struct PanicsAfterAnAwait;

    #[async_trait]
    impl Transform for PanicsAfterAnAwait {
        async fn transform(&self, _: Record) -> Result<Outcome, BoxError> {
            let mut polled = false;
            poll_fn(
                |_| {
                    if mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
                },
            )
            .await;
            panic!("in the future")
        }
    }

    #[derive(Debug)]
    struct PanicsWhenShown;

    impl fmt::Display for PanicsWhenShown {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in the error's text")
        }
    }

    impl Error for PanicsWhenShown {}

    #[derive(Debug)]
    struct PanicsAllTheTime;

    impl fmt::Display for PanicsAllTheTime {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in the error's text")
        }
    }

    impl Error for PanicsAllTheTime {}

    impl Drop for PanicsAllTheTime {
        fn drop(&mut self) {
            panic!("in the error's drop")
        }
    }

    struct PanicsWhenDropped;

    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            panic_any(Self)
        }
    }

    #[test]
    fn a_panic_is_a_failure_wherever_it_comes_from() {
        assert_eq!(cause(&PanicsInTheCall), "panic: panicked: in the call");
        assert_eq!(cause(&PanicsAfterAnAwait), "panic: panicked: in the future");
        let shown = transform_fn(|_: Record| Outcome::failed(PanicsWhenShown));
        assert_eq!(cause(&shown), "panic: panicked: in the error's text");
        let always = transform_fn(|_: Record| Outcome::failed(PanicsAllTheTime));
        assert_eq!(cause(&always), "panic: panicked: in the error's drop");
        let formatted = transform_fn(|record: Record| -> Output { panic!("{}", record.id()) });
        assert_eq!(cause(&formatted), "panic: panicked: 1");
        let odd = transform_fn(|_: Record| -> Output { panic_any(7) });
        assert_eq!(cause(&odd), "panic: panicked: the panic value is not text");
        let twice = transform_fn(|_: Record| -> Output { panic_any(PanicsWhenDropped) });
        assert_eq!(cause(&twice), "panic: panicked: the panic value is not text");
    }

    #[test]
    fn outcomes_pass_through() {
        let waits = async_transform_fn(|record: Record| async move { record.into_data() });
        assert!(matches!(run(&waits), RecordResult::Ok(output) if output.data().is_empty()));
        assert!(matches!(run(&transform_fn(|_: Record| Outcome::Dropped)), RecordResult::Dropped));
        let failed = transform_fn(|_: Record| Outcome::failed("no unit"));
        assert_eq!(cause(&failed), "error: no unit");
    }
}
