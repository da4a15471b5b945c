use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use firehose_delivery::{
    function::{LogDestination, ProcessPool, ProcessSettings},
    observer::Unobserved,
};

use crate::suite::{Behavior, Implementation, Setup, Subject};

/// Processes of the example `faulty` over the Lambda Runtime API.
struct Processes;

impl Implementation for Processes {
    type Function = ProcessPool;

    const LIMITS_CONCURRENCY: bool = true;

    fn missing() -> ProcessPool {
        pool(ProcessSettings::new(Path::new("no/such/bootstrap")), Duration::from_secs(60), 1)
    }

    fn start(setup: Setup) -> Subject<ProcessPool> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut settings = ProcessSettings::new(&faulty());
        let fault = match setup.behavior {
            Behavior::Answer => "none",
            Behavior::ReportError => "error",
            Behavior::Hang => "hang",
            Behavior::AnswerTooMuch => "too large",
            Behavior::EndEarly => "exit",
            Behavior::Wait => "wait",
        };
        settings.environment = [
            ("FAULT", fault.to_owned()),
            ("FAULT_FOLDER", folder.path().to_str().unwrap().to_owned()),
            ("FAULT_TO", setup.events.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let seen = Arc::clone(&folder);
        Subject {
            function: Arc::new(pool(settings, setup.limit, setup.concurrency)),
            received: Box::new(move || {
                let files = fs::read_dir(seen.path()).unwrap().flatten();
                files.filter(|it| it.file_name().to_string_lossy().starts_with("event-")).count()
            }),
            release: Box::new(move || fs::write(folder.path().join("go-on"), "").unwrap()),
        }
    }
}

fn pool(settings: ProcessSettings, limit: Duration, concurrency: usize) -> ProcessPool {
    let observer = Arc::new(Unobserved);
    ProcessPool::new("test", settings, limit, concurrency, LogDestination::Tail, observer)
}

/// Returns the example `faulty`, which `cargo test` has built.
fn faulty() -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_firehose-local")).parent().unwrap();
    let faulty = folder.join("examples/faulty");
    let hint = "cargo build -p firehose-local --examples";
    assert!(faulty.exists(), "{} is missing: {hint}", faulty.display());
    faulty
}

crate::conformance_tests!(Processes);
