use bytes::Bytes;
use firehose_core::{BoxError, Outcome, Record, Transform, async_trait};
use json_scanner::push_on_one_line;

use super::{error::JqError, filter::JqFilter, filter_error::JqFilterError};

/// A transform that runs a jq filter on each record.
///
/// A record is one JSON value. A record for which the filter has no output is `Dropped`. Several
/// outputs are joined with newlines, each on one line, without a newline at the end. A record that
/// is not valid JSON, or on which the filter fails, is `ProcessingFailed`. See the
/// [module](crate::jq) for an example.
#[derive(Clone, Debug)]
pub struct Jq {
    filter: JqFilter,
}

impl Jq {
    /// Compiles a filter.
    ///
    /// # Errors
    ///
    /// Those of [`JqFilter::new`].
    pub fn new(filter: &str) -> Result<Self, JqFilterError> {
        Ok(JqFilter::new(filter)?.into())
    }

    /// Runs the filter on one item, and returns its outputs joined with newlines, or `None` if there
    /// are no outputs.
    ///
    /// # Errors
    ///
    /// Those of [`JqFilter::run`].
    pub fn apply(&self, item: &Bytes) -> Result<Option<Bytes>, JqError> {
        let mut outputs = self.filter.run(item)?;
        if outputs.len() < 2 {
            return Ok(outputs.pop());
        }
        let mut joined = Vec::with_capacity(outputs.iter().map(|output| output.len() + 1).sum());
        for output in &outputs {
            if !joined.is_empty() {
                joined.push(b'\n');
            }
            push_on_one_line(&mut joined, output);
        }
        Ok(Some(joined.into()))
    }
}

impl From<JqFilter> for Jq {
    fn from(filter: JqFilter) -> Self {
        Self { filter }
    }
}

#[async_trait]
impl Transform for Jq {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok(self.apply(record.data())?.into())
    }
}
