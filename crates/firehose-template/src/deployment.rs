use std::{collections::BTreeMap, fmt, time::Duration};

use firehose_delivery::delivery_stream::DeliveryStream;

/// Delivery streams together with the Kinesis streams and functions that they use.
///
/// The type does not depend on the kind of infrastructure code. Below, *code* means infrastructure
/// code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deployment {
    /// The Kinesis streams that delivery streams read, by name.
    pub kinesis_streams: BTreeMap<String, KinesisStream>,
    /// The delivery streams that can be simulated, in the order of the code.
    pub delivery_streams: Vec<DeliveryStream>,
    /// The reasons why delivery streams cannot be simulated, by the names of the streams.
    pub unsupported: BTreeMap<String, String>,
    /// The functions that delivery streams invoke. The key is the function's id in the code, or
    /// the ARN of a function that the code does not contain.
    pub functions: BTreeMap<String, DeployedFunction>,
    /// The settings that may lose or change data.
    pub warnings: Vec<Warning>,
    /// The parts of the code that are not simulated.
    pub notes: Vec<Note>,
}

/// A Kinesis data stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KinesisStream {
    /// The number of shards. Default: 4, the shards of a new on-demand stream.
    pub shards: u32,
}

/// A Lambda function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedFunction {
    /// The binary target of the workspace that cargo-lambda builds, if the code names one.
    pub binary: Option<String>,
    /// The longest duration of an invocation. Default: 3 seconds.
    pub timeout: Duration,
    /// The memory in MB. Default: 128.
    pub memory_size: u32,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
}

/// A setting that may lose or change data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The path of the setting in the code.
    pub path: String,
    /// The effect on the data.
    pub text: String,
}

/// A part of the code that is not simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The path of the part in the code.
    pub path: String,
    /// The difference from a deployment.
    pub text: String,
}

impl Deployment {
    /// Adds the contents of another deployment.
    pub(crate) fn merge(&mut self, other: Self) {
        self.kinesis_streams.extend(other.kinesis_streams);
        self.delivery_streams.extend(other.delivery_streams);
        self.unsupported.extend(other.unsupported);
        self.functions.extend(other.functions);
        self.warnings.extend(other.warnings);
        self.notes.extend(other.notes);
    }

    /// Adds a [`Warning`].
    pub(crate) fn warn(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.warnings.push(Warning { path: path.into(), text: text.into() });
    }

    /// Adds a [`Note`].
    pub(crate) fn note(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.notes.push(Note { path: path.into(), text: text.into() });
    }
}

impl Default for KinesisStream {
    fn default() -> Self {
        Self { shards: 4 }
    }
}

impl Default for DeployedFunction {
    /// Returns the defaults of Lambda.
    fn default() -> Self {
        Self {
            binary: None,
            timeout: Duration::from_secs(3),
            memory_size: 128,
            environment: BTreeMap::new(),
        }
    }
}

impl fmt::Display for Warning {
    /// Writes the path and the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

impl fmt::Display for Note {
    /// Writes the path and the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}
