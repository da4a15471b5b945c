//! Runs a delivery, and compares the store with the summary.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::{BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use firehose_delivery::delivery_stream::ErrorLine;
use flate2::read::MultiGzDecoder;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    bucket::Bucket,
    firehose_local::{Run, assert_gone, command, faulty},
};

/// A run of a delivery stream with the function `faulty`, and its store.
pub(crate) struct Delivery {
    folder: TempDir,
    command: Command,
    bucket: Option<Bucket>,
}

/// The results of a run.
pub(crate) struct Delivered {
    pub(crate) run: Run,
    pub(crate) summary: Value,
    /// All objects by their keys, unpacked.
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
}

/// The start of the keys of objects with failed records.
const BAD: &str = "bad/";

impl Delivery {
    /// Returns a run of a delivery stream without a template, whose function has this fault.
    pub(crate) fn new(fault: &str, arguments: &[&str]) -> Self {
        let faulty = faulty();
        let mut all = vec!["--delivery-stream", "demo", "--binary", &faulty, "--append-delimiter"];
        all.extend(["--prefix", "good/"]);
        all.extend(["--error-output-prefix", "bad/!{firehose:error-output-type}/"]);
        all.extend(arguments);
        Self::of(fault, &all)
    }

    /// Returns a run with these arguments.
    pub(crate) fn of(fault: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("faulty")).unwrap();
        let mut command = command(&["run", "--json"]);
        command.args(arguments);
        command.env("FAULT", fault).env("FAULT_FOLDER", folder.path().join("faulty"));
        Self { folder, command, bucket: None }
    }

    /// Restricts the fault to these invocations.
    pub(crate) fn at(mut self, from: u64, to: u64) -> Self {
        self.command.env("FAULT_FROM", from.to_string()).env("FAULT_TO", to.to_string());
        self
    }

    /// Delivers into this bucket instead of a folder.
    pub(crate) fn to(mut self, bucket: Bucket) -> Self {
        self.command.args(["--endpoint-url", &bucket.url]);
        self.command.env("AWS_ACCESS_KEY_ID", "id").env("AWS_SECRET_ACCESS_KEY", "secret");
        Self { bucket: Some(bucket), ..self }
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Returns the folder that is the store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Returns the files of this kind (`event` or `start`) that the function wrote, in order.
    pub(crate) fn kept(&self, kind: &str) -> Vec<String> {
        let path = |number: usize| self.folder.path().join(format!("faulty/{kind}-{number}"));
        (1..).map_while(|number| fs::read_to_string(path(number)).ok()).collect()
    }

    /// Lets a waiting function answer.
    pub(crate) fn go_on(&self) {
        fs::write(self.folder.path().join("faulty/go-on"), "").unwrap();
    }

    /// Returns the events that the function received.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.kept("event").iter().map(|event| serde_json::from_str(event).unwrap()).collect()
    }

    /// Returns the objects that the store has now, unpacked, by their keys.
    pub(crate) fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        match &self.bucket {
            Some(bucket) => bucket.objects(),
            None => objects(&self.store()),
        }
    }

    /// Runs to the end with this input, and asserts the rules of every run.
    #[track_caller]
    pub(crate) fn run(&mut self, input: &[u8]) -> Delivered {
        let mut running = self.start();
        // A run that reads nothing closes the pipe early.
        let _ = running.stdin.take().unwrap().write_all(input);
        let delivered = self.end(running);
        delivered.assert_accounted(input);
        delivered
    }

    /// Starts the run.
    pub(crate) fn start(&mut self) -> Child {
        match &self.bucket {
            Some(_) => self.command.args(["--to", "s3://bucket/pre"]),
            None => self.command.arg("--to").arg(self.folder.path().join("store")),
        };
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().unwrap()
    }

    /// Waits for the end. Asserts that the summary agrees with the store, and that no process of
    /// the function is left.
    #[track_caller]
    pub(crate) fn end(&self, mut running: Child) -> Delivered {
        let stderr = running.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            BufReader::new(stderr).read_to_string(&mut text).map(|_| text).unwrap()
        });
        let mut stdout = String::new();
        running.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let code = running.wait().unwrap().code().expect("no signal ends the process");
        // A process that is ended while it writes its id leaves an empty file.
        for process in self.kept("start").iter().filter(|id| !id.is_empty()) {
            assert_gone(process.parse().unwrap());
        }
        let run = Run { code, stdout, stderr: stderr.join().unwrap() };
        let summary = serde_json::from_str(&run.stdout).unwrap_or_default();
        let delivered = Delivered { run, summary, objects: self.objects() };
        delivered.assert_summary();
        delivered
    }
}

impl fmt::Debug for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Run { code, stdout, stderr } = &self.run;
        let objects: Vec<_> = self.objects.keys().collect();
        write!(f, "exit code {code}\n{stdout}\n{stderr}\n{objects:#?}")
    }
}

impl Delivered {
    /// Asserts that the run stored no object, and that the summary has only the error.
    #[track_caller]
    pub(crate) fn assert_not_begun(&self) {
        let fields: Vec<_> =
            self.summary.as_object().into_iter().flat_map(|it| it.keys()).collect();
        assert_eq!(fields, ["error", "exitCode"], "{self:#?}");
        assert_eq!(self.summary["exitCode"], self.run.code);
        assert!(self.objects.is_empty(), "{self:#?}");
    }

    /// Returns the summary of a delivery stream.
    pub(crate) fn stream(&self, name: &str) -> &Value {
        let streams = self.summary["deliveryStreams"].as_array().map_or(&[][..], Vec::as_slice);
        streams.iter().find(|stream| stream["name"] == name).unwrap_or(&Value::Null)
    }

    /// Returns a number of the first delivery stream's summary.
    #[track_caller]
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.summary["deliveryStreams"][0][name].as_u64().unwrap_or_else(|| panic!("{self:#?}"))
    }

    /// Asserts the exit code, the number of delivered records, and the number of failed records by
    /// code.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, delivered: u64, failed: &[(&str, u64)]) {
        assert_eq!(self.run.code, code, "{self:#?}");
        assert_eq!(self.summary["exitCode"], code);
        let expected: BTreeMap<&str, u64> = failed.iter().copied().collect();
        let stream = &self.summary["deliveryStreams"][0];
        let of_code = serde_json::to_value(expected).unwrap();
        assert_eq!((self.number("delivered"), &stream["failedByCode"]), (delivered, &of_code));
    }

    /// Returns the lines of failed records, each with the error output type from its object's key.
    pub(crate) fn errors(&self) -> Vec<(String, ErrorLine)> {
        let mut errors = Vec::new();
        for (key, content) in self.objects.iter().filter(|(key, _)| key.starts_with(BAD)) {
            let folder = key.split('/').nth(1).unwrap();
            for line in content.split_inclusive(|byte| *byte == b'\n') {
                // Firehose writes numbers without quotes, and `lambdaARN` since 2025.
                let fields: Value = serde_json::from_slice(line).unwrap();
                for number in ["attemptsMade", "arrivalTimestamp", "attemptEndingTimestamp"] {
                    assert!(fields[number].is_u64(), "{number}: {fields}");
                }
                let arn = "arn:aws:lambda:us-east-1:123456789012:function:function:$LATEST";
                assert_eq!(fields["lambdaARN"], arn);
                let line = ErrorLine::parse(line).unwrap();
                assert!(line.attempt_ending_timestamp >= line.arrival_timestamp);
                errors.push((folder.to_owned(), line));
            }
        }
        errors
    }

    /// Splits the objects under the prefix into records at the newlines.
    pub(crate) fn records(&self) -> Vec<Vec<u8>> {
        let good = self.objects.iter().filter(|(key, _)| !key.starts_with(BAD));
        good.flat_map(|(_, content)| content.split(|byte| *byte == b'\n').map(<[u8]>::to_vec))
            .collect()
    }

    /// Asserts that the sums of the summary are right and that the summary names the objects of the
    /// store.
    #[track_caller]
    fn assert_summary(&self) {
        let streams = self.summary["deliveryStreams"].as_array().map_or(&[][..], Vec::as_slice);
        let mut named = BTreeSet::new();
        for stream in streams {
            let number = |name: &str| stream[name].as_u64().unwrap();
            let parts = ["delivered", "dropped", "failed", "notDelivered"].map(number);
            assert_eq!(number("records"), parts.iter().sum::<u64>(), "{self:#?}");
            let failed = stream["failedByCode"].as_object().unwrap().values();
            assert_eq!(failed.map(|it| it.as_u64().unwrap()).sum::<u64>(), number("failed"));
            let mut records = 0;
            for object in stream["objects"].as_array().unwrap() {
                records += object["records"].as_u64().unwrap();
                named.insert(object["key"].as_str().unwrap());
            }
            if number("objectCount") <= 1000 {
                assert_eq!(records, number("delivered") + number("failed"), "{self:#?}");
            }
        }
        let stored: BTreeSet<_> = self.objects.keys().map(String::as_str).collect();
        assert_eq!(stored, named, "{self:#?}");
    }

    /// Asserts that each line of the input up to the last one read is accounted for: the line is in
    /// an object, in an error line, or among the positions of undelivered records. The number of
    /// all other lines is the number of dropped and refused records in the summary.
    #[track_caller]
    pub(crate) fn assert_accounted(&self, input: &[u8]) {
        let text = input.strip_suffix(b"\n").unwrap_or(input);
        let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let last_read = usize::try_from(self.summary["lastRead"].as_u64().unwrap()).unwrap();
        assert!(last_read == lines.len() || self.summary["readToEnd"] == false, "{self:#?}");
        lines.truncate(last_read);
        let mut unaccounted: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for line in &lines {
            *unaccounted.entry(line.to_vec()).or_default() += 1;
        }
        let stream = &self.summary["deliveryStreams"][0];
        let ranges = stream["notDeliveredPositions"].as_array().map_or(&[][..], Vec::as_slice);
        let position = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let positions = ranges.iter().flat_map(|range| position(&range[0])..=position(&range[1]));
        let undelivered: Vec<_> = positions.map(|it| lines[it - 1].to_vec()).collect();
        let failed = self.errors().into_iter().map(|(_, line)| line.raw_data.to_vec());
        for record in self.records().into_iter().chain(failed).chain(undelivered) {
            let times = unaccounted.get_mut(&record).filter(|times| **times > 0);
            *times.unwrap_or_else(|| panic!("{:?} occurs too often", record.escape_ascii())) -= 1;
        }
        let unaccounted: u64 = unaccounted.values().sum();
        let refused = self.summary["refused"].as_u64().unwrap_or_default();
        let dropped = stream["dropped"].as_u64().unwrap_or_default();
        assert_eq!(unaccounted, dropped + refused, "{self:#?}");
    }

    /// Asserts that all failed records have this number of attempts and failed in processing.
    #[track_caller]
    pub(crate) fn assert_attempts(&self, attempts: u64) {
        for (folder, line) in self.errors() {
            assert_eq!(folder, "processing-failed");
            assert_eq!(line.attempts_made, Some(attempts));
        }
    }
}

/// Returns all files by their paths in the folder. Packed files are unpacked.
pub(crate) fn objects(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, objects: &mut BTreeMap<String, Vec<u8>>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, objects);
                continue;
            }
            // A test created this file, which is not an object.
            if path.ends_with("obstacle") {
                continue;
            }
            let key = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            // The store renames a complete object, so its temporary file may be gone.
            let Ok(mut content) = fs::read(&path) else { continue };
            if content.starts_with(&[0x1f, 0x8b]) {
                let packed = std::mem::take(&mut content);
                MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut content).unwrap();
            }
            objects.insert(key, content);
        }
    }
    let mut objects = BTreeMap::new();
    walk(folder, folder, &mut objects);
    objects
}

/// Returns different records, one in each line.
pub(crate) fn numbered(count: usize) -> Vec<u8> {
    (1..=count).flat_map(|number| format!("record {number}\n").into_bytes()).collect()
}

/// The longest wait. A longer wait means that the run hangs, even on a slow machine. Functions that
/// hang on purpose hang far longer.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(60);

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < MAX_WAIT, "{what} takes too long");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Sends a signal to the process, but not to its children, as `kill` does.
pub(crate) fn send(signal: Signal, to: &Child) {
    kill_process(Pid::from_child(to), signal).unwrap();
}

/// Sends two different signals. The system may merge two equal signals into one.
pub(crate) fn interrupt_twice(to: &Child) {
    send(Signal::INT, to);
    send(Signal::TERM, to);
}
