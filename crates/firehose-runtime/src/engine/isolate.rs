//! The fence around one record: whatever happens inside is that record's outcome.

use std::{
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use firehose_core::{BoxError, Outcome, Output, Record, Transform};

use super::{
    Deadline,
    catch_panic::{caught, drop_quietly, inside, panicked},
};
use crate::failure::Cause;

/// What became of a record behind the fence.
#[derive(Debug)]
pub(crate) enum Fenced {
    Ok(Output),
    Dropped,
    Failed(Cause),
}

impl Fenced {
    /// Bytes of the output.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Ok(output) => output.data().len(),
            Self::Dropped | Self::Failed(_) => 0,
        }
    }
}

/// A record that has been started.
#[derive(Debug)]
pub(crate) struct Started<'a> {
    /// Bytes of the decoded payload.
    pub(crate) bytes_in: usize,
    pub(crate) state: State<'a>,
}

#[derive(Debug)]
pub(crate) enum State<'a> {
    Finished(Fenced),
    Waiting(Running<'a>),
}

impl Started<'_> {
    pub(crate) fn finished(bytes_in: usize, fenced: Fenced) -> Self {
        Self { bytes_in, state: State::Finished(fenced) }
    }
}

/// The transform of one record that has to wait for something.
///
/// A panic of the call, of the future, of the error's own text, and of what is dropped in
/// the middle is caught.
pub(crate) struct Running<'a> {
    future: Option<TransformFuture<'a>>,
}

type TransformFuture<'a> = Pin<Box<dyn Future<Output = Result<Outcome, BoxError>> + Send + 'a>>;

impl<'a> Running<'a> {
    /// Starts the transform of a record, and finishes it if it does not have to wait.
    pub(crate) fn start<T: Transform + ?Sized>(
        transform: &'a T,
        record: Record,
        context: &mut Context<'_>,
    ) -> Started<'a> {
        let bytes_in = record.data().len();
        let started = inside(|| {
            let mut future = transform.transform(record);
            match future.as_mut().poll(context) {
                Poll::Ready(result) => Ok(result),
                Poll::Pending => Err(future),
            }
        });
        let state = match started {
            Ok(Ok(result)) => State::Finished(fenced(result)),
            Ok(Err(future)) => State::Waiting(Self { future: Some(future) }),
            Err(cause) => State::Finished(Fenced::Failed(cause)),
        };
        Started { bytes_in, state }
    }
}

impl Future for Running<'_> {
    type Output = Fenced;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fenced> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        let fenced = match inside(|| future.as_mut().poll(context)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(result)) => fenced(result),
            Err(cause) => Fenced::Failed(cause),
        };
        drop_quietly(self.future.take());
        Poll::Ready(fenced)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(future) = self.future.take() {
            drop_quietly(future);
        }
    }
}

impl fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}

fn fenced(result: Result<Outcome, BoxError>) -> Fenced {
    match result {
        Ok(Outcome::Ok(output)) => Fenced::Ok(output),
        Ok(Outcome::Dropped) => Fenced::Dropped,
        Ok(Outcome::ProcessingFailed(error)) | Err(error) => {
            let cause = inside(|| Cause::error(&error)).unwrap_or_else(|cause| cause);
            // An error whose text panics may panic again.
            match caught(|| drop(error)) {
                Ok(()) => Fenced::Failed(cause),
                Err(panic) => Fenced::Failed(panicked(panic)),
            }
        }
    }
}

/// Runs other code of the user's behind the fence, until it is time to stop.
pub(crate) async fn guarded<F: Future>(
    deadline: Deadline,
    start: impl FnOnce() -> F,
) -> Result<F::Output, Cause> {
    let mut future = inside(|| Box::pin(start()))?;
    let mut stop = pin!(deadline.wait());
    let result = poll_fn(|context| match inside(|| future.as_mut().poll(context)) {
        Ok(Poll::Pending) if deadline.is_past() => Poll::Ready(Err(Deadline::given_up())),
        Ok(Poll::Pending) => stop.as_mut().poll(context).map(|()| Err(Deadline::given_up())),
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(cause) => Poll::Ready(Err(cause)),
    })
    .await;
    drop_quietly(future);
    result
}

/// The text of an error and its sources, whatever its code does.
pub(crate) fn error_text(error: &BoxError) -> String {
    inside(|| Cause::error(error)).unwrap_or_else(|cause| cause).text
}

#[cfg(test)]
mod tests {
    use std::{mem, panic::panic_any};

    use firehose_core::{async_trait, async_transform_fn, transform_fn};

    use super::*;

    fn run(transform: &impl Transform) -> Fenced {
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut running = match Running::start(transform, Record::new("1", ""), &mut context).state
        {
            State::Finished(fenced) => return fenced,
            State::Waiting(running) => running,
        };
        for _ in 0..10 {
            if let Poll::Ready(fenced) = Pin::new(&mut running).poll(&mut context) {
                return fenced;
            }
        }
        panic!("the future never gets ready");
    }

    fn cause(transform: &impl Transform) -> String {
        match run(transform) {
            Fenced::Failed(cause) => format!("{}: {}", cause.kind, cause.text),
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

    impl std::error::Error for PanicsWhenShown {}

    #[derive(Debug)]
    struct PanicsAllTheTime;

    impl fmt::Display for PanicsAllTheTime {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in the error's text")
        }
    }

    impl std::error::Error for PanicsAllTheTime {}

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
        assert_eq!(cause(&odd), "panic: panicked: with a value that is no text");
        let twice = transform_fn(|_: Record| -> Output { panic_any(PanicsWhenDropped) });
        assert_eq!(cause(&twice), "panic: panicked: with a value that is no text");
    }

    #[test]
    fn outcomes_pass_through() {
        let waits = async_transform_fn(|record: Record| async move { record.into_data() });
        assert!(matches!(run(&waits), Fenced::Ok(output) if output.data().is_empty()));
        assert!(matches!(run(&transform_fn(|_: Record| Outcome::Dropped)), Fenced::Dropped));
        let failed = transform_fn(|_: Record| Outcome::failed("no unit"));
        assert_eq!(cause(&failed), "error: no unit");
    }
}
