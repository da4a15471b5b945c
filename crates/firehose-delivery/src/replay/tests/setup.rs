//! A replay in this process, with a function, a store and a file of remaining records.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::async_trait;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use uuid::Uuid;

use super::super::{
    ErrorObjects, LastLine, RawData, RecoveredFormat, RecoveredObjects, Remaining, RemainingFormat,
    ReplayReport, ReplayRun,
};
use crate::{
    delivery_stream::{ErrorLine, Prefix},
    function::{self, FunctionError, InvokeError},
    observer::{DeliveryEvent, DeliveryObserver},
    run::StreamFunction,
    store::{
        Store, StoreOptions,
        faulty::{Fault, FaultyStore},
    },
};

/// A function that answers each record by the first word of its data. It fails as a whole for
/// `throw`, and panics for `panic`.
#[derive(Debug)]
pub(super) struct Obedient;

#[async_trait]
impl function::Function for Obedient {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let event: Value = serde_json::from_slice(&event).unwrap();
        let mut answers = Vec::new();
        for record in event["records"].as_array().unwrap() {
            let data = STANDARD.decode(record["data"].as_str().unwrap()).unwrap();
            let result = match &data[..4] {
                b"pass" => "Ok",
                b"drop" => "Dropped",
                b"pani" => panic!("told to"),
                b"thro" => {
                    let (error_type, message) = ("Told".to_owned(), "told to".to_owned());
                    return Err(FunctionError::reported(error_type, message).into());
                }
                _ => "ProcessingFailed",
            };
            answers.push(json!({
                "recordId": record["recordId"], "result": result, "data": STANDARD.encode(data),
            }));
        }
        Ok(json!({"records": answers}).to_string().into())
    }
}

/// The settings of a replay. Clones have the same folder, so that their objects have the same names.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) function: Arc<dyn function::Function>,
    pub(super) format: RemainingFormat,
    pub(super) raw_data: Option<RawData>,
    /// The error objects with their names, in the order of reading.
    pub(super) objects: Vec<(String, String)>,
    pub(super) after: Option<LastLine>,
    /// Stops the reading once this number of chunks was read.
    pub(super) interrupt: Option<u64>,
    /// The folder of the objects and of the file of remaining records.
    pub(super) folder: Arc<TempDir>,
}

/// An observer that stops the reading at a chunk of the input, and counts the warnings.
#[derive(Debug)]
struct Interrupter {
    warnings: AtomicU64,
    stop: watch::Sender<bool>,
    chunks: AtomicU64,
    at: u64,
}

impl DeliveryObserver for Interrupter {
    fn observe(&self, event: &DeliveryEvent<'_>) {
        if let DeliveryEvent::Warning { .. } = event {
            self.warnings.fetch_add(1, Ordering::Relaxed);
        }
        if let DeliveryEvent::InputRead { .. } = event
            && self.chunks.fetch_add(1, Ordering::Relaxed) + 1 == self.at
        {
            self.stop.send_replace(true);
        }
    }
}

/// The results of a replay.
pub(super) struct Replayed {
    pub(super) report: ReplayReport,
    /// The contents of all objects, with a newline between records.
    pub(super) objects: Vec<String>,
    /// The file of the remaining records.
    pub(super) remaining: String,
    pub(super) warnings: u64,
}

impl Setup {
    /// Returns a replay that keeps error lines and takes unknown contents for originals.
    pub(super) fn new(function: Arc<dyn function::Function>) -> Self {
        let format = RemainingFormat::ErrorLines;
        Self {
            function,
            format,
            raw_data: Some(RawData::Original),
            objects: Vec::new(),
            after: None,
            interrupt: None,
            folder: Arc::new(TempDir::new().unwrap()),
        }
    }

    /// Adds an error object with these lines.
    pub(super) fn object(mut self, name: &str, lines: &str) -> Self {
        self.objects.push((name.to_owned(), lines.to_owned()));
        self
    }

    /// Replays the objects into a store. `fault` returns the fault of each put by its number,
    /// counted from 1.
    pub(super) async fn replay(
        self,
        fault: impl Fn(u64) -> Fault + Send + Sync + 'static,
    ) -> Replayed {
        let folder = &self.folder;
        let path = folder.path().join(Uuid::new_v4().to_string());
        let mut inputs = Vec::new();
        for (name, lines) in &self.objects {
            let input = folder.path().join(name);
            fs::create_dir_all(input.parent().unwrap()).unwrap();
            fs::write(&input, lines).unwrap();
            inputs.push(input);
        }
        let store = Store::new(FaultyStore::new(fault), "memory:");
        let format = RecoveredFormat {
            append_delimiter: true,
            ..RecoveredFormat::new(Prefix::parse("").unwrap())
        };
        let recovered = RecoveredObjects::new(store.clone(), format);
        let remaining = Remaining::create(&path, false, self.format).unwrap();
        let stop = watch::Sender::new(false);
        let interrupter = Interrupter {
            stop: stop.clone(),
            chunks: AtomicU64::new(0),
            warnings: AtomicU64::new(0),
            at: self.interrupt.unwrap_or(u64::MAX),
        };
        let interrupter = Arc::new(interrupter);
        let replay = ReplayRun::new(StreamFunction::new(self.function), "in this process")
            .concurrency(2)
            .recovered(Some(recovered))
            .remaining(Some(remaining))
            .raw_data(self.raw_data)
            .observer(Arc::clone(&interrupter) as _)
            .stop(stop)
            .prepare();
        let progress = replay.progress();
        let mut objects = ErrorObjects::open(&inputs, StoreOptions::default()).await.unwrap();
        if let Some(after) = self.after {
            objects = objects.after(after);
        }
        replay.replay(objects).await;
        let mut objects = Vec::new();
        let listed: Vec<_> = store.list().try_collect().await.unwrap();
        for object in listed {
            let content: Vec<Bytes> = store.read(&object.key).try_collect().await.unwrap();
            objects.push(String::from_utf8(content.concat()).unwrap());
        }
        let report = progress.report();
        let remaining = fs::read_to_string(path).unwrap();
        assert!(!report.is_trial && report.failures.is_none());
        let replayed = Replayed {
            report,
            objects,
            remaining,
            warnings: interrupter.warnings.load(Ordering::Relaxed),
        };
        if self.format == RemainingFormat::ErrorLines {
            let counts = replayed.report.stats.remaining.unwrap();
            let lines = replayed.remaining.lines().count() as u64;
            assert_eq!((counts.written, counts.left_out), (lines, 0));
        }
        replayed
    }
}

impl Replayed {
    /// Returns the records in all objects.
    pub(super) fn delivered(&self) -> Vec<&str> {
        self.objects.iter().flat_map(|object| object.split('\n')).collect()
    }
}

/// Replays lines with the function [`Obedient`].
pub(super) async fn replay(
    lines: &str,
    fault: impl Fn(u64) -> Fault + Send + Sync + 'static,
) -> Replayed {
    Setup::new(Arc::new(Obedient)).object("lines", lines).replay(fault).await
}

/// Returns the error line of a record that failed in the function, and that arrived at this hour.
pub(super) fn line(data: &str, hour: i64) -> String {
    let mut line = Vec::new();
    let record = ErrorLine::new(Bytes::copy_from_slice(data.as_bytes()));
    let arrival_timestamp = Some(jiff::Timestamp::from_second(hour * 3600).unwrap());
    let error_code = Some("Lambda.ProcessingFailedStatus".into());
    ErrorLine { arrival_timestamp, error_code, ..record }.write(&mut line);
    String::from_utf8(line).unwrap()
}
