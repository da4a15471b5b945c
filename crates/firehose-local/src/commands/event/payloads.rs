use std::io;

use bytes::Bytes;
use firehose_transforms::compression::{Compress, Compression};

use super::{
    super::command_error::CommandError,
    arguments::{MakeEvent, PayloadFormat},
    log_envelope::log_envelope,
    source_arg::SourceArg,
};
use firehose_delivery::{
    delivery_stream::StreamSource,
    run::max_record_bytes,
    source::{InputFormat, InputItem, InputReader, read_whole_file},
};

impl MakeEvent {
    /// Returns the payloads of the event's records.
    pub(super) fn payloads(&self) -> Result<Vec<Bytes>, CommandError> {
        let limit = max_record_bytes(&match self.source {
            SourceArg::DirectPut | SourceArg::Msk => StreamSource::DirectPut,
            SourceArg::Kinesis => StreamSource::KinesisStream(String::new()),
        });
        let packing = |error: io::Error| CommandError::usage(format!("cannot compress: {error}"));
        let gzip = Compress::new(Compression::Gzip);
        let payloads: Vec<Bytes> = if self.cloudwatch_logs {
            // A compressed record is shorter than its lines, so the lines have a larger limit.
            let lines = self.read(InputFormat::Lines, MAX_LOG_BYTES)?;
            let envelope = log_envelope(self, &lines).map_err(CommandError::usage)?;
            vec![gzip.compress(envelope.as_bytes()).map_err(packing)?.into()]
        } else {
            let payloads = match self.format {
                PayloadFormat::Files => self.whole_files(limit)?,
                PayloadFormat::Lines => self.read(InputFormat::Lines, limit)?,
                PayloadFormat::LengthPrefixed => self.read(InputFormat::LengthPrefixed, limit)?,
                PayloadFormat::Events => self.read(InputFormat::Events, limit)?,
            };
            match self.gzip {
                false => payloads,
                true => payloads
                    .iter()
                    .map(|data| gzip.compress(data).map(Bytes::from))
                    .collect::<io::Result<_>>()
                    .map_err(packing)?,
            }
        };
        if let Some(index) = payloads.iter().position(|data| data.len() > limit) {
            return Err(too_large(index as u64 + 1, payloads[index].len() as u64, limit));
        }
        Ok(payloads)
    }

    fn whole_files(&self, limit: usize) -> Result<Vec<Bytes>, CommandError> {
        let files = self.input.iter().map(|path| {
            // `payloads` checks the limit of a record later, and names the record.
            read_whole_file(path, 2 * limit as u64)
        });
        files.collect::<Result<_, _>>().map_err(|error| CommandError::usage(error.to_string()))
    }

    fn read(&self, format: InputFormat, limit: usize) -> Result<Vec<Bytes>, CommandError> {
        let usage =
            |error: firehose_delivery::source::InputError| CommandError::usage(error.to_string());
        let reader = InputReader::open(&self.input, format, limit).map_err(usage)?;
        let mut payloads = Vec::new();
        for item in reader {
            match item.map_err(usage)? {
                InputItem::Record(record) => payloads.push(record.data),
                InputItem::TooLarge { position, bytes, limit } => {
                    return Err(too_large(position, bytes, limit));
                }
                InputItem::Unreadable { position, reason } => {
                    return Err(CommandError::usage(format!("record {position}: {reason}")));
                }
            }
        }
        Ok(payloads)
    }
}

/// The longest line of a log, in bytes: CloudWatch Logs accepts log events of 1 MiB.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const MAX_LOG_BYTES: usize = 1024 * 1024;

fn too_large(number: u64, bytes: u64, limit: usize) -> CommandError {
    CommandError::usage(format!(
        "record {number} has {bytes} bytes, and Firehose accepts at most {limit}; split its input"
    ))
}
