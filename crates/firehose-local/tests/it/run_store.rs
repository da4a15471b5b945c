//! A store that fails ends a run, whose summary accounts for every record.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use serde_json::json;

use crate::{
    bucket::{Answer, Bucket},
    delivery::{Delivered, Delivery, MAX_WAIT, numbered, wait_until},
    firehose_local::{command, run_with},
};

/// Returns a delivery without a function, with an object for each record.
fn one_by_one(arguments: &[&str]) -> Delivery {
    let mut all = vec!["--delivery-stream", "demo", "--prefix", "good/", "--buffer-interval", "0"];
    all.extend(arguments);
    Delivery::of("none", &all)
}

/// Checks that the run ends before it reads a record, although the input stays open.
#[track_caller]
fn ends_at_the_start(mut delivery: Delivery) -> Delivered {
    let start = Instant::now();
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(&numbered(5)).unwrap();
    let delivered = delivery.end(running);
    drop(stdin);
    assert!(start.elapsed() < MAX_WAIT, "{:?}", start.elapsed());
    assert_eq!(delivered.run.code, 5, "{delivered:#?}");
    delivered.assert_not_begun();
    delivered
}

#[test]
fn a_store_that_is_down_ends_the_run_before_it_reads() {
    let delivery = one_by_one(&["--store-timeout", "3"]).to(Bucket::down());
    let delivered = ends_at_the_start(delivery);
    assert!(delivered.run.stderr.contains("Connection refused"), "{delivered:#?}");
    assert!(delivered.run.stderr.contains("; check --endpoint-url"), "{delivered:#?}");
}

#[test]
fn a_file_in_place_of_a_folder_ends_the_run_before_it_reads() {
    let delivery = one_by_one(&[]);
    fs::write(delivery.store(), "").unwrap();
    let delivered = ends_at_the_start(delivery);
    assert!(delivered.run.stderr.contains("the path leads to a file"), "{delivered:#?}");
}

#[test]
fn an_executable_that_cannot_be_started_leaves_no_folder_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (binary, to) = (folder.path().join("bootstrap"), folder.path().join("to"));
    fs::write(&binary, "neither a script nor a program").unwrap();
    let (binary, to_text) = (binary.to_str().unwrap(), to.to_str().unwrap());
    let arguments = ["run", "--delivery-stream", "demo", "--binary", binary, "--to", to_text];
    run_with(command(&arguments), "{}\n").ends(4, "; is it executable? (chmod +x)");
    assert!(!to.exists());
}

/// Eight uploads run at a time, so that the three stored objects may have any of the first records.
#[test]
fn a_store_that_denies_uploads_in_the_middle_ends_the_run() {
    let bucket = Bucket::new(|put| if put <= 3 { Answer::Stored } else { Answer::Denied });
    let mut delivery = one_by_one(&[]).to(bucket);
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(&numbered(200)).unwrap();
    // The run ends by itself, although the input stays open.
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.assert_accounted(&numbered(200));
    delivered.ends(5, 3, &[]);
    assert_eq!(delivered.objects.len(), 3);
    assert_eq!(delivered.number("notDelivered"), delivered.number("records") - 3);
    assert!(delivered.run.stderr.contains("AccessDenied"), "{delivered:#?}");
}

#[test]
fn a_store_that_was_busy_gets_every_record() {
    let bucket = Bucket::new(|put| if put <= 4 { Answer::Busy } else { Answer::Stored });
    let mut delivery = one_by_one(&[]).to(bucket);
    delivery.run(&numbered(10)).ends(0, 10, &[]);
}

#[test]
fn a_store_that_hangs_ends_the_run_after_its_timeout() {
    let bucket = Bucket::new(|put| if put <= 2 { Answer::Stored } else { Answer::Silence });
    let mut delivery = one_by_one(&["--store-timeout", "1"]).to(bucket);
    let start = Instant::now();
    let delivered = delivery.run(&numbered(50));
    assert!(start.elapsed() < MAX_WAIT, "{:?}", start.elapsed());
    delivered.ends(5, 2, &[]);
    assert!(
        delivered.run.stderr.contains(" within 1 s; raise the limit with --store-timeout"),
        "{delivered:#?}"
    );
    assert_eq!(delivered.number("notDelivered"), 48);
}

/// Eight uploads share a network, so that a large object may take long.
#[test]
fn a_large_object_may_take_longer_than_the_timeout() {
    let arguments = ["--delivery-stream", "demo", "--append-delimiter", "--store-timeout", "1"];
    let mut delivery = Delivery::of("none", &arguments).to(Bucket::new(|_| Answer::StoredAfter(3)));
    let line = "x".repeat(999) + "\n";
    delivery.run(line.repeat(2000).as_bytes()).ends(0, 2000, &[]);
}

/// The records of running invocations count as not delivered.
#[test]
fn a_store_that_fails_ends_running_invocations() {
    let arguments = ["--lambda-buffer-interval", "0", "--buffer-interval", "0", "--timeout", "300"];
    let mut delivery =
        Delivery::new("hang", &arguments).at(2, 2).to(Bucket::new(|_| Answer::Denied));
    let start = Instant::now();
    let delivered = delivery.run(&numbered(3));
    assert!(start.elapsed() < MAX_WAIT, "{:?}", start.elapsed());
    delivered.ends(5, 0, &[]);
    assert_eq!(delivered.stream("demo")["notDeliveredPositions"], json!([[1, 3]]));
}

#[test]
fn a_file_in_place_of_a_folder_fails_only_the_objects_below_it() {
    let faulty = crate::firehose_local::faulty();
    let mut delivery = Delivery::of(
        "partition keys",
        &[
            &["--delivery-stream", "demo", "--binary", &faulty][..],
            &["--prefix", "good/!{partitionKeyFromLambda:key}/", "--error-output-prefix", "bad/"],
            &["--lambda-buffer-interval", "0", "--buffer-size", "64"],
        ]
        .concat(),
    );
    fs::create_dir_all(delivery.store().join("good")).unwrap();
    fs::write(delivery.store().join("good/obstacle"), "in the way").unwrap();
    let delivered = delivery.run(b"a:1\nb:2\nobstacle:3\nc:4");
    delivered.assert_accounted(b"a:1\nb:2\nobstacle:3\nc:4");
    delivered.ends(6, 3, &[]);
    assert_eq!(delivered.stream("demo")["notDeliveredPositions"], json!([[3, 3]]));
    assert_eq!(fs::read(delivery.store().join("good/obstacle")).unwrap(), b"in the way");
}

#[test]
fn records_are_not_delivered_if_a_file_replaces_the_folder_of_the_store() {
    let mut delivery = by_function();
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    // The run has already checked the folder. Replace the folder with a file.
    remove_store(&delivery);
    fs::write(delivery.store(), "").unwrap();
    stdin.write_all(&numbered(3)).unwrap();
    drop(stdin);
    let delivered = delivery.end(running);
    delivered.ends(5, 0, &[]);
    assert_eq!(delivered.stream("demo")["notDeliveredPositions"], json!([[1, 3]]));
}

/// Returns a delivery with a function, which starts after the check of the store.
fn by_function() -> Delivery {
    Delivery::new("none", &["--lambda-buffer-interval", "0", "--buffer-interval", "0"])
}

/// Waits for the check of the store, and then removes the store.
fn remove_store(delivery: &Delivery) {
    wait_until("a start", || !delivery.kept("start").is_empty());
    fs::remove_dir_all(delivery.store()).unwrap();
}

#[test]
fn a_folder_that_was_removed_is_created_again() {
    let mut delivery = by_function();
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    remove_store(&delivery);
    stdin.write_all(&numbered(3)).unwrap();
    drop(stdin);
    delivery.end(running).ends(0, 3, &[]);
}

/// Starts a server whose answer to each request has no end. Returns its URL and the count of the
/// bytes that it has sent.
fn endless_server() -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent);
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let _ = connection.read(&mut request);
            let _ = connection
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n<ListBucketResult>");
            let piece = b"<Contents><Key>k</Key><Size>1</Size></Contents>".repeat(1000);
            while connection.write_all(&piece).is_ok() {
                counted.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
        }
    });
    (url, sent)
}

#[test]
fn a_list_without_end_is_an_error() {
    let (url, sent) = endless_server();
    let mut command = command(&[
        "run",
        "--delivery-stream",
        "d",
        "--to",
        "s3://bucket/pre",
        "--endpoint-url",
        &url,
        "-",
    ]);
    command.env("AWS_ACCESS_KEY_ID", "id").env("AWS_SECRET_ACCESS_KEY", "secret");
    let run = run_with(command, "one\n");
    run.ends(5, "cannot write to s3://bucket/pre: the response is longer than 8388608 bytes");
    // The client reads at most 8 MiB of each answer. The rest is in the buffers of the connection.
    let sent = sent.load(Ordering::Relaxed);
    assert!(sent < 100_000_000, "{sent} bytes");
}
