use std::io;

use bytes::Bytes;
use firehose_transforms::compression::{Compress, Compression};

use super::{
    super::{
        command_error::CommandError,
        input_payloads::{read_payloads, too_large},
        log_record::LogSource,
    },
    arguments::{MakeEvent, PayloadFormat},
    source_arg::SourceArg,
};
use firehose_delivery::{
    delivery_stream::StreamSource,
    run::max_record_bytes,
    source::{InputFormat, read_whole_file},
};

impl MakeEvent {
    /// Returns the payloads of the event's records.
    pub(super) fn payloads(&self) -> Result<Vec<Bytes>, CommandError> {
        let limit = max_record_bytes(&match self.source {
            SourceArg::DirectPut | SourceArg::Msk => StreamSource::DirectPut,
            SourceArg::Kinesis => StreamSource::KinesisStream(String::new()),
        });
        let payloads: Vec<Bytes> = if self.cloudwatch_logs {
            vec![self.log_source().record(&self.input)?]
        } else {
            let read = |format| read_payloads(&self.input, format, limit);
            let payloads = match self.format {
                PayloadFormat::Files => self.whole_files(limit)?,
                PayloadFormat::Lines => read(InputFormat::Lines)?,
                PayloadFormat::LengthPrefixed => read(InputFormat::LengthPrefixed)?,
                PayloadFormat::Events => read(InputFormat::Events)?,
            };
            let gzip = Compress::new(Compression::Gzip);
            match self.gzip {
                false => payloads,
                true => payloads
                    .iter()
                    .map(|data| gzip.compress(data).map(Bytes::from))
                    .collect::<io::Result<_>>()
                    .map_err(|error| CommandError::usage(format!("cannot compress: {error}")))?,
            }
        };
        if let Some(index) = payloads.iter().position(|data| data.len() > limit) {
            return Err(too_large(index as u64 + 1, payloads[index].len() as u64, limit));
        }
        Ok(payloads)
    }

    fn log_source(&self) -> LogSource<'_> {
        LogSource {
            log_group: &self.log_group,
            log_stream: &self.log_stream,
            time: self.arrival_time,
        }
    }

    fn whole_files(&self, limit: usize) -> Result<Vec<Bytes>, CommandError> {
        let files = self.input.iter().map(|path| {
            // This limit only bounds the memory. `payloads` checks the limit of a record, and its error
            // names the record.
            read_whole_file(path, 2 * limit as u64)
        });
        files.collect::<Result<_, _>>().map_err(|error| CommandError::usage(error.to_string()))
    }
}
