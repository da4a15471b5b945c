use std::sync::Arc;

use super::metrics::Metrics;
use crate::report::Report;

/// The metrics that a handler writes.
#[derive(Clone, Debug, Default)]
pub(crate) enum MetricsChoice {
    /// The default metrics of a Lambda function.
    #[default]
    OfFunction,
    Own(Arc<Metrics>),
    None,
}

impl MetricsChoice {
    pub(super) fn write(&self, report: &Report, request_id: &str) {
        let metrics = match self {
            Self::OfFunction => Metrics::of_function(),
            Self::Own(metrics) => Some(&**metrics),
            Self::None => None,
        };
        if let Some(metrics) = metrics {
            metrics.write(report, request_id);
        }
    }
}
