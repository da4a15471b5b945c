//! Panics of code that is not ours, caught.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    mem,
    panic::{self, AssertUnwindSafe, catch_unwind},
};

use crate::failure::{Cause, FailureKind};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls `code`, and turns a panic into a cause.
pub(crate) fn inside<R>(code: impl FnOnce() -> R) -> Result<R, Cause> {
    caught(code).map_err(panicked)
}

pub(super) fn panicked((payload, location): Panic) -> Cause {
    let mut text = format!("panicked: {}", message(&*payload));
    if let Some(location) = location {
        text = format!("{text} (at {location})");
    }
    drop_quietly(payload);
    Cause::new(FailureKind::Panic, &text)
}

/// Drops a value of the transform's, which may panic in its turn: too late to matter.
pub(crate) fn drop_quietly<T>(value: T) {
    if let Err((again, _)) = caught(|| drop(value)) {
        mem::forget(again);
    }
}

pub(super) type Panic = (Box<dyn Any + Send>, Option<String>);

/// Calls `code`; of a panic, what it carried, and its place if the hook is installed.
pub(super) fn caught<R>(code: impl FnOnce() -> R) -> Result<R, Panic> {
    let outer = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(code));
    INSIDE.set(outer);
    result.map_err(|payload| (payload, LOCATION.take()))
}

fn message(payload: &(dyn Any + Send)) -> &str {
    if let Some(message) = payload.downcast_ref::<&str>() {
        message
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message
    } else {
        "with a value that is no text"
    }
}

/// Within the fence, keeps the place of a panic for the cause instead of printing it: the
/// log gets one line for the record, not two. Panics elsewhere are printed as before, and so
/// are all in a binary that aborts, since there is no line to come.
#[cfg_attr(
    not(feature = "lambda"),
    expect(dead_code, reason = "a process-wide hook is run's to set")
)]
pub(crate) fn install_panic_hook() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if INSIDE.get() && !cfg!(panic = "abort") {
            LOCATION.set(info.location().map(ToString::to_string));
        } else {
            previous(info);
        }
    }));
}
