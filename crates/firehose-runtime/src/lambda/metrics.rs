use std::{
    env, error, fmt,
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use firehose_core::Transform;

use super::emf;
use crate::{Handler, Report};

const DEFAULT_NAMESPACE: &str = "FirehoseTransform";

/// Set to `off`, it turns metrics off without a new build.
const SWITCH: &str = "FIREHOSE_TRANSFORM_METRICS";

/// CloudWatch metrics of each invocation: where they go, and under which names.
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
    pub(super) namespace: String,
    pub(super) dimensions: Vec<(String, String)>,
    /// Standard output if there is none.
    writer: Option<Arc<Mutex<dyn Write + Send>>>,
}

impl Metrics {
    /// The limits of CloudWatch's `Metric`:
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html>.
    const MAX_NAMESPACE_BYTES: usize = 255;
    const MAX_DIMENSIONS: usize = 30;

    /// The limit of the metric format. CloudWatch's own is 255.
    const MAX_DIMENSION_NAME_BYTES: usize = 250;
    const MAX_DIMENSION_VALUE_BYTES: usize = 1024;

    /// Metrics in this namespace, without dimensions, written to standard output.
    ///
    /// # Errors
    ///
    /// If the namespace is not 1 to 255 characters of `A-Z a-z 0-9 . - _ / # :` and space, or
    /// begins with a colon or with `AWS/`, which is kept for AWS.
    pub fn new(namespace: impl Into<String>) -> Result<Self, InvalidMetrics> {
        let namespace = namespace.into();
        let invalid = |reason| InvalidMetrics::new("namespace", &namespace, reason);
        check_length(&namespace, Self::MAX_NAMESPACE_BYTES).map_err(invalid)?;
        let allowed = |char: char| char.is_ascii_alphanumeric() || ".-_/#: ".contains(char);
        if !namespace.chars().all(allowed) {
            return Err(invalid("only A-Z a-z 0-9 . - _ / # : and space are allowed".to_owned()));
        }
        if namespace.trim().is_empty() || namespace.starts_with(':') {
            return Err(invalid("it must not be blank or begin with a colon".to_owned()));
        }
        if namespace.starts_with("AWS/") {
            return Err(invalid("AWS/ is kept for the services of AWS".to_owned()));
        }
        Ok(Self { namespace, dimensions: Vec::new(), writer: None })
    }

    /// Sets a dimension of all metrics. They have one set of dimensions: all of them together.
    ///
    /// Each value that a dimension takes makes new metrics, which are billed as such: the name
    /// of a stage is well, an id of an invocation is not.
    ///
    /// # Errors
    ///
    /// If the name is not 1 to 250 characters or the value not 1 to 1,024, if either is blank
    /// or has others than printable ASCII characters, if the name begins with a colon or is
    /// that of a metric or of another field of the line, or if there are 30 dimensions already.
    pub fn with_dimension(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Self, InvalidMetrics> {
        let (name, value) = (name.into(), value.into());
        let invalid = |reason| InvalidMetrics::new("dimension name", &name, reason);
        check_dimension(&name, Self::MAX_DIMENSION_NAME_BYTES).map_err(invalid)?;
        if name.starts_with(':') {
            return Err(invalid("it must not begin with a colon".to_owned()));
        }
        if emf::is_taken(&name) {
            return Err(invalid("the line has a field of that name".to_owned()));
        }
        check_dimension(&value, Self::MAX_DIMENSION_VALUE_BYTES)
            .map_err(|reason| InvalidMetrics::new("dimension value", &value, reason))?;
        if let Some(dimension) = self.dimensions.iter_mut().find(|it| it.0 == name) {
            dimension.1 = value;
        } else if self.dimensions.len() < Self::MAX_DIMENSIONS {
            self.dimensions.push((name, value));
        } else {
            return Err(invalid(format!("there are {} already", Self::MAX_DIMENSIONS)));
        }
        Ok(self)
    }

    /// Writes the lines somewhere else than to standard output, for a test to read them.
    #[must_use]
    pub fn with_writer(mut self, writer: impl Write + Send + 'static) -> Self {
        self.writer = Some(Arc::new(Mutex::new(writer)));
        self
    }

    /// Writes the line of an invocation. The `tower::Service` does it by itself; this is for
    /// who calls [`Handler::answer`] or `Handler::answer_typed`.
    ///
    /// `request_id` is Lambda's, and stands in for an `invocationId` that the event does not
    /// have. A line that cannot be written is lost: it must not cost the records.
    pub fn write(&self, report: &Report, request_id: &str) {
        if switched_off() {
            return;
        }
        let Ok(mut line) = emf::line(self, report, &report.invocation(request_id)) else {
            return;
        };
        line.push(b'\n');
        // All at once, so that nothing of another invocation gets in between.
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

    /// What a function has by itself: none, if this is no function.
    fn of_function() -> Option<&'static Self> {
        static METRICS: OnceLock<Option<Metrics>> = OnceLock::new();
        let metrics = || {
            let name = env::var("AWS_LAMBDA_FUNCTION_NAME").ok().filter(|name| !name.is_empty())?;
            let mut dimensions = Vec::new();
            // Lambda's own names are all valid; those of emulators need not be.
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

/// Which metrics a handler writes.
#[derive(Clone, Debug, Default)]
pub(crate) enum MetricsChoice {
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

impl<T: Transform> Handler<T> {
    /// Sets the [`Metrics`] that the `tower::Service` writes, in place of those in namespace
    /// `FirehoseTransform` with the dimension `FunctionName`.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Metrics) -> Self {
        self.metrics = MetricsChoice::Own(Arc::new(metrics));
        self
    }

    /// Writes no [`Metrics`]. `FIREHOSE_TRANSFORM_METRICS=off` in the function's environment
    /// does the same without a new build.
    #[must_use]
    pub fn without_metrics(mut self) -> Self {
        self.metrics = MetricsChoice::None;
        self
    }
}

fn switched_off() -> bool {
    static OFF: OnceLock<bool> = OnceLock::new();
    *OFF.get_or_init(|| {
        env::var(SWITCH).is_ok_and(|value| {
            ["off", "false", "0"].iter().any(|off| value.trim().eq_ignore_ascii_case(off))
        })
    })
}

fn check_length(text: &str, max: usize) -> Result<(), String> {
    match text.len() {
        0 => Err("it is empty".to_owned()),
        length if length > max => Err(format!("it has {length} bytes, the limit is {max}")),
        _ => Ok(()),
    }
}

/// What CloudWatch allows in names and values of dimensions:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html>.
fn check_dimension(text: &str, max: usize) -> Result<(), String> {
    check_length(text, max)?;
    if text.trim().is_empty() {
        return Err("it is blank".to_owned());
    }
    if !text.chars().all(|char| matches!(char, ' '..='~')) {
        return Err("only printable ASCII characters are allowed".to_owned());
    }
    Ok(())
}

/// A namespace or a dimension that CloudWatch would not take.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidMetrics {
    part: &'static str,
    text: String,
    reason: String,
}

impl InvalidMetrics {
    fn new(part: &'static str, text: &str, reason: String) -> Self {
        // Longer than that, it is the length that is wrong.
        Self { part, text: crate::failure::shortened(text, 64), reason }
    }
}

impl fmt::Display for InvalidMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "metrics: {} {:?}: {}", self.part, self.text, self.reason)
    }
}

/// As `Display`: it is what a `main` that returns an error prints.
impl fmt::Debug for InvalidMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for InvalidMetrics {}
