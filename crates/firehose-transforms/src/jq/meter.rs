//! Counts the operations and bytes of a run, and checks the stack. Also holds the settings of the run.

use std::cell::Cell;

use super::{fidelity::Fidelity, limits::JqLimits};

/// A limit that a run has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Operations,
    Bytes,
    Nesting,
    Stack,
}

/// The operations, bytes and stack that one run may still use.
#[derive(Debug)]
pub(crate) struct Meter {
    operations: Cell<u64>,
    bytes: Cell<usize>,
    stack_start: usize,
    stack_bytes: usize,
    fidelity: Fidelity,
}

impl Meter {
    /// Starts a run that may use this number of bytes of the stack from here on.
    pub(crate) fn new(limits: JqLimits, stack_bytes: usize) -> Self {
        Self {
            operations: Cell::new(limits.operations()),
            bytes: Cell::new(limits.bytes()),
            stack_start: stack_address(),
            stack_bytes,
            fidelity: Fidelity::default(),
        }
    }

    /// Sets the treatment of numbers and texts in the run.
    pub(crate) fn with_fidelity(self, fidelity: Fidelity) -> Self {
        Self { fidelity, ..self }
    }

    /// Returns the treatment of numbers and texts in the run.
    pub(crate) fn fidelity(&self) -> Fidelity {
        self.fidelity
    }

    /// Counts one operation.
    #[inline]
    pub(crate) fn step(&self) -> Result<(), Exceeded> {
        self.steps(1)
    }

    /// Counts this number of operations.
    #[inline]
    pub(crate) fn steps(&self, count: usize) -> Result<(), Exceeded> {
        match self.operations.get().checked_sub(count as u64) {
            Some(rest) => {
                self.operations.set(rest);
                Ok(())
            }
            None => {
                // After the limit, every further operation fails, too, even a smaller one.
                self.operations.set(0);
                Err(Exceeded::Operations)
            }
        }
    }

    /// Counts the reading of a text: one operation for 64 bytes.
    #[inline]
    pub(crate) fn read(&self, bytes: usize) -> Result<(), Exceeded> {
        if bytes < 64 { Ok(()) } else { self.steps(bytes / 64) }
    }

    /// Counts bytes that are about to be built.
    #[inline]
    pub(crate) fn build(&self, bytes: usize) -> Result<(), Exceeded> {
        match self.bytes.get().checked_sub(bytes) {
            Some(rest) => {
                self.bytes.set(rest);
                Ok(())
            }
            None => {
                self.bytes.set(0);
                Err(Exceeded::Bytes)
            }
        }
    }

    /// Returns the number of bytes that the run may still build.
    pub(crate) fn bytes_left(&self) -> usize {
        self.bytes.get()
    }

    /// Checks that the stack has room for a further level of recursion.
    #[inline]
    pub(crate) fn check_stack(&self) -> Result<(), Exceeded> {
        if self.stack_start.abs_diff(stack_address()) > self.stack_bytes {
            return Err(Exceeded::Stack);
        }
        Ok(())
    }
}

/// Returns the address of a local variable, which is close to the current end of the stack.
#[inline(never)]
fn stack_address() -> usize {
    let local = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&local)).addr()
}
