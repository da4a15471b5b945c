"""Generates the same inputs in each run: a file of records, and an event of a Kinesis source.

Each record is a JSON object of numbers, of exactly 500 bytes. Numbers are below 1000, so that a
response with their squares is hardly longer than the event. Needs only the standard library.
"""

import base64
import json
import random

RECORD_BYTES = 500
RECORDS_OF_A_BLOCK = 2000


def record(numbers):
    """Returns a record as text. The length of the last key brings the record to its exact size."""
    fields, length = [], len('{"":1}')
    while True:
        magnitude = numbers.randrange(1000)
        value = numbers.choice([-magnitude, magnitude, magnitude, magnitude + numbers.randrange(4) / 4])
        field = f'"measurement_{len(fields)}":{value}'
        if length + len(field) + 1 > RECORD_BYTES:
            fields.append('"%s":1' % ("x" * (RECORD_BYTES - length)))
            return "{%s}" % ",".join(fields)
        fields.append(field)
        length += len(field) + 1


def write_records(path, size):
    """Writes a file of about `size` bytes, one record per line."""
    numbers = random.Random(1)
    lines = [record(numbers).encode() + b"\n" for _ in range(RECORDS_OF_A_BLOCK)]
    count = size // RECORD_BYTES
    with open(path, "wb") as file:
        for start in range(0, count, RECORDS_OF_A_BLOCK):
            file.writelines(lines[:count - start])


def event(size):
    """Returns an event of slightly less than `size` bytes."""
    numbers = random.Random(1)
    records, left = [], size - len(envelope([]))
    while True:
        text = json.dumps(kinesis_record(len(records), numbers), separators=(",", ":"))
        left -= len(text) + 1
        if left < 0:
            return envelope(records).encode()
        records.append(text)


def envelope(records):
    return (
        '{"invocationId":"b0a5c9de-2d9f-4d4f-8a39-3f2d6f3d7c11",'
        '"sourceKinesisStreamArn":"arn:aws:kinesis:us-east-1:123456789012:stream/source",'
        '"deliveryStreamArn":"arn:aws:firehose:us-east-1:123456789012:deliverystream/processed",'
        '"region":"us-east-1","records":[%s]}' % ",".join(records)
    )


def kinesis_record(number, numbers):
    sequence_number = f"49572672223665514422805246926656954630972486059535{number:06}"
    arrival_time = 1_767_225_600_000 + number
    return {
        "recordId": f"{sequence_number}000000",
        "approximateArrivalTimestamp": arrival_time,
        "data": base64.b64encode(record(numbers).encode()).decode(),
        "kinesisRecordMetadata": {
            "shardId": f"shardId-{numbers.randrange(4):012}",
            "partitionKey": f"{numbers.getrandbits(128):032x}",
            "approximateArrivalTimestamp": arrival_time,
            "sequenceNumber": sequence_number,
            "subsequenceNumber": 0,
        },
    }
