use std::sync::{Arc, atomic::AtomicU64};

use firehose_fixtures::FixtureFunction;

use super::{
    super::{
        command_error::CommandError, pipeline::pipeline_process, pipeline_file::read_pipeline,
    },
    arguments::Test,
    process_function::ProcessFunction,
    url_function::RemoteFunction,
};
use firehose_delivery::function::UrlFunction;

/// The function under test.
pub(super) struct TestedFunction {
    pub(super) function: Box<dyn FixtureFunction>,
    /// The number of failed records whose causes are unknown.
    pub(super) unexplained: Arc<AtomicU64>,
}

impl TestedFunction {
    /// Builds and starts the function of the arguments, or connects to the function behind a URL.
    pub(super) async fn open(test: &Test) -> Result<Self, CommandError> {
        let limit = test.timeout.limit();
        if let Some(url) = &test.function.url {
            let function = UrlFunction::new(url.clone(), limit);
            function.reach().await?;
            let unexplained = Arc::<AtomicU64>::default();
            let function = RemoteFunction { function, unexplained: Arc::clone(&unexplained) };
            return Ok(Self { function: Box::new(function), unexplained });
        }
        let log = test.log.log().await?;
        let settings = match (&test.template.function, &test.function.executable.pipeline) {
            (Some(id), _) => test.template.build(id, test.function.release).await?,
            (None, Some(path)) => {
                // Check the pipeline before a process starts, so that an error has the position in the
                // file.
                read_pipeline(path).await?;
                pipeline_process(path)?
            }
            (None, None) => test.function.process().await?,
        };
        let function = ProcessFunction::start(settings, limit, log).await?;
        let unexplained = Arc::clone(&function.unexplained);
        Ok(Self { function: Box::new(function), unexplained })
    }
}
