"""Compares kpl-aggregation with the Python package aws-kinesis-agg, on random records.

usage: kpl_peer.py [SEED]

Each side reads the aggregates of the other side, and both sides must write the same bytes. Prints the
seed. Pass the seed to repeat a run.
"""

import base64
import json
import pathlib
import random
import subprocess
import sys

from aws_kinesis_agg.aggregator import RecordAggregator
from aws_kinesis_agg.deaggregator import deaggregate_records

KPL = pathlib.Path(__file__).resolve().parent.parent / "target/debug/examples/kpl"
ROUNDS = 150


def kpl(*arguments, value):
    run = subprocess.run([KPL, *arguments], input=json.dumps(value), capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"kpl {arguments}: {run.stderr}")
    return json.loads(run.stdout)


def draw(rng):
    """Returns random user records, and the share of the records with an explicit hash key.

    There are few partition keys, so that they repeat. With a share of 0.5, only some records have an
    explicit hash key. The Python package misreads such aggregates, because it gives the first hash
    key of the table to the records without a hash key. Only kpl-aggregation reads them in this check.
    """
    keys = ["".join(chr(rng.choice([rng.randint(32, 126), rng.randint(0xa0, 0x2fff)]))
                    for _ in range(rng.randint(0, 40))) for _ in range(rng.randint(1, 6))]
    hashes = [str(rng.getrandbits(rng.choice([1, 64, 128]))) for _ in range(4)]
    share = rng.choice([0, 1, 0.5])
    return [{
        "partition_key": rng.choice(keys),
        "explicit_hash_key": rng.choice(hashes) if rng.random() < share else None,
        "data": base64.b64encode(rng.randbytes(rng.choice([0, 1, 127, 128, rng.randint(0, 700)]))).decode(),
    } for _ in range(rng.randint(1, 60))], share


def python_aggregates(records, max_size):
    aggregator = RecordAggregator(max_size)
    full = []
    for record in records:
        # Pass keys as bytes, because the package counts the size of a repeated key again if it is a
        # string.
        key, hash_key = record["partition_key"].encode(), record["explicit_hash_key"]
        data = base64.b64decode(record["data"])
        full.append(aggregator.add_user_record(key, data, hash_key and hash_key.encode()))
    full.append(aggregator.clear_and_get())
    return [it.get_contents()[2] for it in full if it]


def event(blobs):
    return {"Records": [{"eventID": str(number), "kinesis": {
        "kinesisSchemaVersion": "1.0", "partitionKey": "a", "sequenceNumber": str(number),
        "approximateArrivalTimestamp": 1518133507.063 + number, "data": base64.b64encode(blob).decode(),
    }} for number, blob in enumerate(blobs)]}


def aggregated_fields(user_records):
    """Returns the user records with only the fields that an aggregate contains."""
    return [{
        "partition_key": it["kinesis"]["partitionKey"],
        "explicit_hash_key": it["kinesis"]["explicitHashKey"],
        "data": it["kinesis"]["data"],
    } for it in user_records]


def as_text(user_records):
    """Returns the records of the package with their data as text instead of bytes."""
    for record in user_records:
        if isinstance(record["kinesis"]["data"], bytes):
            record["kinesis"]["data"] = record["kinesis"]["data"].decode()
    return user_records


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().getrandbits(32)
    rng = random.Random(seed)
    print(f"seed {seed}")
    total = 0
    for number in range(ROUNDS):
        records, share = draw(rng)
        max_size = rng.randint(2000, 20000)
        theirs = python_aggregates(records, max_size)
        ours = [base64.b64decode(it["data"]) for it in kpl("aggregate", str(max_size), value=records)]
        assert ours == theirs, f"round {number}: the aggregates differ"
        read_here = kpl("deaggregate", value=event(theirs))
        assert aggregated_fields(read_here) == records, f"round {number}: kpl-aggregation misread records"
        if share in (0, 1):
            read_there = as_text(deaggregate_records(event(ours)["Records"]))
            assert aggregated_fields(read_there) == records, f"round {number}: the Python package misread records"
            assert read_there == read_here, f"round {number}: the fields of the records differ"
        total += len(records)
    print(f"{total} user records in {ROUNDS} rounds are equal in both directions")
    print(f"{ROUNDS} passed, 0 failed")


main()
