//! A store in a folder, and a store that fails.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use flate2::{Compression as Level, write::GzEncoder};
use futures_util::TryStreamExt;
use object_store::{Attribute, ObjectStoreExt};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{
    Store, StoreError, StoreErrorKind, StoreLocation, StoreOptions, StoredLines,
    faulty::{Fault, FaultyStore},
};

fn folder(path: &Path) -> Store {
    Store::create(&StoreLocation::parse(path).unwrap(), &StoreOptions::default()).unwrap()
}

async fn put(store: &Store, key: &str, content: &str) -> Result<(), StoreError> {
    let content = Bytes::copy_from_slice(content.as_bytes());
    store.put(key, vec![content], None).await
}

/// Returns the files below a folder, by their paths in the folder.
fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(folder, &mut found);
    let below = |path: &PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
    let mut found: Vec<String> = found.iter().map(below).collect();
    found.sort();
    found
}

async fn lines(argument: &Path) -> Vec<String> {
    let mut lines = StoredLines::open(argument, &StoreOptions::default()).await.unwrap();
    let mut found = Vec::new();
    while let Some(line) = lines.next().await {
        found.push(match line {
            Ok(line) => {
                format!("{}:{}:{}", line.object, line.number, String::from_utf8_lossy(&line.text))
            }
            Err(error) => error.to_string(),
        });
    }
    // The path of the folder differs in each run.
    found.iter().map(|line| line.replace(argument.to_str().unwrap(), "T")).collect()
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::default());
    std::io::Write::write_all(&mut encoder, content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn an_object_is_a_file_in_a_folder_that_is_created() {
    let temporary = TempDir::new().unwrap();
    let path = temporary.path().join("a/b");
    let store = folder(&path);
    store.check().await.unwrap();
    assert!(files(&path).is_empty(), "the check leaves nothing behind");
    let content = vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")];
    store.put("2026/01/x.gz", content, Some("gzip")).await.unwrap();
    assert_eq!(fs::read(path.join("2026/01/x.gz")).unwrap(), b"onetwo");
    put(&store, "2026/01/x.gz", "three").await.unwrap();
    assert_eq!(fs::read(path.join("2026/01/x.gz")).unwrap(), b"three");
    let listed: Vec<_> = store.list().try_collect().await.unwrap();
    assert_eq!(listed[0].key, "2026/01/x.gz");
    let read: Vec<Bytes> = store.read("2026/01/x.gz").try_collect().await.unwrap();
    assert_eq!(read.concat(), b"three");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_at_the_start() {
    let temporary = TempDir::new().unwrap();
    let file = temporary.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let location = StoreLocation::parse(&path).unwrap();
        let error = Store::create(&location, &StoreOptions::default()).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::BadLocation);
        assert!(error.to_string().starts_with("cannot create the folder"), "{error}");
    }
    let store = folder(&temporary.path().join("gone"));
    fs::remove_dir(temporary.path().join("gone")).unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotFound);
    let location = StoreLocation::parse("/proc/no/such").unwrap();
    let error = Store::open(&location, &StoreOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot use the folder /proc/no/such: No such file or directory (os error 2)"
    );
}

#[tokio::test]
async fn a_key_that_a_folder_cannot_have_fails_alone_and_leaves_no_file() {
    let temporary = TempDir::new().unwrap();
    let store = folder(temporary.path());
    put(&store, "file", "1").await.unwrap();
    put(&store, "dir/file", "1").await.unwrap();
    let long = "x".repeat(256);
    for key in [&*long, &format!("{long}/a"), &"x".repeat(254), "file/a", "dir", "", "/"] {
        let error = put(&store, key, "2").await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::BadKey, "{key}: {error}");
    }
    put(&store, "a#1", "2").await.unwrap_err();
    put(&store, &"x".repeat(253), "2").await.unwrap();
    assert_eq!(files(temporary.path()).len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_key_stays_in_its_folder_and_is_listed_and_read_by_its_new_name(
        key in r"([a-z%#?\\. \u{0}\n:*é€]{0,4}|\.\.|%2E|/){1,6}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let temporary = TempDir::new().unwrap();
            let inner = temporary.path().join("in/ne r%20#");
            let store = folder(&inner);
            if put(&store, &key, "content").await.is_ok() {
                let found = files(temporary.path());
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(found.len(), files(&inner).len());
                let listed: Vec<_> = store.list().try_collect().await.unwrap();
                prop_assert_eq!(&listed[0].key, &files(&inner)[0]);
                let read: Vec<Bytes> = store.read(&listed[0].key).try_collect().await.unwrap();
                prop_assert_eq!(read.concat(), b"content");
            } else {
                prop_assert!(files(temporary.path()).is_empty());
            }
            Ok(())
        })?;
    }
}

/// Interrupts a real write: runs this test in a child process that may write files of 4 KiB at
/// most.
#[tokio::test]
async fn a_write_that_breaks_off_leaves_no_file() {
    const CHILD: &str = "FIREHOSE_LOCAL_TEST_FOLDER";
    let Ok(path) = std::env::var(CHILD) else {
        let temporary = TempDir::new().unwrap();
        let name = "store::tests::a_write_that_breaks_off_leaves_no_file";
        let limited = r#"trap "" XFSZ; ulimit -f 8; exec "$0" --exact "$1" --nocapture"#;
        let output = Command::new("sh")
            .args(["-c", limited])
            .arg(std::env::current_exe().unwrap())
            .arg(name)
            .env(CHILD, temporary.path())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
        assert!(printed.contains("1 passed"), "{printed}");
        assert_eq!(files(temporary.path()), ["small"]);
        return;
    };
    let store = folder(Path::new(&path));
    put(&store, "small", "1").await.unwrap();
    let error = put(&store, "a/large", &"x".repeat(1 << 20)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Full);
    let error = error.to_string();
    assert!(error.contains("a/large: File too large"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_or_hangs_is_an_error_within_the_timeout() {
    let objects = FaultyStore::new(|put| match put {
        1 => Fault::None,
        2 => Fault::Full,
        _ => Fault::Hangs,
    });
    let faulty = Arc::clone(&objects);
    let store = Store::new(objects, "memory:").with_timeout(Duration::from_secs(3));
    store.check().await.unwrap();
    put(&store, "a", "1").await.unwrap();
    let error = put(&store, "b", "1").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Full);
    insta::assert_snapshot!(error, @"cannot write memory:/b: no storage space; make space, or choose another location");
    let error = put(&store, "c", "1").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::TimedOut);
    insta::assert_snapshot!(error, @"cannot write memory:/c within 3 s");
    assert_eq!(faulty.puts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_larger_object_may_take_longer() {
    let objects = FaultyStore::new(|put| Fault::Slow(if put <= 2 { 32 } else { 36 }));
    let store = Store::new(objects, "memory:").with_timeout(Duration::from_secs(3));
    put(&store, "large", &"x".repeat(8 << 20)).await.unwrap();
    let message = put(&store, "small", "x").await.unwrap_err().to_string();
    assert!(message.contains(" within 3 s"), "{message}");
    let error = put(&store, "slow", &"x".repeat(8 << 20)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::TimedOut);
    assert!(error.to_string().contains(" within 35 s"), "{error}");
}

#[tokio::test]
async fn objects_have_the_metadata_that_firehose_gives_them() {
    let objects = FaultyStore::new(|_| Fault::None);
    let store = Store::new(Arc::clone(&objects) as _, "memory:");
    store.put("a.gz", vec![], Some("gzip")).await.unwrap();
    let attributes = objects.get(&"a.gz".into()).await.unwrap().attributes;
    let value = |attribute| attributes.get(&attribute).map(|value| value.to_string());
    assert_eq!(value(Attribute::ContentEncoding).as_deref(), Some("gzip"));
    assert_eq!(value(Attribute::ContentType).as_deref(), Some("application/octet-stream"));
}

#[tokio::test]
async fn lines_come_in_the_order_of_keys_from_plain_and_compressed_objects() {
    let temporary = TempDir::new().unwrap();
    let path = temporary.path();
    fs::create_dir(path.join("b")).unwrap();
    fs::write(path.join("b/2"), gzip("one\n\ntwo")).unwrap();
    fs::write(path.join("b/1"), "one\n").unwrap();
    fs::write(path.join("b/1#1"), "being written").unwrap();
    fs::write(path.join("a"), &gzip("whole\nbroken")[..20]).unwrap();
    fs::write(path.join("empty"), "").unwrap();
    let found = lines(path).await;
    let expected = [
        "T/a:1:whole",
        "cannot unpack T/a: incomplete deflate stream; the object may be truncated",
        "T/b/1:1:one",
        "T/b/2:1:one",
        "T/b/2:3:two",
    ];
    assert_eq!(found, expected);
    assert_eq!(lines(&path.join("b/2")).await, ["T:1:one", "T:3:two"]);
    assert_eq!(lines(&path.join("empty")).await, [""; 0]);
    let error = StoredLines::open(path.join("none"), &StoreOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotFound);
}

#[tokio::test]
async fn a_pipe_is_read_like_a_file() {
    let temporary = TempDir::new().unwrap();
    let pipe = temporary.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = pipe.clone();
    let writing = tokio::task::spawn_blocking(move || fs::write(writer, gzip("one\ntwo\n")));
    assert_eq!(lines(&pipe).await, ["T:1:one", "T:2:two"]);
    writing.await.unwrap().unwrap();
}
