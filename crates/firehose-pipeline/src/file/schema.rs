use schemars::{Schema, schema_for};

use super::pipeline_file::PipelineFile;

/// Returns the JSON Schema of the pipeline file, for editors.
pub fn schema() -> Schema {
    schema_for!(PipelineFile)
}
