#![doc = include_str!("docs/overview.md")]

mod aws_names;
mod base64_engine;
mod cause_counts;
mod causes;
mod cli;
mod commands;
mod delivery;
mod delivery_stream;
mod error;
mod exit_code;
mod function;
mod input;
mod interrupt;
mod invoker;
mod log;
mod logged_failure;
mod now;
mod package;
mod progress;
mod remote;
mod replay;
mod runtime_api;
mod sizing;
mod source;
pub mod store;
mod table;
mod template;
mod terminal;

pub use cli::Cli;
pub use delivery_stream::{
    Answers, BufferingHints, Compression, DeliveryFailure, DeliveryStream, Destination, ErrorLine,
    ErrorOutputPrefix, EventWriter, InvalidErrorLine, InvalidPrefix, InvalidTimestampFormat,
    KinesisMetadata, LambdaProcessor, Prefix, PrefixError, RecordOutcome, Source, StreamRecord,
    TimestampFormat, object_extension, object_name, read_response,
};
pub(crate) use error::InvokeError;
pub use error::{FunctionError, StartError};
pub use exit_code::ExitCode;
pub use function::Function;
pub use runtime_api::{PendingResponse, RuntimeApi};
pub use source::{
    DirectPut, InputError, InputFormat, InputItem, InputReader, MAX_DIRECT_PUT_BYTES,
    MAX_KINESIS_BYTES, PutError, PutRecord, SequenceNumber, ShardedStream,
};
pub use template::{DeployedFunction, Deployment, KinesisStream, TemplateError};

#[cfg(doc)]
#[doc = include_str!("docs/delivery.md")]
pub mod deliveries {}

#[cfg(doc)]
#[doc = include_str!("docs/objects.md")]
pub mod objects {}

#[cfg(doc)]
#[doc = include_str!("docs/sources.md")]
pub mod sources {}

#[cfg(doc)]
#[doc = include_str!("docs/template.md")]
pub mod templates {}

#[cfg(doc)]
#[doc = include_str!("docs/replay.md")]
pub mod replaying {}

#[cfg(doc)]
#[doc = include_str!("docs/size.md")]
pub mod sizes {}

/// The code of the README is compiled with the tests. The file is not part of the package.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
