use std::{
    io::{PipeReader, Read, Write},
    thread,
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

/// A line longer than this is passed on in pieces, and not looked into.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// What is read at a time.
const CHUNK_BYTES: usize = 8 * 1024;

/// How long the rest of the log may take once the function has answered or ended.
const GRACE: Duration = Duration::from_millis(500);

/// What a function writes: passed on as it comes, to standard error for example, and shown to
/// whoever looks for something in it, line by line in both cases.
///
/// A thread of its own does that, since whoever reads our standard error may take his time,
/// and neither a time-out nor a signal should wait for him.
#[derive(Debug)]
pub(super) struct Log {
    ended: oneshot::Receiver<()>,
}

impl Log {
    /// Follows a function's output to its end: passes it on, and shows `look_into` each line.
    pub(super) fn follow(
        output: PipeReader,
        to: impl Write + Send + 'static,
        look_into: impl FnMut(&[u8]) + Send + 'static,
    ) -> Self {
        let (end, ended) = oneshot::channel();
        thread::spawn(move || {
            pass_on(output, to, look_into);
            // Nobody may be waiting any more.
            let _ = end.send(());
        });
        Self { ended }
    }

    /// Waits until all is read, or has taken too long.
    pub(super) async fn ended(&mut self) {
        let _ = timeout(GRACE, &mut self.ended).await;
    }
}

/// Several functions may write to one place: what they write goes there by whole lines, each of
/// them in one write.
fn pass_on(mut output: PipeReader, mut to: impl Write, mut look_into: impl FnMut(&[u8])) {
    let mut chunk = vec![0; CHUNK_BYTES];
    // The line that has not come to its end yet, or what of it was not passed on before.
    let mut begun = Vec::new();
    let mut is_too_long = false;
    loop {
        let read = match output.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(read) => &chunk[..read],
        };
        let end = memchr::memrchr(b'\n', read).map_or(0, |last| last + 1);
        let (ended, rest) = read.split_at(end);
        if !ended.is_empty() {
            let lines = if begun.is_empty() {
                ended
            } else {
                begun.extend_from_slice(ended);
                &begun
            };
            // A log that cannot be shown is no reason to stop the function.
            let _ = to.write_all(lines);
            let looked_into = lines.split_inclusive(|byte| *byte == b'\n');
            looked_into.skip(usize::from(is_too_long)).for_each(&mut look_into);
            begun.clear();
            is_too_long = false;
        }
        begun.extend_from_slice(rest);
        if begun.len() > MAX_LINE_BYTES {
            let _ = to.write_all(&begun);
            begun.clear();
            is_too_long = true;
        }
    }
    if !is_too_long && !begun.is_empty() {
        look_into(&begun);
    }
    if is_too_long || !begun.is_empty() {
        // The next line, of another function, is not to be taken for its end.
        begun.push(b'\n');
        let _ = to.write_all(&begun);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex, PoisonError},
    };

    use super::*;

    /// Keeps what it is given, one write by one.
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

    /// Passes on what comes in these pieces: the writes, and the lines that were looked into.
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
    fn each_write_is_of_whole_lines() {
        let long = [vec![b'x'; 30_000], b"\n".to_vec()].concat();
        let pieces = [b"one\ntw".to_vec(), b"o\n\nth".to_vec(), b"ree\n".to_vec(), long.clone()];
        let (writes, lines) = passed_on(pieces.to_vec());
        assert!(writes.iter().all(|it| it.ends_with(b"\n")), "{writes:?}");
        assert_eq!(writes.concat(), pieces.concat());
        assert_eq!(lines, [b"one\n", b"two\n".as_slice(), b"\n", b"three\n", &long]);
    }

    #[test]
    fn a_line_that_its_process_did_not_end_is_ended() {
        let (writes, lines) = passed_on(vec![b"one\ntwo".to_vec()]);
        assert_eq!(
            (writes.concat(), lines),
            (b"one\ntwo\n".to_vec(), vec![b"one\n".to_vec(), b"two".to_vec()])
        );
        assert_eq!(passed_on(Vec::new()), (vec![], vec![]));
    }

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_others() {
        let endless = vec![b'x'; 300_000];
        let (writes, lines) = passed_on(vec![endless.clone(), b"\nnext\n".to_vec()]);
        assert!(
            writes.len() > 3 && writes.iter().all(|it| it.len() <= MAX_LINE_BYTES + CHUNK_BYTES)
        );
        assert_eq!(writes.concat(), [&endless[..], b"\nnext\n"].concat());
        assert_eq!(lines, [b"next\n"]);
    }
}
