"""Delivers to S3 with `firehose-local run`, into moto over TLS, and reads the objects with boto3.

Needs moto with its dependency boto3, and otherwise only the standard library.
"""

import base64
import gzip
import json
import pathlib
import re
import subprocess
import sys

import boto3

from moto_server import running_moto

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIREHOSE_LOCAL = ROOT / "target/debug/firehose-local"
RECORDS = ROOT / "fixtures/delivery/numbers.jsonl"
BUCKET = "delivered"
SQUARED = [
    b'{"a":1,"b":4,"c":9}', b'{"zero":0,"negative":144}', b'{"price":6.25}', b'{"a":16}', b"{}",
    b'{"million":1000000000000}', b'{"x":0.010000000000000002,"y":0.25}',
]
FAILED = [b"not JSON", b'{"a":"four"}', b"[1,2,3]"]
# The part of an object's name that follows the prefix and the name of the delivery stream.
TIME = r"\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d"
NAME = rf"-1-{TIME}-[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"
HOUR = r"\d{4}/\d\d/\d\d/\d\d"


def deliver(moto, s3, folder, *arguments):
    """Delivers the records to keys under `folder`. Returns the objects by their keys."""
    to = ["--to", f"s3://{BUCKET}/{folder}", "--endpoint-url", moto.endpoint_url, "--json"]
    run = subprocess.run(
        [FIREHOSE_LOCAL, "run", *arguments, *to, RECORDS],
        cwd=ROOT, env=moto.environment(), capture_output=True, text=True, timeout=600,
    )
    if run.returncode != 0:
        sys.exit(f"the delivery to {folder} ended with {run.returncode}:\n{run.stderr}")
    streams = json.loads(run.stdout)["deliveryStreams"]
    said = {it["key"]: it["bytes"] for stream in streams for it in stream["objects"]}
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}/").get("Contents", [])
    found = {it["Key"].removeprefix(f"{folder}/"): it["Size"] for it in listed}
    check(f"{folder}: the summary lists {said}, the bucket holds {found}", said == found)
    return {key: s3.get_object(Bucket=BUCKET, Key=f"{folder}/{key}") for key in found}


def only(objects, pattern, encoding):
    """Removes the only object whose key matches, checks its headers, and returns its body."""
    keys = [key for key in objects if re.fullmatch(pattern, key)]
    check(f"{pattern}: {keys} of {list(objects)}", len(keys) == 1)
    found = objects.pop(keys[0])
    said = found["ContentType"], found.get("ContentEncoding")
    check(f"{keys[0]}: {said}", said == ("application/octet-stream", encoding))
    return found["Body"].read()


def check_error_lines(body, function_arn):
    check(f"the error lines end with {body[-20:]}, not with a newline", body.endswith(b"\n"))
    lines = [json.loads(line) for line in body.splitlines()]
    for line in lines:
        arrival, ending = line["arrivalTimestamp"], line["attemptEndingTimestamp"]
        said = line["errorCode"], line["attemptsMade"], line["lambdaARN"]
        check(f"error line {line}", said == ("Lambda.ProcessingFailedStatus", 1, function_arn))
        check(f"times of {line}", 1_600_000_000_000 < arrival <= ending)
    records = [base64.b64decode(line["rawData"], validate=True) for line in lines]
    check(f"failed {records}", sorted(records) == sorted(FAILED))


def template(moto, s3):
    """Delivers through both delivery streams of the template's Kinesis stream."""
    objects = deliver(moto, s3, "template", "--put-to", "SourceStream")
    raw = only(objects, f"data/raw/good/{HOUR}/RawDeliveryStream{NAME}", None)
    check(f"raw {raw}", raw == RECORDS.read_bytes().replace(b"\n", b""))
    good = only(objects, f"data/processed/good/{HOUR}/ProcessedDeliveryStream{NAME}", None)
    check(f"good {good}", sorted(good.split(b"\n")) == sorted(SQUARED))
    prefix = f"data/processed/bad/processing-failed/{HOUR}/"
    bad = only(objects, f"{prefix}ProcessedDeliveryStream{NAME}", None)
    check_error_lines(bad, "arn:aws:lambda:us-east-1:123456789012:function:SquareValuesFunction:live")
    check(f"further objects: {list(objects)}", not objects)


def compressed(moto, s3):
    """Delivers compressed objects through a delivery stream that the command line describes."""
    objects = deliver(
        moto, s3, "compressed", "--delivery-stream", "numbers", "--package", "square-values",
        "--prefix", "day=!{timestamp:yyyy-MM-dd}/", "--compression", "gzip", "--append-delimiter",
        "--error-output-prefix", "bad/!{firehose:error-output-type}/",
    )
    good = gzip.decompress(only(objects, rf"day=\d{{4}}-\d\d-\d\d/numbers{NAME}\.gz", "gzip"))
    check(f"good {good}", sorted(good.split(b"\n")) == sorted(SQUARED))
    bad = gzip.decompress(only(objects, rf"bad/processing-failed/numbers{NAME}", "gzip"))
    check_error_lines(bad, "arn:aws:lambda:us-east-1:123456789012:function:function:$LATEST")
    check(f"further objects: {list(objects)}", not objects)


def check(what, holds):
    if not holds:
        sys.exit(f"unexpected: {what}")


def main():
    with running_moto() as moto:
        s3 = boto3.client(
            "s3", endpoint_url=moto.endpoint_url, verify=str(moto.certificate), region_name="us-east-1",
            aws_access_key_id="id", aws_secret_access_key="secret",
        )
        s3.create_bucket(Bucket=BUCKET)
        for delivery in [template, compressed]:
            delivery(moto, s3)
            print(f"{delivery.__name__}: ok")
    print("2 passed, 0 failed")


main()
