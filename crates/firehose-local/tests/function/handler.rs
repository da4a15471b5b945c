use std::{
    fs,
    marker::PhantomData,
    path::{Path, PathBuf},
    sync::Arc,
};

use firehose_delivery::{
    function::{HandlerFunction, LogDestination, ProcessPool, ProcessSettings},
    observer::Unobserved,
};
use tokio::{runtime::Handle, task::block_in_place};

use crate::suite::{Behavior, Implementation, Setup, Subject};

/// The handler `faulty.handler` of a folder of `fixtures/handlers`, on an interpreter.
struct Handlers<L>(PhantomData<L>);

/// A folder with handlers in one language.
trait HandlerFolder {
    const NAME: &str;
}

/// Python.
struct Python;

/// JavaScript.
struct Node;

impl HandlerFolder for Python {
    const NAME: &str = "python";
}

impl HandlerFolder for Node {
    const NAME: &str = "node";
}

impl<L: HandlerFolder> Implementation for Handlers<L> {
    type Function = ProcessPool;

    const LIMITS_CONCURRENCY: bool = true;

    /// Returns a function whose interpreter does not exist.
    fn missing() -> ProcessPool {
        let mut settings = settings::<L>();
        settings.binary = PathBuf::from("no/such/interpreter");
        pool(
            settings,
            Setup {
                behavior: Behavior::Answer,
                events: 0,
                limit: std::time::Duration::from_secs(60),
                concurrency: 1,
            },
        )
    }

    fn start(setup: Setup) -> Subject<ProcessPool> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut settings = settings::<L>();
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
            function: Arc::new(pool(settings, setup)),
            received: Box::new(move || {
                let files = fs::read_dir(seen.path()).unwrap().flatten();
                files.filter(|it| it.file_name().to_string_lossy().starts_with("event-")).count()
            }),
            release: Box::new(move || fs::write(folder.path().join("go-on"), "").unwrap()),
        }
    }
}

/// Returns the settings of a process that runs the handler.
fn settings<L: HandlerFolder>() -> ProcessSettings {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/handlers").join(L::NAME);
    let function = HandlerFunction::find("faulty.handler", &folder, None).unwrap();
    block_in_place(|| Handle::current().block_on(function.process())).unwrap()
}

fn pool(settings: ProcessSettings, setup: Setup) -> ProcessPool {
    let Setup { limit, concurrency, .. } = setup;
    let observer = Arc::new(Unobserved);
    ProcessPool::new("test", settings, limit, concurrency, LogDestination::Tail, observer)
}

mod python {
    crate::conformance_tests!(super::Handlers<super::Python>);
}

mod node {
    crate::conformance_tests!(super::Handlers<super::Node>);
}
