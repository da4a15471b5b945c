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
use firehose_delivery::function::{ProcessSettings, UrlFunction};

/// The function under test.
pub(super) struct TestedFunction {
    pub(super) function: Box<dyn FixtureFunction>,
    /// The number of failed records whose causes are unknown.
    pub(super) untold_causes: Arc<AtomicU64>,
}

impl TestedFunction {
    /// Builds and starts the function of the arguments, or reaches the function behind a URL. A
    /// further kind of function is one more branch.
    pub(super) async fn open(test: &Test) -> Result<Self, CommandError> {
        let limit = test.timeout.limit();
        if let Some(url) = &test.function.url {
            let function = UrlFunction::new(url.clone(), limit);
            function.reach().await?;
            let untold_causes = Arc::<AtomicU64>::default();
            let function = RemoteFunction { function, untold_causes: Arc::clone(&untold_causes) };
            return Ok(Self { function: Box::new(function), untold_causes });
        }
        let log = test.log.log().await?;
        let settings = match (&test.template.function, &test.function.executable.pipeline) {
            (Some(id), _) => test.template.build(id, test.function.release).await?,
            (None, Some(path)) => {
                // An invalid pipeline is an error here, with its place in the file.
                read_pipeline(path).await?;
                pipeline_process(path)?
            }
            (None, None) => ProcessSettings::new(&test.function.build().await?),
        };
        let function = ProcessFunction::start(settings, limit, log).await?;
        let untold_causes = Arc::clone(&function.untold_causes);
        Ok(Self { function: Box::new(function), untold_causes })
    }
}
