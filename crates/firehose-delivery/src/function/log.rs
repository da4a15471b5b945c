use std::{
    io::{PipeReader, Read, Write},
    thread,
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

/// The longest line that is inspected. A longer line is passed on in pieces.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// The bytes of one read.
const CHUNK_BYTES: usize = 8 * 1024;

/// The time that the rest of the log may take after the function has answered or ended.
const GRACE: Duration = Duration::from_millis(500);

/// The output of a function, which a thread passes on and inspects line by line.
///
/// The thread may block: a reader of our standard error may be slow. Time-outs and signals do not
/// wait for the thread.
#[derive(Debug)]
pub(super) struct Log {
    ended: oneshot::Receiver<()>,
}

impl Log {
    /// Starts the thread, which writes the output to `to` and calls `inspect` with each line.
    pub(super) fn follow(
        output: PipeReader,
        to: impl Write + Send + 'static,
        inspect: impl FnMut(&[u8]) + Send + 'static,
    ) -> Self {
        let (end, ended) = oneshot::channel();
        thread::spawn(move || {
            pass_on(output, to, inspect);
            // The receiver may be gone.
            let _ = end.send(());
        });
        Self { ended }
    }

    /// Waits for the end of the output, but at most half a second.
    pub(super) async fn ended(&mut self) {
        let _ = timeout(GRACE, &mut self.ended).await;
    }
}

/// Passes on output in writes of whole lines, because several functions may share a destination.
fn pass_on(mut output: PipeReader, mut to: impl Write, mut inspect: impl FnMut(&[u8])) {
    let mut chunk = vec![0; CHUNK_BYTES];
    // The part of an unfinished line that was not passed on.
    let mut unfinished = Vec::new();
    let mut is_too_long = false;
    loop {
        let read = match output.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(read) => &chunk[..read],
        };
        let end = memchr::memrchr(b'\n', read).map_or(0, |last| last + 1);
        let (ended, rest) = read.split_at(end);
        if !ended.is_empty() {
            let lines = if unfinished.is_empty() {
                ended
            } else {
                unfinished.extend_from_slice(ended);
                &unfinished
            };
            // A log that cannot be written must not stop the function.
            let _ = to.write_all(lines);
            let inspected = lines.split_inclusive(|byte| *byte == b'\n');
            inspected.skip(usize::from(is_too_long)).for_each(&mut inspect);
            unfinished.clear();
            is_too_long = false;
        }
        unfinished.extend_from_slice(rest);
        if unfinished.len() > MAX_LINE_BYTES {
            let _ = to.write_all(&unfinished);
            unfinished.clear();
            is_too_long = true;
        }
    }
    if !is_too_long && !unfinished.is_empty() {
        inspect(&unfinished);
    }
    if is_too_long || !unfinished.is_empty() {
        // The next line of another function must not continue this line.
        unfinished.push(b'\n');
        let _ = to.write_all(&unfinished);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex, PoisonError},
    };

    use super::*;

    /// A writer that keeps each write.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<Vec<u8>>>>);

    impl Write for Shared {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(data.to_vec());
            Ok(data.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Passes on these pieces, and returns the writes and the inspected lines.
    fn passed_on(pieces: Vec<Vec<u8>>) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let (output, mut function) = io::pipe().unwrap();
        let (to, mut lines) = (Shared::default(), Vec::new());
        let writing = thread::spawn(move || {
            for piece in pieces {
                function.write_all(&piece).unwrap();
                thread::sleep(Duration::from_millis(5));
            }
        });
        pass_on(output, to.clone(), |line: &[u8]| lines.push(line.to_vec()));
        writing.join().unwrap();
        let writes = std::mem::take(&mut *to.0.lock().unwrap());
        (writes, lines)
    }

    #[test]
    fn several_functions_do_not_write_into_each_others_lines() {
        let to = Shared::default();
        let threads: Vec<_> = (0..4)
            .map(|number: u8| {
                let (output, mut function) = io::pipe().unwrap();
                let to = to.clone();
                let following = thread::spawn(move || pass_on(output, to, |_: &[u8]| {}));
                let line = [vec![b'a' + number; 20_000], vec![b'\n']].concat();
                thread::spawn(move || (0..50).for_each(|_| function.write_all(&line).unwrap()));
                following
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let text = to.0.lock().unwrap().concat();
        let lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
        assert_eq!(lines.len(), 200);
        assert!(
            lines
                .iter()
                .all(|line| line.len() == 20_001
                    && line[..20_000].windows(2).all(|it| it[0] == it[1]))
        );
    }

    #[test]
    fn each_write_has_whole_lines() {
        let long = [vec![b'x'; 30_000], b"\n".to_vec()].concat();
        let pieces = [b"one\ntw".to_vec(), b"o\n\nth".to_vec(), b"ree\n".to_vec(), long.clone()];
        let (writes, lines) = passed_on(pieces.to_vec());
        assert!(writes.iter().all(|it| it.ends_with(b"\n")), "{writes:?}");
        assert_eq!(writes.concat(), pieces.concat());
        assert_eq!(lines, [b"one\n", b"two\n".as_slice(), b"\n", b"three\n", &long]);
    }

    #[test]
    fn an_unfinished_last_line_is_ended() {
        let (writes, lines) = passed_on(vec![b"one\ntwo".to_vec()]);
        assert_eq!(
            (writes.concat(), lines),
            (b"one\ntwo\n".to_vec(), vec![b"one\n".to_vec(), b"two".to_vec()])
        );
        assert_eq!(passed_on(Vec::new()), (vec![], vec![]));
    }

    #[test]
    fn an_endless_line_takes_bounded_memory() {
        let endless = vec![b'x'; 300_000];
        let (writes, lines) = passed_on(vec![endless.clone(), b"\nnext\n".to_vec()]);
        assert!(
            writes.len() > 3 && writes.iter().all(|it| it.len() <= MAX_LINE_BYTES + CHUNK_BYTES)
        );
        assert_eq!(writes.concat(), [&endless[..], b"\nnext\n"].concat());
        assert_eq!(lines, [b"next\n"]);
    }
}
