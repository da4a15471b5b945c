//! A run writes the positions of the records that it does not deliver, and a later run delivers
//! these records.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    bucket::{Answer, Bucket},
    delivery::{Delivery, interrupt_twice, numbered, send, wait_until},
    firehose_local::{Run, command, run_with},
};

/// A working folder of runs with the input `in.jsonl`, without a function.
struct Folder(TempDir);

impl Folder {
    fn new(records: usize) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.path("in.jsonl"), numbered(records)).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// Writes a file of positions as a user would, for the input of this folder.
    fn write_positions(&self, name: &str, streams: &Value) {
        let bytes = fs::metadata(self.path("in.jsonl")).unwrap().len();
        let files = json!([{"file": "in.jsonl", "bytes": bytes}]);
        let input = json!({"format": "lines", "files": files});
        let text = json!({"input": input, "deliveryStreams": streams}).to_string();
        fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let all = ["run", "--delivery-stream", "demo", "--append-delimiter"];
        let mut command = command(&[&all[..], arguments].concat());
        command.current_dir(self.0.path());
        command.env("AWS_ACCESS_KEY_ID", "id").env("AWS_SECRET_ACCESS_KEY", "secret");
        run_with(command, "")
    }

    /// Returns the records of all objects in a folder, sorted.
    fn records(&self, store: &str) -> Vec<String> {
        let mut records = Vec::new();
        let mut open = vec![self.path(store)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                records.extend(lines(&fs::read(path).unwrap()));
            }
        }
        records.sort();
        records
    }
}

fn lines(content: &[u8]) -> Vec<String> {
    str::from_utf8(content).unwrap().lines().map(str::to_owned).collect()
}

fn sorted(input: &[u8]) -> Vec<String> {
    let mut records = lines(input);
    records.sort();
    records
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The store takes three objects of one record each. A second run delivers the other records.
#[test]
fn a_run_whose_store_failed_is_resumed() {
    for summary in ["summary.json", "left.json"] {
        let folder = Folder::new(200);
        let bucket = Bucket::new(|put| if put <= 3 { Answer::Stored } else { Answer::Denied });
        let to = ["--to", "s3://bucket/pre", "--endpoint-url", &bucket.url];
        let options = ["--buffer-interval", "0", "--json", "--positions", "left.json", "in.jsonl"];
        let failed = folder.run(&[&to[..], &options].concat());
        failed.ends(5, "AccessDenied");
        fs::write(folder.path("summary.json"), &failed.stdout).unwrap();
        let (earlier, left) = (folder.read("summary.json"), folder.read("left.json"));
        let stream = |value: &Value| value["deliveryStreams"][0].clone();
        for key in ["name", "notDeliveredPositions", "notReadPositions"] {
            assert_eq!(stream(&left)[key], stream(&earlier)[key], "{key}");
        }
        assert_eq!(left["input"], earlier["input"]);
        assert_eq!(left["input"]["files"][0]["file"], "in.jsonl");

        let resumed =
            folder.run(&["--json", "--positions", "left.json", "--resume", summary, "in.jsonl"]);
        resumed.ends(0, "");
        let report: Value = serde_json::from_str(&resumed.stdout).unwrap();
        assert_eq!((&report["skipped"], &report["lastRead"]), (&json!(3), &json!(200)));
        assert_eq!(report["deliveryStreams"][0]["records"], 197);
        let stored = bucket.objects().into_values().flat_map(|object| lines(&object));
        let mut all: Vec<_> = folder.records("delivered").into_iter().chain(stored).collect();
        all.sort();
        assert_eq!(all, sorted(&numbered(200)));

        // Nothing is left, so that a third run delivers nothing.
        let again = folder.run(&["--resume", "left.json", "--to", "again", "in.jsonl"]);
        again.ends(0, "note: the earlier run delivered every record");
        assert!(again.stdout.starts_with("demo: 0 records in = "), "{again:#?}");
        assert!(again.stdout.contains("200 records of the input skipped"), "{again:#?}");
        assert!(folder.records("again").is_empty());
    }
}

#[test]
fn a_run_that_a_signal_ended_continues_with_the_records_that_were_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("left.json");
    let options = ["--lambda-buffer-interval", "0", "--positions", name(&left)];
    let mut delivery = Delivery::new("none", &options);
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(&numbered(4)).unwrap();
    wait_until("four events", || delivery.kept("event").len() == 4);
    send(Signal::INT, &running);
    let interrupted = delivery.end(running);
    drop(stdin);
    interrupted.ends(130, 4, &[]);
    assert_eq!(interrupted.stream("demo")["notReadPositions"], json!([[5, null]]));

    let mut delivery = Delivery::new("none", &["--resume", name(&left)]);
    let mut running = delivery.start();
    running.stdin.take().unwrap().write_all(&numbered(10)).unwrap();
    let resumed = delivery.end(running);
    resumed.ends(0, 6, &[]);
    assert!(resumed.run.stderr.contains("note: the input has an unknown length"), "{resumed:#?}");
    assert_eq!(resumed.summary["skipped"], 4);
    let records: Vec<_> = [interrupted.records(), resumed.records()].concat();
    let mut records: Vec<_> =
        records.into_iter().map(|it| String::from_utf8(it).unwrap()).collect();
    records.sort();
    assert_eq!(records, sorted(&numbered(10)));
}

#[test]
fn the_positions_are_written_after_a_second_signal() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("left.json");
    let options = ["--lambda-buffer-interval", "0", "--positions", name(&left)];
    let mut delivery = Delivery::new("hang", &options).at(2, 2);
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(&numbered(4)).unwrap();
    wait_until("four events", || delivery.kept("event").len() == 4);
    interrupt_twice(&running);
    let interrupted = delivery.end(running);
    drop(stdin);
    interrupted.ends(130, 0, &[]);
    let positions: Value = serde_json::from_slice(&fs::read(&left).unwrap()).unwrap();
    let stream = &positions["deliveryStreams"][0];
    assert_eq!(stream["notDeliveredPositions"], json!([[1, 4]]));
    assert_eq!(stream["notReadPositions"], json!([[5, null]]));
}

#[test]
fn only_the_named_positions_are_delivered() {
    let folder = Folder::new(9);
    let streams = json!([
        {"name": "demo", "notDeliveredPositions": [[2, 3]], "notReadPositions": [[8, null]]},
        {"name": "other", "notDeliveredPositions": [], "notReadPositions": []}
    ]);
    folder.write_positions("left.json", &streams);
    let resumed = folder.run(&["--resume", "left.json", "in.jsonl"]);
    resumed.ends(0, "");
    let expected = ["record 2", "record 3", "record 8", "record 9"];
    assert_eq!(folder.records("delivered"), expected);
}

/// A template with two delivery streams, each with a bucket of its own.
const TWO_BUCKETS: &str = "
Resources:
  BucketA: {Type: 'AWS::S3::Bucket', Properties: {BucketName: ba}}
  BucketB: {Type: 'AWS::S3::Bucket', Properties: {BucketName: bb}}
  Source: {Type: 'AWS::Kinesis::Stream'}
  As:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamName: As
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn, RoleARN: r}
      ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt BucketA.Arn, RoleARN: r}
  Bs:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamName: Bs
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn, RoleARN: r}
      ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt BucketB.Arn, RoleARN: r}
";

#[test]
fn the_folder_of_a_bucket_does_not_depend_on_the_selected_delivery_streams() {
    let folder = Folder::new(4);
    fs::write(folder.path("template.yaml"), TWO_BUCKETS).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = command(&["run", "--json"]);
        command.args(arguments).arg("in.jsonl").current_dir(folder.0.path());
        let run = run_with(command, "");
        run.ends(0, "");
        let streams = run.response()["deliveryStreams"].take();
        let keys = |stream: &Value| stream["objects"][0]["key"].as_str().unwrap()[..3].to_owned();
        streams.as_array().unwrap().iter().map(keys).collect::<Vec<_>>()
    };
    assert_eq!(run(&[]), ["ba/", "bb/"]);
    assert_eq!(run(&["--only", "Bs"]), ["bb/"]);
    let mut left = json!([
        {"name": "As", "notDeliveredPositions": [], "notReadPositions": []},
        {"name": "Bs", "notDeliveredPositions": [[2, 3]], "notReadPositions": []},
    ]);
    folder.write_positions("left.json", &left);
    assert_eq!(run(&["--only", "Bs", "--resume", "left.json"]), ["bb/"]);
    left[0]["notDeliveredPositions"] = json!([[1, 1]]);
    folder.write_positions("left.json", &left);
    assert_eq!(run(&["--resume", "left.json"]), ["ba/", "bb/"]);
}

#[test]
fn an_invalid_resume_is_rejected() {
    let folder = Folder::new(9);
    let left =
        |name| json!([{"name": name, "notDeliveredPositions": [[2, 3]], "notReadPositions": []}]);
    folder.write_positions("left.json", &left("demo"));
    folder.write_positions("other.json", &left("other"));
    folder.write_positions("none.json", &json!([]));
    let mut both = left("demo");
    both.as_array_mut().unwrap().extend(left("other").as_array().unwrap().clone());
    folder.write_positions("both.json", &both);
    fs::write(folder.path("text.json"), "oops").unwrap();
    fs::write(folder.path("failed.json"), r#"{"error": "no", "exitCode": 2}"#).unwrap();
    fs::write(folder.path("second.jsonl"), "one\n").unwrap();
    let refused = |arguments: &[&str], message: &str| folder.run(arguments).ends(2, message);
    let differs = "--resume left.json: the input differs from that of the earlier run: ";
    for (arguments, difference) in [
        (&["second.jsonl"][..], "file 1 was in.jsonl, and is second.jsonl"),
        (&["in.jsonl", "second.jsonl"], "the number of files was 1, and is 2"),
        (&["--format", "events", "in.jsonl"], "the format was lines, and is events"),
    ] {
        let arguments = [&["--resume", "left.json"], arguments].concat();
        refused(&arguments, &format!("{differs}{difference}"));
    }
    for (summary, message) in [
        (
            "other.json",
            "the earlier run has no delivery stream demo; its delivery streams are: other",
        ),
        ("none.json", "the earlier run ended before demo received a record"),
        ("both.json", "the earlier run did not deliver all records to other"),
        ("text.json", "--resume text.json is neither the output of `run --json` nor a file of"),
        ("failed.json", "missing field `input`"),
        ("absent.json", "cannot read absent.json: No such file"),
    ] {
        refused(&["--resume", summary, "in.jsonl"], message);
    }
    fs::write(folder.path("in.jsonl"), numbered(10)).unwrap();
    refused(&["--resume", "left.json", "in.jsonl"], &format!("{differs}in.jsonl had 81 bytes"));
    assert!(!folder.path("delivered").exists());
}

#[test]
fn a_file_that_is_not_a_file_of_positions_is_not_overwritten() {
    let folder = Folder::new(1);
    let refused = |file: &str, message: &str| {
        let before = fs::read(folder.path(file)).ok();
        folder.run(&["--positions", file, "in.jsonl"]).ends(2, message);
        assert_eq!(fs::read(folder.path(file)).ok(), before);
    };
    fs::write(folder.path("precious"), "precious").unwrap();
    refused("precious", "precious: the file exists and is not a file of positions: choose another");
    refused("in.jsonl", "--positions in.jsonl is in");
    let same = folder.run(&["--positions", "a", "--log", "a", "in.jsonl"]);
    same.ends(2, "--positions a is also the path of --log");
    refused("absent/left.json", "cannot write --positions absent/left.json: No such file");
    assert!(!folder.path("delivered").exists());
}
