use std::path::PathBuf;

use super::{
    buffer_size::BufferSize,
    put_to::{PutTo, SampleStream},
};
use crate::{
    delivery_stream::{EventWriter, MAX_EVENT_BYTES, StreamRecord},
    source::{InputFormat, InputItem, InputReader, PutError, PutRecord},
};

/// The records from which batches are made.
#[derive(Debug)]
pub struct Sample {
    /// The sample as a delivery stream receives it, repeated until a batch of any size can begin at
    /// any record of the sample itself.
    pub records: Vec<StreamRecord>,
    /// The number of records in the sample itself.
    pub count: usize,
    /// The bytes of data in the sample itself.
    pub data_bytes: u64,
    /// The reasons why the first few records were refused, and the number of refused records.
    pub refused: (Vec<String>, u64),
    /// The first pipe or device in the folders of the input, and the number of all of them. They are
    /// not read.
    pub skipped: Option<(PathBuf, u64)>,
    /// `true` if the input has more records, which were not read.
    pub is_cut: bool,
}

impl Sample {
    /// The largest sample, in bytes of events: the sample is held in memory.
    const MAX_BYTES: usize = 32 * 1024 * 1024;

    const REFUSALS_SHOWN: usize = 3;

    /// Reads a sample. The call blocks the thread.
    ///
    /// # Errors
    ///
    /// If the input cannot be read, or if it has no record with data that the stream accepts.
    pub fn read(paths: &[PathBuf], format: InputFormat, put_to: PutTo) -> Result<Self, String> {
        let reader = InputReader::open(paths, format, put_to.max_record_bytes())
            .map_err(|error| error.to_string())?;
        let mut stream = SampleStream::new(put_to);
        let mut sample = Self {
            records: Vec::new(),
            count: 0,
            data_bytes: 0,
            refused: (Vec::new(), 0),
            skipped: reader.skipped().cloned(),
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
                _ => "the sample is empty; add at least one record".to_owned(),
            });
        }
        if sample.data_bytes == 0 {
            return Err(
                "the records of the sample are all empty; add a record with data".to_owned()
            );
        }
        sample.repeat(&puts, &mut stream);
        Ok(sample)
    }

    /// Returns `true` if a batch of this setting contains some records more than once.
    pub fn is_repeated(&self, setting: BufferSize) -> bool {
        self.data_bytes < setting.bytes()
    }

    fn repeat(&mut self, puts: &[PutRecord], stream: &mut SampleStream) {
        let (mut data, mut event) = (0, 0);
        while data < BufferSize::LARGEST.bytes() && event < MAX_EVENT_BYTES {
            for put in puts {
                let before = self.records.len();
                // A record that was refused the first time is refused again.
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
    fn tiny_records_fill_an_event() {
        let sample = read(b"1\n", PutTo::KinesisStream).unwrap();
        let event: usize = sample.records[1..].iter().map(EventWriter::record_len).sum();
        assert!((MAX_EVENT_BYTES..=MAX_EVENT_BYTES + 1000).contains(&event));
    }

    #[test]
    fn a_sample_without_data_is_an_error() {
        let error = |content: &[u8]| read(content, PutTo::DeliveryStream).unwrap_err();
        insta::assert_snapshot!(error(b""), @"the sample is empty; add at least one record");
        insta::assert_snapshot!(error(b"\n\n"), @"the records of the sample are all empty; add a record with data");
        insta::assert_snapshot!(error(&vec![b'x'; 2_000_000]), @"no record of the sample can be put: record 1 of the input is refused: its 2000000 bytes exceed the limit of 1024000 bytes");
    }

    #[test]
    fn refused_records_are_counted_and_left_out() {
        let mut content = b"1\n2\n".to_vec();
        content.extend(vec![b'x'; 1_100_000]);
        let sample = read(&content, PutTo::KinesisStream).unwrap();
        assert_eq!((sample.count, sample.refused.1), (2, 1));
    }
}
