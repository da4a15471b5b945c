//! Generated events, the same in every run.

use std::fmt::Write;

use base64::{Engine, prelude::BASE64_STANDARD};

/// An event of `records` records of about `record_bytes` bytes, as Firehose sends it for a Kinesis
/// source. Each record is a JSON object of numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workload {
    pub(crate) records: usize,
    pub(crate) record_bytes: usize,
}

impl Workload {
    pub(crate) fn payload_bytes(self) -> usize {
        self.records * self.record_bytes
    }

    pub(crate) fn event(self) -> String {
        let mut random = Random(0x5eed);
        let mut event = String::from(concat!(
            r#"{"invocationId":"0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b","#,
            r#""sourceKinesisStreamArn":"arn:aws:kinesis:us-east-1:123456789012:stream/source","#,
            r#""deliveryStreamArn":"arn:aws:firehose:us-east-1:123456789012:deliverystream/orders","#,
            r#""region":"us-east-1","records":["#
        ));
        for index in 0..self.records {
            if index > 0 {
                event.push(',');
            }
            let sequence_number =
                format!("49572672223665514422805246926656954630972486059{index:09}");
            let time = 1_763_683_200_000 + index;
            write!(event, r#"{{"recordId":"{sequence_number}000000","approximateArrivalTimestamp":{time},"data":""#)
                .unwrap();
            BASE64_STANDARD.encode_string(self.payload(&mut random), &mut event);
            write!(
                event,
                concat!(
                    r#"","kinesisRecordMetadata":{{"sequenceNumber":"{}","subsequenceNumber":0,"#,
                    r#""partitionKey":"{:08x}-41a4-4716-a829-b4e7{:012x}","#,
                    r#""shardId":"shardId-000000000000","approximateArrivalTimestamp":{}}}}}"#
                ),
                sequence_number,
                random.below(1 << 32),
                random.below(1 << 48),
                time
            )
            .unwrap();
        }
        event.push_str("]}");
        event
    }

    /// Returns a JSON object in which one number in five is not an integer.
    fn payload(self, random: &mut Random) -> String {
        let mut json = String::from("{");
        for key in 0.. {
            let number = random.below(1_000_000);
            let member = match random.below(5) {
                0 => format!(r#""key{key}":{number}.5"#),
                _ => format!(r#""key{key}":{number}"#),
            };
            if json.len() + member.len() + 2 > self.record_bytes && key > 0 {
                break;
            }
            if key > 0 {
                json.push(',');
            }
            json.push_str(&member);
        }
        json.push('}');
        json
    }
}

/// Returns an event of the shortest records. A hundred thousand of them are within Lambda's limit.
pub(crate) fn shortest_records(records: usize) -> String {
    let records: Vec<_> = (0..records)
        .map(|index| format!(r#"{{"recordId":"{index:06}","data":"eyJhIjo3fQ=="}}"#))
        .collect();
    format!(r#"{{"records":[{}]}}"#, records.join(","))
}

/// SplitMix64, a small seeded generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
