//! A delivery stream: its settings, and what Firehose makes of records by them. Nothing in here
//! reads, writes or waits.

mod record;
mod settings;

pub use record::{KinesisMetadata, StreamRecord};
pub use settings::{
    BufferingHints, Compression, DeliveryStream, Destination, LambdaProcessor, Source,
};
