use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use firehose_delivery::source::{InputFormat, InputReader};

/// The time between two checks of the files. Polling works with every editor and every file system.
/// Network file systems and some containers send no notifications of changes.
const INTERVAL: Duration = Duration::from_millis(200);

/// The state of the files that a trial reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilesState(Vec<(PathBuf, Option<FileState>)>);

/// The state of a file, with the inode, because an editor may replace the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FileState {
    inode: u64,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl FilesState {
    /// Returns the state now. A missing file has a state too.
    pub(super) fn now(pipeline: Option<&Path>, input: &[PathBuf]) -> Self {
        let reader = InputReader::open(input, InputFormat::Lines, 0);
        let found = reader.iter().flat_map(InputReader::files).map(Path::to_owned);
        let missing = if reader.is_err() { input } else { &[] };
        let files = pipeline.map(Path::to_owned).into_iter();
        let files = files.chain(found).chain(missing.iter().cloned());
        Self(files.map(|path| (path.clone(), FileState::now(&path))).collect())
    }

    /// Waits until the state differs from this state, and then stays the same for a quarter of
    /// [`INTERVAL`], because an editor may write a file in several steps.
    pub(super) fn wait_for_change(&self, now: impl Fn() -> Self) -> Self {
        loop {
            thread::sleep(INTERVAL);
            let mut state = now();
            if state == *self {
                continue;
            }
            loop {
                thread::sleep(INTERVAL / 4);
                let next = now();
                if next == state {
                    return state;
                }
                state = next;
            }
        }
    }
}

impl FileState {
    fn now(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}
