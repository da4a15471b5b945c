use std::{
    env, fmt,
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use super::{
    emf::{EmfLine, is_field},
    invalid_metrics::{InvalidMetrics, check_dimension, check_length},
};
use crate::report::Report;

const DEFAULT_NAMESPACE: &str = "FirehoseTransform";

/// The variable that turns metrics off without a new build.
const SWITCH: &str = "FIREHOSE_TRANSFORM_METRICS";

/// The CloudWatch metrics of each invocation, with their namespace and dimensions.
///
/// ```
/// use firehose_runtime::{Handler, Metrics, Record, transform_fn};
///
/// let metrics = Metrics::new("Orders")?.with_dimension("Stage", "prod")?;
/// let handler = Handler::new(transform_fn(|record: Record| record.into_data()))
///     .with_metrics(metrics);
/// # Ok::<_, firehose_runtime::InvalidMetrics>(())
/// ```
///
#[doc = include_str!("../docs/metrics.md")]
#[derive(Clone)]
pub struct Metrics {
    namespace: String,
    dimensions: Vec<(String, String)>,
    /// Standard output, if `None`.
    writer: Option<Arc<Mutex<dyn Write + Send>>>,
}

impl Metrics {
    /// The longest namespace. This and the next limit are those of CloudWatch's `Metric`:
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html>.
    const MAX_NAMESPACE_BYTES: usize = 255;
    const MAX_DIMENSIONS: usize = 30;

    /// The longest name of a dimension in the embedded metric format. CloudWatch allows 255 bytes.
    const MAX_DIMENSION_NAME_BYTES: usize = 250;
    /// The longest value of a dimension in the embedded metric format.
    const MAX_DIMENSION_VALUE_BYTES: usize = 1024;

    /// Returns metrics in this namespace, without dimensions. Their lines go to standard output.
    ///
    /// # Errors
    ///
    /// If the namespace is not 1 to 255 characters of `A-Z a-z 0-9 . - _ / # :` and space, is
    /// blank, or begins with a colon or with `AWS/`, which is reserved for AWS.
    pub fn new(namespace: impl Into<String>) -> Result<Self, InvalidMetrics> {
        let namespace = namespace.into();
        let invalid = |reason| InvalidMetrics::new("namespace", &namespace, reason);
        check_length(&namespace, Self::MAX_NAMESPACE_BYTES).map_err(invalid)?;
        let allowed = |char: char| char.is_ascii_alphanumeric() || ".-_/#: ".contains(char);
        if !namespace.chars().all(allowed) {
            return Err(invalid("only A-Z a-z 0-9 . - _ / # : and space are allowed".to_owned()));
        }
        if namespace.trim().is_empty() || namespace.starts_with(':') {
            return Err(invalid("must not be blank or begin with a colon".to_owned()));
        }
        if namespace.starts_with("AWS/") {
            return Err(invalid("AWS/ is reserved for the services of AWS".to_owned()));
        }
        Ok(Self { namespace, dimensions: Vec::new(), writer: None })
    }

    /// Adds a dimension to all metrics, or replaces its value. All dimensions form one set.
    ///
    /// CloudWatch bills separate metrics for each value of a dimension. The name of a stage
    /// is a good value, but the id of an invocation is not.
    ///
    /// # Errors
    ///
    /// - If the name is not 1 to 250 characters, or the value is not 1 to 1,024.
    /// - If either is blank, or has characters other than printable ASCII.
    /// - If the name begins with a colon, or is the name of a metric or another field of the line.
    /// - If the metrics have 30 dimensions already.
    pub fn with_dimension(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Self, InvalidMetrics> {
        let (name, value) = (name.into(), value.into());
        let invalid = |reason| InvalidMetrics::new("dimension name", &name, reason);
        check_dimension(&name, Self::MAX_DIMENSION_NAME_BYTES).map_err(invalid)?;
        if name.starts_with(':') {
            return Err(invalid("must not begin with a colon".to_owned()));
        }
        if is_field(&name) {
            return Err(invalid(
                "the line of metrics already has a field with this name".to_owned(),
            ));
        }
        check_dimension(&value, Self::MAX_DIMENSION_VALUE_BYTES)
            .map_err(|reason| InvalidMetrics::new("dimension value", &value, reason))?;
        if let Some(dimension) = self.dimensions.iter_mut().find(|it| it.0 == name) {
            dimension.1 = value;
        } else if self.dimensions.len() < Self::MAX_DIMENSIONS {
            self.dimensions.push((name, value));
        } else {
            return Err(invalid(format!(
                "the metrics already have {} dimensions; CloudWatch accepts no more",
                Self::MAX_DIMENSIONS
            )));
        }
        Ok(self)
    }

    /// Sets a writer for the lines, for example in a test.
    ///
    /// Default: standard output.
    #[must_use]
    pub fn with_writer(mut self, writer: impl Write + Send + 'static) -> Self {
        self.writer = Some(Arc::new(Mutex::new(writer)));
        self
    }

    /// Writes the line of an invocation.
    ///
    /// The `tower::Service` calls this function by itself. Call this function yourself after
    /// [`Handler::answer`](crate::Handler::answer) or `Handler::answer_typed`.
    ///
    /// `request_id` is Lambda's id of the request. The line has this id if the event has no
    /// `invocationId`. A line that cannot be written is lost, because a failed write must not fail
    /// the records.
    pub fn write(&self, report: &Report, request_id: &str) {
        if is_switched_off() {
            return;
        }
        let line = EmfLine {
            namespace: &self.namespace,
            dimensions: &self.dimensions,
            report,
            invocation_id: &report.invocation(request_id),
        };
        let Ok(mut line) = serde_json::to_vec(&line) else { return };
        line.push(b'\n');
        // A single write, so that lines of other invocations cannot split this line.
        let _ = match &self.writer {
            Some(writer) => {
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                writer.write_all(&line).and_then(|()| writer.flush())
            }
            None => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(&line).and_then(|()| stdout.flush())
            }
        };
    }

    /// Returns the default metrics of a Lambda function, or `None` in any other process.
    pub(super) fn of_function() -> Option<&'static Self> {
        static METRICS: OnceLock<Option<Metrics>> = OnceLock::new();
        let metrics = || {
            let name = env::var("AWS_LAMBDA_FUNCTION_NAME").ok().filter(|name| !name.is_empty())?;
            let mut dimensions = Vec::new();
            // Every function name of Lambda is valid, but an emulator may allow other names.
            if check_dimension(&name, Self::MAX_DIMENSION_VALUE_BYTES).is_ok() {
                dimensions.push(("FunctionName".to_owned(), name));
            }
            Some(Self { namespace: DEFAULT_NAMESPACE.to_owned(), dimensions, writer: None })
        };
        METRICS.get_or_init(metrics).as_ref()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics")
            .field("namespace", &self.namespace)
            .field("dimensions", &self.dimensions)
            .finish_non_exhaustive()
    }
}

fn is_switched_off() -> bool {
    static OFF: OnceLock<bool> = OnceLock::new();
    *OFF.get_or_init(|| {
        env::var(SWITCH).is_ok_and(|value| {
            ["off", "false", "0"].iter().any(|off| value.trim().eq_ignore_ascii_case(off))
        })
    })
}
