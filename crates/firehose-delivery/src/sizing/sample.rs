use std::path::PathBuf;

use super::BufferSize;
use crate::{
    aws_names::{REGION, delivery_stream_arn, kinesis_stream_arn},
    delivery_stream::{EventWriter, MAX_EVENT_BYTES, StreamRecord},
    now::now,
    source::{
        DirectPut, InputFormat, InputItem, InputReader, MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES,
        PutError, PutRecord, ShardedStream,
    },
};

/// The records that batches are made of.
#[derive(Debug)]
pub struct Sample {
    /// The sample as a delivery stream has it, and after it the sample again, as often as it
    /// takes for a batch of any size to begin at any record of the first.
    pub records: Vec<StreamRecord>,
    /// How many of the records are the sample itself.
    pub count: usize,
    /// What the sample itself has, in bytes of data.
    pub data_bytes: u64,
    /// What could not be put, the first few, and how much there was of it.
    pub refused: (Vec<String>, u64),
    /// Whether there was more, which was not read.
    pub is_cut: bool,
}

/// Where the records are put to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutTo {
    KinesisStream,
    DeliveryStream,
}

impl Sample {
    /// A sample is read up to here, counted in bytes of events, so that it can be in memory.
    const MAX_BYTES: usize = 32 * 1024 * 1024;

    const REFUSALS_SHOWN: usize = 3;

    /// Reads a sample. It blocks.
    ///
    /// # Errors
    ///
    /// If the input cannot be read, or has no record with data that could be put.
    pub fn read(paths: &[PathBuf], format: InputFormat, put_to: PutTo) -> Result<Self, String> {
        let reader = InputReader::open(paths, format, put_to.max_record_bytes())
            .map_err(|error| error.to_string())?;
        let mut stream = Stream::new(put_to);
        let mut sample = Self {
            records: Vec::new(),
            count: 0,
            data_bytes: 0,
            refused: (Vec::new(), 0),
            is_cut: false,
        };
        let mut puts = Vec::new();
        let mut event_bytes = 0;
        for item in reader {
            if event_bytes >= Self::MAX_BYTES {
                sample.is_cut = true;
                break;
            }
            let before = sample.records.len();
            match item.map_err(|error| error.to_string())? {
                InputItem::Record(record) => {
                    if let Err(reason) = stream.put(record.clone(), &mut sample.records) {
                        sample.refuse(reason);
                    }
                    puts.push(record);
                }
                InputItem::TooLarge { position, bytes, limit } => {
                    sample.refuse(PutError::TooLarge { position, bytes, limit }.to_string());
                }
                InputItem::Unreadable { position, reason } => {
                    sample.refuse(format!("record {position}: {reason}"));
                }
            }
            let new = &sample.records[before..];
            event_bytes += new.iter().map(EventWriter::record_len).sum::<usize>();
            sample.data_bytes += new.iter().map(|record| record.data.len() as u64).sum::<u64>();
        }
        sample.count = sample.records.len();
        if sample.count == 0 {
            return Err(match sample.refused {
                (reasons, 1..) => {
                    format!("no record of the sample can be put: {}", reasons.join(", "))
                }
                _ => "the sample is empty: it takes at least one record to fill a batch".to_owned(),
            });
        }
        if sample.data_bytes == 0 {
            return Err("the records of the sample are all empty: a batch cannot be filled with \
                        them"
                .to_owned());
        }
        sample.repeat(&puts, &mut stream);
        Ok(sample)
    }

    /// Whether a batch of the largest setting has some records more than once.
    pub fn is_repeated(&self, setting: BufferSize) -> bool {
        self.data_bytes < setting.bytes()
    }

    fn repeat(&mut self, puts: &[PutRecord], stream: &mut Stream) {
        let (mut data, mut event) = (0, 0);
        while data < BufferSize::LARGEST.bytes() && event < MAX_EVENT_BYTES {
            for put in puts {
                let before = self.records.len();
                // It is refused again, as it was the first time.
                let _ = stream.put(put.clone(), &mut self.records);
                for record in &self.records[before..] {
                    data += record.data.len() as u64;
                    event += EventWriter::record_len(record);
                }
                if data >= BufferSize::LARGEST.bytes() || event >= MAX_EVENT_BYTES {
                    return;
                }
            }
        }
    }

    fn refuse(&mut self, reason: String) {
        let (reasons, count) = &mut self.refused;
        *count += 1;
        if reasons.len() < Self::REFUSALS_SHOWN {
            reasons.push(reason);
        }
    }
}

impl PutTo {
    fn max_record_bytes(self) -> usize {
        match self {
            Self::KinesisStream => MAX_KINESIS_BYTES,
            Self::DeliveryStream => MAX_DIRECT_PUT_BYTES,
        }
    }

    /// What writes the events of such a stream.
    pub fn event_writer(self) -> EventWriter {
        let source = (self == Self::KinesisStream).then(|| kinesis_stream_arn("sample"));
        EventWriter::new(&delivery_stream_arn("sample"), REGION, source.as_deref())
    }
}

enum Stream {
    Kinesis(ShardedStream, Vec<StreamRecord>),
    Delivery(DirectPut),
}

impl Stream {
    fn new(put_to: PutTo) -> Self {
        let now = now();
        match put_to {
            PutTo::KinesisStream => Self::Kinesis(ShardedStream::new(1, now), Vec::new()),
            PutTo::DeliveryStream => Self::Delivery(DirectPut::new(now)),
        }
    }

    fn put(&mut self, record: PutRecord, to: &mut Vec<StreamRecord>) -> Result<(), String> {
        let now = now();
        match self {
            Self::Kinesis(stream, out) => {
                let result = stream.put(record, now, out);
                to.append(out);
                result.map_err(|error| error.to_string())
            }
            Self::Delivery(stream) => {
                to.push(stream.put(record, now).map_err(|error| error.to_string())?);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs};

    use super::*;

    fn read(content: &[u8], put_to: PutTo) -> Result<Sample, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        Sample::read(&[file.path().to_owned()], InputFormat::Lines, put_to)
    }

    #[test]
    fn a_small_sample_is_repeated_until_it_fills_any_batch_and_ids_stay_unique() {
        for put_to in [PutTo::KinesisStream, PutTo::DeliveryStream] {
            let sample =
                read(format!("{}\nshort\n", "x".repeat(50_000)).as_bytes(), put_to).unwrap();
            assert_eq!((sample.count, sample.data_bytes), (2, 50_005));
            let data: usize = sample.records.iter().skip(2).map(|record| record.data.len()).sum();
            assert!(data as u64 >= BufferSize::LARGEST.bytes());
            let ids: HashSet<_> = sample.records.iter().map(|record| &record.record_id).collect();
            assert_eq!(ids.len(), sample.records.len());
            assert!(sample.is_repeated(BufferSize::SMALLEST));
        }
    }

    #[test]
    fn records_that_say_next_to_nothing_fill_an_event() {
        let sample = read(b"1\n", PutTo::KinesisStream).unwrap();
        let event: usize = sample.records[1..].iter().map(EventWriter::record_len).sum();
        assert!((MAX_EVENT_BYTES..=MAX_EVENT_BYTES + 1000).contains(&event));
    }

    #[test]
    fn a_sample_without_anything_to_send_is_refused() {
        let error = |content: &[u8]| read(content, PutTo::DeliveryStream).unwrap_err();
        insta::assert_snapshot!(error(b""), @"the sample is empty: it takes at least one record to fill a batch");
        insta::assert_snapshot!(error(b"\n\n"), @"the records of the sample are all empty: a batch cannot be filled with them");
        insta::assert_snapshot!(error(&vec![b'x'; 2_000_000]), @"no record of the sample can be put: record 1 of the input has 2000000 bytes, and the stream takes at most 1024000 bytes: not put");
    }

    #[test]
    fn what_cannot_be_put_is_counted_and_the_rest_is_the_sample() {
        let mut content = b"1\n2\n".to_vec();
        content.extend(vec![b'x'; 1_100_000]);
        let sample = read(&content, PutTo::KinesisStream).unwrap();
        assert_eq!((sample.count, sample.refused.1), (2, 1));
    }
}
