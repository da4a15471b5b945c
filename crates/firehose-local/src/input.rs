use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use bytes::Bytes;

/// The largest file that is read. Lambda takes events of 6 MB; a captured response may be
/// somewhat longer than it should.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Reads a file, or standard input for `-`.
///
/// A byte order mark is left out: editors write one, Lambda and Firehose never do.
pub(crate) fn read(path: &Path) -> Result<Bytes, String> {
    read_at_most(path, MAX_BYTES)
}

/// The same of text, with a limit of its own.
pub(crate) fn read_text(path: &Path, max_bytes: u64) -> Result<String, String> {
    let content = read_at_most(path, max_bytes)?;
    let text = str::from_utf8(&content);
    text.map(str::to_owned).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn read_at_most(path: &Path, max_bytes: u64) -> Result<Bytes, String> {
    let shown = if path == Path::new("-") { "standard input" } else { &path.to_string_lossy() };
    let content =
        read_limited(path, max_bytes).map_err(|error| format!("cannot read {shown}: {error}"))?;
    if content.len() as u64 > max_bytes {
        return Err(format!("cannot read {shown}: it is longer than {max_bytes} bytes"));
    }
    let content = Bytes::from(content);
    Ok(match content.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => content.slice_ref(rest),
        None => content,
    })
}

fn read_limited(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(max_bytes + 1).read_to_end(&mut content)?;
    } else {
        fs::File::open(path)?.take(max_bytes + 1).read_to_end(&mut content)?;
    }
    Ok(content)
}
