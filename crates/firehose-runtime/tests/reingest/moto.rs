//! Records put back to moto, and read again from its streams and its S3.
//!
//! `.ci/moto.py` starts moto, sets `MOTO_ADDRESS`, and runs these tests.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_firehose::types::ExtendedS3DestinationConfiguration;
use aws_sdk_kinesis::types::ShardIteratorType;
use firehose_runtime::{
    Record,
    reingest::{AwsReingest, Origin, Reingest},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::service::{
    Reply, Service, config, kinesis, put_record_batch_reply, put_records_reply, texts,
};

fn address() -> String {
    std::env::var("MOTO_ADDRESS").expect("MOTO_ADDRESS is not set; run .ci/moto.py")
}

/// The content of a stream.
struct StreamContent {
    /// The shard, the partition key and the data of each record.
    records: Vec<(String, String, Vec<u8>)>,
    /// The shards, keyed by their first hash key.
    shards: BTreeMap<u128, String>,
}

fn kinesis_client() -> aws_sdk_kinesis::Client {
    aws_sdk_kinesis::Client::new(&config(&format!("http://{}", address()), "eu-west-1"))
}

/// Creates a stream of 4 shards, and returns its origin.
async fn create_stream(name: &str) -> Origin {
    let client = kinesis_client();
    client.create_stream().stream_name(name).shard_count(4).send().await.unwrap();
    let stream = client.describe_stream_summary().stream_name(name).send().await.unwrap();
    let arn = stream.stream_description_summary().unwrap().stream_arn().to_owned();
    assert!(arn.starts_with("arn:aws:kinesis:eu-west-1:"), "{arn}");
    let mut origin = Origin::default();
    origin.source_kinesis_stream_arn = Some(arn);
    origin
}

async fn read_stream(name: &str) -> StreamContent {
    let client = kinesis_client();
    let (mut records, mut shards) = (Vec::new(), BTreeMap::new());
    let listed = client.list_shards().stream_name(name).send().await.unwrap();
    for shard in listed.shards() {
        let first = shard.hash_key_range().unwrap().starting_hash_key().parse().unwrap();
        shards.insert(first, shard.shard_id().to_owned());
        let request = client.get_shard_iterator().stream_name(name).shard_id(shard.shard_id());
        let iterator = request.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await;
        let mut next = iterator.unwrap().shard_iterator;
        loop {
            let page = client.get_records().set_shard_iterator(next.take()).send().await.unwrap();
            if page.records().is_empty() {
                break;
            }
            next = page.next_shard_iterator;
            records.extend(page.records.into_iter().map(|it| {
                (shard.shard_id().to_owned(), it.partition_key.unwrap(), it.data.into_inner())
            }));
        }
    }
    StreamContent { records, shards }
}

/// Sends a request to moto's S3, and returns the body of the answer.
async fn s3(method: &str, path: &str) -> Vec<u8> {
    let mut connection = TcpStream::connect(address()).await.unwrap();
    // moto requires a signature, but does not verify it.
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\nconnection: close\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/s3/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{method} {path}: {}",
        String::from_utf8_lossy(&answer)
    );
    let body = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
    answer.split_off(body)
}

/// Creates a delivery stream that delivers into a bucket of the same name, and returns its origin.
async fn create_delivery_stream(name: &str) -> Origin {
    s3("PUT", &format!("/{name}")).await;
    let firehose =
        aws_sdk_firehose::Client::new(&config(&format!("http://{}", address()), "us-east-1"));
    let destination = ExtendedS3DestinationConfiguration::builder()
        .role_arn("arn:aws:iam::123456789012:role/delivery")
        .bucket_arn(format!("arn:aws:s3:::{name}"))
        .build()
        .unwrap();
    let created = firehose
        .create_delivery_stream()
        .delivery_stream_name(name)
        .extended_s3_destination_configuration(destination)
        .send()
        .await
        .unwrap();
    let mut origin = Origin::default();
    origin.delivery_stream_arn = created.delivery_stream_arn;
    assert!(origin.delivery_stream_arn.is_some());
    origin
}

/// Returns the content of each object of a bucket.
async fn read_bucket(name: &str) -> Vec<String> {
    let listing = String::from_utf8(s3("GET", &format!("/{name}?list-type=2")).await).unwrap();
    let keys = listing.split("<Key>").skip(1).map(|it| it.split_once("</Key>").unwrap().0);
    let mut objects = Vec::new();
    for key in keys {
        objects.push(String::from_utf8(s3("GET", &format!("/{name}/{key}")).await).unwrap());
    }
    objects
}

/// Returns data with all byte values, different for each record.
fn data(number: usize) -> Vec<u8> {
    (0..=255).cycle().skip(number).take(256 + number % 7).collect()
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn records_are_in_the_stream_to_the_byte() {
    let origin = create_stream("exact").await;
    let keys = ["user-7", "ключ", "\u{1F600} \"quoted\" \\", &"k".repeat(256)].map(str::to_owned);
    let records: Vec<_> = (0..1200).map(|it| kinesis(&keys[it % keys.len()], data(it))).collect();
    // The sink uses the endpoint in `AWS_ENDPOINT_URL`. The script sets an HTTPS endpoint.
    assert!(std::env::var("AWS_ENDPOINT_URL").unwrap().starts_with("https://"));
    let results = texts(AwsReingest::from_env().put_back(&origin, records, None).await);
    assert_eq!(results, vec![""; 1200]);

    let found = read_stream("exact").await;
    let found: BTreeSet<_> = found.records.into_iter().map(|(_, key, data)| (key, data)).collect();
    let expected: BTreeSet<_> =
        (0..1200).map(|it| (keys[it % keys.len()].clone(), data(it))).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn an_explicit_hash_key_chooses_the_shard() {
    let origin = create_stream("shards").await;
    let shards = read_stream("shards").await.shards;
    assert_eq!(shards.len(), 4);
    // One partition key alone would put all records into one shard.
    let records: Vec<_> = shards.keys().map(|first| kinesis("same", first.to_string())).collect();
    let sink = crate::service::sink(&format!("http://{}", address()))
        .with_explicit_hash_key(|record| record.text().ok().map(str::to_owned));
    assert_eq!(texts(sink.put_back(&origin, records, None).await), [""; 4]);
    let found = read_stream("shards").await.records;
    assert_eq!(found.len(), 4);
    for (shard, key, data) in found {
        assert_eq!(key, "same");
        let first: u128 = String::from_utf8(data).unwrap().parse().unwrap();
        assert_eq!(shards[&first], shard);
    }
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn every_record_that_counts_as_put_back_is_in_the_stream_once() {
    let origin = create_stream("faults").await;
    let mut calls = 0;
    let service = Service::start(move |request| {
        calls += 1;
        let records = request.records().len();
        match calls {
            1 => Reply::Json(
                400,
                serde_json::json!({"__type": "ProvisionedThroughputExceededException"}),
            ),
            2 => put_records_reply(&vec![Err("ProvisionedThroughputExceededException"); records]),
            3 => Reply::Close,
            _ => Reply::Forward(address()),
        }
    })
    .await;
    let records: Vec<_> = (0..50).map(|it| kinesis(&format!("key-{it}"), data(it))).collect();
    let results = texts(service.sink().put_back(&origin, records, None).await);
    assert_eq!(results, vec![""; 50]);
    assert_eq!(service.requests().len(), 4);
    let mut found = read_stream("faults").await.records;
    found.sort_by_key(|(_, key, _)| key["key-".len()..].parse::<usize>().unwrap());
    assert_eq!(found.len(), 50);
    for (number, (_, key, bytes)) in found.into_iter().enumerate() {
        assert_eq!((key, bytes), (format!("key-{number}"), data(number)));
    }
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn a_missing_stream_has_the_error_of_aws() {
    let mut origin = Origin::default();
    let account = "eu-west-1:123456789012";
    origin.source_kinesis_stream_arn = Some(format!("arn:aws:kinesis:{account}:stream/gone"));
    origin.delivery_stream_arn = Some(format!("arn:aws:firehose:{account}:deliverystream/gone"));
    let records = vec![kinesis("a", "one"), Record::new("id", "two")];
    let results = texts(AwsReingest::from_env().put_back(&origin, records, None).await);
    for (result, start) in results.iter().zip([
        "PutRecords to stream gone: ResourceNotFoundException: ",
        "PutRecordBatch to delivery stream gone: ResourceNotFoundException: ",
    ]) {
        assert!(result.starts_with(start) && result.ends_with("(1 attempt)"), "{result}");
    }
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn records_of_a_delivery_stream_are_delivered_to_the_byte() {
    let origin = create_delivery_stream("delivered").await;
    let mut calls = 0;
    let service = Service::start(move |request| {
        calls += 1;
        match calls {
            1 => put_record_batch_reply(&vec![
                Err("ServiceUnavailableException");
                request.records().len()
            ]),
            _ => Reply::Forward(address()),
        }
    })
    .await;
    let records: Vec<_> = (0..600).map(|it| Record::new("id", format!("{it}\n"))).collect();
    let results = texts(service.sink().put_back(&origin, records, None).await);
    assert_eq!(results, vec![""; 600]);
    let mut found: Vec<usize> = Vec::new();
    for object in read_bucket("delivered").await {
        found.extend(object.lines().map(|it| it.parse::<usize>().unwrap()));
    }
    found.sort_unstable();
    assert_eq!(found, (0..600).collect::<Vec<_>>());
}
