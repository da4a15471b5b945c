//! Re-ingestion into a Kinesis stream of moto, which the test then reads.
//!
//! `.ci/moto.py` starts moto, sets `MOTO_ADDRESS`, and runs these tests.

use base64::{Engine, prelude::BASE64_STANDARD};
use firehose_runtime::{Oversize, reingest::AwsReingest};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::log_records::{StreamRecord, answer, handler, log_record};

/// Calls an operation of moto's Kinesis API.
async fn kinesis(operation: &str, body: Value) -> Value {
    let address = std::env::var("MOTO_ADDRESS").expect("MOTO_ADDRESS is not set; run .ci/moto.py");
    let mut connection = TcpStream::connect(address).await.unwrap();
    let body = body.to_string();
    // moto requires a signature, but does not verify it.
    let request = format!(
        "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-amz-json-1.1\r\n\
         content-length: {}\r\nconnection: close\r\nx-amz-target: Kinesis_20131202.{operation}\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=id/20260101/eu-west-1/kinesis/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{operation}: {answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_default()
}

/// Reads the records of a shard from an iterator on. Returns the records and the next iterator.
async fn read_shard(iterator: &Value) -> (Vec<StreamRecord>, Value) {
    let page = kinesis("GetRecords", json!({"ShardIterator": iterator})).await;
    let record = |record: &Value| {
        let data = BASE64_STANDARD.decode(record["Data"].as_str().unwrap()).unwrap();
        (record["PartitionKey"].as_str().unwrap().to_owned(), data)
    };
    let records = page["Records"].as_array().unwrap().iter().map(record).collect();
    (records, page["NextShardIterator"].clone())
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn every_log_event_of_a_stream_is_delivered_once() {
    kinesis("CreateStream", json!({"StreamName": "logs", "ShardCount": 1})).await;
    let stream = kinesis("DescribeStreamSummary", json!({"StreamName": "logs"})).await;
    let arn = stream["StreamDescriptionSummary"]["StreamARN"].as_str().unwrap().to_owned();
    let shards = kinesis("ListShards", json!({"StreamName": "logs"})).await;
    let shard = &shards["Shards"][0]["ShardId"];
    let request =
        json!({"StreamName": "logs", "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
    let mut iterator = kinesis("GetShardIterator", request).await["ShardIterator"].clone();

    let handler = handler(Oversize::reingest(AwsReingest::from_env()));
    let mut waiting = vec![log_record("user-7", 0, 60, 1000), log_record("ключ", 60, 64, 10)];
    let (mut delivered, mut put_back) = (Vec::new(), 0);
    for round in 0.. {
        assert!(round < 50, "records come back forever");
        if waiting.is_empty() {
            break;
        }
        let answered = answer(&handler, &arn, &waiting).await;
        assert_eq!(answered.failed, [""; 0]);
        delivered.extend(answered.delivered);
        put_back += answered.put_back;
        (waiting, iterator) = read_shard(&iterator).await;
        assert!(waiting.iter().all(|(key, _)| key == "user-7"), "another partition key");
    }
    assert!(put_back > 1, "{put_back}");
    delivered.sort_unstable();
    assert_eq!(delivered, (0..64).collect::<Vec<_>>());
}
