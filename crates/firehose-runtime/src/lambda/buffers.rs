use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

/// Twice what a response may have: a buffer doubles when it grows. A larger one is not kept.
const MAX_BYTES: usize = 2 * 6 * 1024 * 1024;

/// Buffers of responses that were sent, for the responses to come.
///
/// A response is megabytes, and memory that is fresh from the system takes longer to touch
/// than a response takes to write. There is one buffer for each invocation at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// An empty buffer.
    pub(crate) fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, response: Bytes) {
        // Whoever still has a part of it keeps all of it.
        let Ok(mut buffer) = response.try_into_mut() else { return };
        buffer.clear();
        let buffer = Vec::from(buffer);
        if buffer.capacity() > MAX_BYTES {
            return;
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// A response, whose buffer is used again when it has been sent.
#[derive(Debug)]
pub(super) struct Buffered {
    response: Bytes,
    buffers: Buffers,
}

impl Buffered {
    pub(super) fn new(response: Bytes, buffers: Buffers) -> Self {
        Self { response, buffers }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.response
    }
}

impl Drop for Buffered {
    fn drop(&mut self) {
        self.buffers.give_back(mem::take(&mut self.response));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_and_with_its_memory() {
        let buffers = Buffers::default();
        let mut buffer = buffers.take();
        buffer.extend_from_slice(&[b'x'; 5000]);
        let memory = buffer.as_ptr();
        drop(Buffered::new(buffer.into(), buffers.clone()));
        let again = buffers.take();
        assert_eq!((again.as_ptr(), again.len()), (memory, 0));
        assert_eq!(buffers.take().capacity(), 0);
    }
}
