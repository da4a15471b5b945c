use firehose_core::BoxError;
use firehose_runtime::Handler;

use super::pipeline_text::PipelineText;
use crate::pipeline::Pipeline;

/// Returns the handler of the Lambda function. The pipeline comes from the first of these locations
/// that exists or is set:
///
/// | location | content |
/// |---|---|
/// | the variable `FIREHOSE_PIPELINE` | the text of the pipeline |
/// | the variable `FIREHOSE_PIPELINE_FILE` | the path of the file |
/// | `pipeline.yaml` beside the binary | the file, in the package of the function |
/// | `/opt/pipeline.yaml` | the file, in a layer |
///
/// # Errors
///
/// - If no location has a pipeline.
/// - If the file cannot be read, or the pipeline is not valid. The error names the location.
/// - If the pipeline has `on_oversize: reingest`, and this build lacks the feature `reingest`.
pub fn handler() -> Result<Handler<Pipeline>, BoxError> {
    let PipelineText { text, origin } = PipelineText::from_env()?;
    let pipeline: Pipeline = text.parse().map_err(|error| format!("{origin}: {error}"))?;
    let reingests = pipeline.reingests_oversize();
    let handler = Handler::new(pipeline);
    if reingests { with_reingestion(handler) } else { Ok(handler) }
}

#[cfg(feature = "reingest")]
fn with_reingestion(handler: Handler<Pipeline>) -> Result<Handler<Pipeline>, BoxError> {
    use firehose_runtime::{Oversize, reingest::AwsReingest};
    Ok(handler.with_oversize(Oversize::reingest(AwsReingest::from_env())))
}

#[cfg(not(feature = "reingest"))]
fn with_reingestion(_: Handler<Pipeline>) -> Result<Handler<Pipeline>, BoxError> {
    Err("on_oversize: `reingest` needs a binary with the feature `reingest`; build \
         firehose-pipeline with `--features reingest`"
        .into())
}
