//! A store that fails ends a delivery, which says what is in it and what is not.

use std::{fs, io::Write, time::Instant};

use serde_json::json;

use crate::{
    bucket::{Answer, Bucket},
    delivery::{Delivered, Delivery, HANGS, numbered, wait_until},
};

/// Without a function, and each record in an object of its own.
fn one_by_one(arguments: &[&str]) -> Delivery {
    let mut all = vec!["--delivery-stream", "demo", "--prefix", "good/", "--buffer-interval", "0"];
    all.extend(arguments);
    Delivery::of("none", &all)
}

/// Nothing is read of an input that stays open.
#[track_caller]
fn ends_at_the_start(mut delivery: Delivery) -> Delivered {
    let start = Instant::now();
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(&numbered(5)).unwrap();
    let delivered = delivery.end(running);
    drop(stdin);
    assert!(start.elapsed() < HANGS, "{:?}", start.elapsed());
    assert_eq!(delivered.run.code, 5, "{delivered:#?}");
    delivered.assert_not_begun();
    delivered
}

#[test]
fn a_store_that_is_down_is_found_before_anything_is_read() {
    let delivery = one_by_one(&["--store-timeout", "3"]).to(Bucket::down());
    let delivered = ends_at_the_start(delivery);
    assert!(delivered.run.stderr.contains("Connection refused"), "{delivered:#?}");
    assert!(delivered.run.stderr.contains("; check --endpoint-url"), "{delivered:#?}");
}

#[test]
fn so_is_a_folder_that_is_none() {
    let delivery = one_by_one(&[]);
    fs::write(delivery.store(), "").unwrap();
    let delivered = ends_at_the_start(delivery);
    assert!(delivered.run.stderr.contains("it is a file"), "{delivered:#?}");
}

/// Puts go out eight at a time, so it is open which records those are that came first.
#[test]
fn a_store_that_refuses_in_the_middle_ends_the_delivery() {
    let bucket = Bucket::new(|put| if put <= 3 { Answer::Stored } else { Answer::Denied });
    let mut delivery = one_by_one(&[]).to(bucket);
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(&numbered(200)).unwrap();
    // It ends by itself, though there might be more to read.
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.assert_accounted(&numbered(200));
    delivered.ends(5, 3, &[]);
    assert_eq!(delivered.objects.len(), 3);
    assert_eq!(delivered.number("notDelivered"), delivered.number("records") - 3);
    assert!(delivered.run.stderr.contains("AccessDenied"), "{delivered:#?}");
}

#[test]
fn a_store_that_comes_back_has_everything() {
    let bucket = Bucket::new(|put| if put <= 4 { Answer::Busy } else { Answer::Stored });
    let mut delivery = one_by_one(&[]).to(bucket);
    delivery.run(&numbered(10)).ends(0, 10, &[]);
}

#[test]
fn a_store_that_hangs_costs_its_timeout() {
    let bucket = Bucket::new(|put| if put <= 2 { Answer::Stored } else { Answer::Silence });
    let mut delivery = one_by_one(&["--store-timeout", "1"]).to(bucket);
    let start = Instant::now();
    let delivered = delivery.run(&numbered(50));
    assert!(start.elapsed() < HANGS, "{:?}", start.elapsed());
    delivered.ends(5, 2, &[]);
    assert!(
        delivered.run.stderr.contains(" within 1 s; --store-timeout allows more"),
        "{delivered:#?}"
    );
    assert_eq!(delivered.number("notDelivered"), 48);
}

/// A line is only so fast, and eight objects share it.
#[test]
fn a_large_object_may_take_longer_than_a_small_one() {
    let arguments = ["--delivery-stream", "demo", "--append-delimiter", "--store-timeout", "1"];
    let mut delivery = Delivery::of("none", &arguments).to(Bucket::new(|_| Answer::StoredAfter(3)));
    let line = "x".repeat(999) + "\n";
    delivery.run(line.repeat(2000).as_bytes()).ends(0, 2000, &[]);
}

/// What the function is at work on is ended, and counted.
#[test]
fn a_store_that_fails_ends_what_the_function_is_at() {
    let arguments = ["--lambda-buffer-interval", "0", "--buffer-interval", "0", "--timeout", "300"];
    let mut delivery =
        Delivery::new("hang", &arguments).at(2, 2).to(Bucket::new(|_| Answer::Denied));
    let start = Instant::now();
    let delivered = delivery.run(&numbered(3));
    assert!(start.elapsed() < HANGS, "{:?}", start.elapsed());
    delivered.ends(5, 0, &[]);
    assert_eq!(delivered.stream("demo")["notDeliveredPositions"], json!([[1, 3]]));
}

/// A file where a folder would have to be is nothing to the other objects.
#[test]
fn what_stands_in_the_way_in_a_folder_costs_the_objects_there() {
    let faulty = crate::firehose_local::faulty();
    let mut delivery = Delivery::of(
        "partition keys",
        &[
            &["--delivery-stream", "demo", "--binary", &faulty][..],
            &["--prefix", "good/!{partitionKeyFromLambda:key}/", "--error-output-prefix", "bad/"],
            &["--lambda-buffer-interval", "0", "--buffer-interval", "0", "--buffer-size", "64"],
        ]
        .concat(),
    );
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(b"a:1\na:2\n").unwrap();
    wait_until("two objects", || delivery.objects().len() == 2);
    fs::write(delivery.store().join("good/obstacle"), "in the way").unwrap();
    stdin.write_all(b"obstacle:3\na:4").unwrap();
    drop(stdin);
    let delivered = delivery.end(running);
    delivered.assert_accounted(b"a:1\na:2\nobstacle:3\na:4");
    delivered.ends(5, 3, &[]);
    assert_eq!(delivered.stream("demo")["notDeliveredPositions"], json!([[3, 3]]));
    assert_eq!(fs::read(delivery.store().join("good/obstacle")).unwrap(), b"in the way");
}

#[test]
fn a_folder_that_becomes_a_file_loses_nothing_unsaid() {
    let mut delivery = by_function();
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    // What was checked at the start is gone.
    replace_store(&delivery);
    fs::write(delivery.store(), "").unwrap();
    stdin.write_all(&numbered(3)).unwrap();
    drop(stdin);
    let delivered = delivery.end(running);
    delivered.ends(5, 0, &[]);
    assert_eq!(delivered.stream("demo")["notDeliveredPositions"], json!([[1, 3]]));
}

/// With a function, which starts when the store has been checked.
fn by_function() -> Delivery {
    Delivery::new("none", &["--lambda-buffer-interval", "0", "--buffer-interval", "0"])
}

/// Waits until it was checked, and removes it.
fn replace_store(delivery: &Delivery) {
    wait_until("a start", || !delivery.kept("start").is_empty());
    fs::remove_dir_all(delivery.store()).unwrap();
}

#[test]
fn a_folder_that_was_removed_comes_back() {
    let mut delivery = by_function();
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    replace_store(&delivery);
    stdin.write_all(&numbered(3)).unwrap();
    drop(stdin);
    delivery.end(running).ends(0, 3, &[]);
}
