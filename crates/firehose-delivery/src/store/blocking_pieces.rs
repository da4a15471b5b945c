use std::{
    io::{self, Read},
    thread,
};

use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::sync::mpsc;

use super::error::StoreError;

/// The size of a piece, in bytes.
const PIECE: usize = 64 * 1024;

/// The number of pieces that are read ahead.
const READ_AHEAD: usize = 2;

/// Reads a file or standard input in a separate thread, and streams the content in pieces.
///
/// A read from a terminal or a pipe may block forever. The thread is detached, so the process can
/// still end.
pub(super) fn blocking_pieces(
    name: &str,
    mut from: impl Read + Send + 'static,
) -> BoxStream<'static, Result<Bytes, StoreError>> {
    let action = format!("cannot read {name}");
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    thread::spawn(move || {
        let mut buffer = vec![0; PIECE];
        loop {
            let piece = match from.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => Ok(Bytes::copy_from_slice(&buffer[..length])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(StoreError::of(&action, &error)),
            };
            let failed = piece.is_err();
            if sender.blocking_send(piece).is_err() || failed {
                return;
            }
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    })
    .boxed()
}
