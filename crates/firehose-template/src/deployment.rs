use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    time::Duration,
};

use firehose_delivery::delivery_stream::DeliveryStream;

use crate::error::{MissingValue, TemplateError};

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
    /// The delivery streams that cannot be simulated or that lack values, by name.
    pub unsupported: BTreeMap<String, UnsupportedStream>,
    /// The delivery streams of the code that are not deployed, such as those with a false condition,
    /// by id.
    pub not_deployed: BTreeMap<String, UndeployedStream>,
    /// The names of delivery streams and Kinesis streams, by their ids in the code.
    pub names: BTreeMap<String, String>,
    /// The functions that delivery streams invoke. The key is the function's id in the code, or
    /// the ARN of a function that the code does not contain. If only a deployed stack has the ARN,
    /// the key is a placeholder.
    pub functions: BTreeMap<String, DeployedFunction>,
    /// The settings that may lose or change data.
    pub warnings: Vec<Warning>,
    /// The parts of the code that are not simulated.
    pub notes: Vec<Note>,
}

/// A delivery stream that AWS may accept, but that cannot be simulated or that lacks values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsupportedStream {
    /// The id in the code.
    pub id: String,
    /// The paths of the properties that are not simulated or lack a value, each with the reason.
    pub reason: String,
    /// The values that the delivery stream lacks. The list can be incomplete: the search for
    /// further values ends if the stand-in for a missing value is not valid.
    pub missing: Vec<MissingValue>,
}

/// A delivery stream of the code that is not deployed with the given values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndeployedStream {
    /// The reason, as a clause: `its condition Live is false here`.
    pub reason: String,
    /// The values that decide whether the delivery stream is deployed, and that the user can give.
    pub deciding: Vec<MissingValue>,
}

/// A Kinesis data stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KinesisStream {
    /// The number of shards. Default: 4, the shards of a new on-demand stream.
    pub shards: u32,
    /// The size limit of a record with its partition key, in KiB (`MaxRecordSizeInKiB`).
    /// Default: 1,024.
    pub max_record_kib: u32,
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
    /// The identifier of the runtime, such as `python3.13`.
    pub runtime: Option<String>,
    /// The name of the handler, such as `app.lambda_handler`.
    pub handler: Option<String>,
    /// The place of the code, if the code names one.
    pub code: Option<FunctionCode>,
    /// `true` for a container image.
    pub is_image: bool,
}

/// The place of a function's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionCode {
    /// A folder, a .zip archive or a file, relative to the folder of the infrastructure code.
    Path(PathBuf),
    /// The text of the source file, if the code has only one.
    Inline(String),
    /// The key of an archive in a bucket.
    Object(String),
}

/// A setting that may lose or change data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The path of the setting in the code.
    pub path: String,
    /// The effect on the data.
    pub text: String,
    /// The names of the delivery streams with the setting. Empty if the setting
    /// concerns all delivery streams.
    pub delivery_streams: BTreeSet<String>,
}

/// A part of the code that is not simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The path of the part in the code.
    pub path: String,
    /// The difference from a deployment.
    pub text: String,
    /// The names of the delivery streams with the part. Empty if the part
    /// concerns all delivery streams.
    pub delivery_streams: BTreeSet<String>,
}

impl Deployment {
    /// Adds the contents of another deployment.
    pub(crate) fn merge(&mut self, other: Self) {
        self.kinesis_streams.extend(other.kinesis_streams);
        self.delivery_streams.extend(other.delivery_streams);
        self.unsupported.extend(other.unsupported);
        self.not_deployed.extend(other.not_deployed);
        self.names.extend(other.names);
        self.functions.extend(other.functions);
        for warning in other.warnings {
            self.add_warning(warning);
        }
        for note in other.notes {
            self.add_note(note);
        }
    }

    /// Sets the delivery stream of all warnings and notes.
    pub(crate) fn set_delivery_stream(&mut self, name: &str) {
        for warning in &mut self.warnings {
            warning.delivery_streams = [name.to_owned()].into();
        }
        for note in &mut self.notes {
            note.delivery_streams = [name.to_owned()].into();
        }
    }

    /// Adds a warning. Delivery streams with the same function or source have the same warnings.
    fn add_warning(&mut self, warning: Warning) {
        let is_same = |it: &&mut Warning| it.path == warning.path && it.text == warning.text;
        match self.warnings.iter_mut().find(is_same) {
            Some(same) => same.delivery_streams.extend(warning.delivery_streams),
            None => self.warnings.push(warning),
        }
    }

    /// Adds a note. Delivery streams with the same function or source have the same notes.
    pub(crate) fn add_note(&mut self, note: Note) {
        let is_same = |it: &&mut Note| it.path == note.path && it.text == note.text;
        match self.notes.iter_mut().find(is_same) {
            Some(same) => same.delivery_streams.extend(note.delivery_streams),
            None => self.notes.push(note),
        }
    }

    /// Adds a [`Warning`].
    pub(crate) fn warn(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.add_warning(Warning::new(path, text));
    }

    /// Adds a note on a value that only a deployed stack has. `here` is the end of the note: the
    /// placeholder for the value, or a way for the user to set the value.
    pub(crate) fn note_undeployed(&mut self, error: &TemplateError, here: &str) {
        self.note(error.path(), format!("{}; {here}", error.reason()));
    }

    /// Adds a [`Note`].
    pub(crate) fn note(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.add_note(Note::new(path, text));
    }
}

impl Warning {
    /// Creates a warning for all delivery streams.
    pub(crate) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), delivery_streams: BTreeSet::new() }
    }
}

impl Note {
    /// Creates a note for all delivery streams.
    pub(crate) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), delivery_streams: BTreeSet::new() }
    }
}

impl Default for KinesisStream {
    fn default() -> Self {
        Self { shards: 4, max_record_kib: 1024 }
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
            runtime: None,
            handler: None,
            code: None,
            is_image: false,
        }
    }
}

impl fmt::Display for UnsupportedStream {
    /// Writes the reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl fmt::Display for UndeployedStream {
    /// Writes the reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
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
