use std::{
    any::Any,
    cell::{Cell, RefCell},
    mem,
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::Once,
};

use crate::{cause::Cause, failure::FailureKind};

thread_local! {
    static IS_CATCHING: Cell<bool> = const { Cell::new(false) };
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls the user's code, and turns a panic into a cause.
pub(crate) fn catch_panic<R>(code: impl FnOnce() -> R) -> Result<R, Cause> {
    catch_payload(code).map_err(|(payload, location)| panic_cause(payload, location))
}

/// Returns the cause of a panic. This is a separate function, so that [`catch_panic`] is small
/// where it is inlined.
#[cold]
fn panic_cause(payload: PanicPayload, location: Option<String>) -> Cause {
    let mut text = format!("panicked: {}", message(&*payload));
    if let Some(location) = location {
        text = format!("{text} (at {location})");
    }
    drop_catching(payload);
    Cause::new(FailureKind::Panic, &text)
}

/// Drops a value of the user's code, and ignores a panic: the record has its result already.
pub(crate) fn drop_catching<T>(value: T) {
    if let Err((payload, _)) = catch_payload(|| drop(value)) {
        // Dropping the payload could panic again, without end.
        mem::forget(payload);
    }
}

type PanicPayload = Box<dyn Any + Send>;

/// Calls `code`. Returns the payload of a panic, with its location if the hook is installed.
fn catch_payload<R>(code: impl FnOnce() -> R) -> Result<R, (PanicPayload, Option<String>)> {
    let outer = IS_CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(code));
    IS_CATCHING.set(outer);
    result.map_err(|payload| (payload, LOCATION.take()))
}

fn message(payload: &(dyn Any + Send)) -> &str {
    if let Some(message) = payload.downcast_ref::<&str>() {
        message
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message
    } else {
        "the panic value is not text"
    }
}

/// Keeps panics of transforms out of standard error, because the report of an event has them.
///
/// Installs a panic hook for the whole process, once. The hook prints nothing about a panic of a
/// transform, and keeps its location for the cause of the failure. So the log has one line for the
/// record, not two. Other panics are printed as before. In a binary that aborts on panics, all
/// panics are printed, because no log line follows.
///
/// `run` and `init` call this function. Call it in a process that runs a
/// [`Handler`](crate::Handler) by itself.
pub fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IS_CATCHING.get() && !cfg!(panic = "abort") {
                LOCATION.set(info.location().map(ToString::to_string));
            } else {
                previous(info);
            }
        }));
    });
}
