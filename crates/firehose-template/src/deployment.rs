use std::{collections::BTreeMap, time::Duration};

use firehose_delivery::delivery_stream::DeliveryStream;

/// Streams, delivery streams and functions that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deployment {
    /// The Kinesis streams that delivery streams read, by name.
    pub kinesis_streams: BTreeMap<String, KinesisStream>,
    /// In the order of the template.
    pub delivery_streams: Vec<DeliveryStream>,
    /// Why delivery streams cannot be simulated, by their names. They are none of those above.
    pub unsupported: BTreeMap<String, String>,
    /// The functions that delivery streams invoke, by logical id; one outside the template by its
    /// ARN.
    pub functions: BTreeMap<String, DeployedFunction>,
    /// What the template has and a run does not do, for people to read, a sentence each.
    pub notes: Vec<String>,
}

/// A Kinesis data stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KinesisStream {
    /// How many shards it has, 4 if it is on demand and the template cannot say.
    pub shards: u32,
}

/// A Lambda function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedFunction {
    /// The executable that cargo-lambda builds for it, if the template says so: the name of a
    /// binary of the workspace.
    pub binary: Option<String>,
    /// `Timeout`
    pub timeout: Duration,
    /// `MemorySize`, in MB.
    pub memory_size: u32,
    /// `Environment.Variables`
    pub environment: BTreeMap<String, String>,
}

impl Default for KinesisStream {
    fn default() -> Self {
        Self { shards: 4 }
    }
}

impl Default for DeployedFunction {
    /// Lambda's own defaults: 3 seconds, 128 MB.
    fn default() -> Self {
        Self {
            binary: None,
            timeout: Duration::from_secs(3),
            memory_size: 128,
            environment: BTreeMap::new(),
        }
    }
}
