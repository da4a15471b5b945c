"""Compares the CPU time of an invocation of pipelines with that of Python and Node functions.

    cargo build --release -p firehose-pipeline
    python3 crates/firehose-pipeline/benches/peers/measure.py target/release/firehose-pipeline

Each case is one event. The pipeline, the Python function and the Node function answer the event
through a Lambda Runtime API, and their outputs are compared as JSON before anything is measured. The
figure is the user and system time of the process per invocation: the median of several runs, in which
the functions take turns. The Python and Node functions use a minimal client of the Runtime API, so they
need less CPU time here than on Lambda.

Standard library only. Needs `node` on the PATH.
"""

import argparse
import base64
import gzip
import http.server
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")


class Server(http.server.ThreadingHTTPServer):
    """A Lambda Runtime API for one function. Serves the same event again and again."""

    daemon_threads = True

    def __init__(self, event):
        super().__init__(("127.0.0.1", 0), Handler)
        self.event = event
        self.wanted, self.answered, self.response = 0, 0, None
        self.changed = threading.Condition()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def run(self, count):
        """Lets the function answer the event this number of times."""
        with self.changed:
            self.wanted += count
            self.changed.notify_all()
            if not self.changed.wait_for(lambda: self.answered == self.wanted, timeout=300):
                raise RuntimeError("the function did not answer in 300 s")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        with server.changed:
            server.changed.wait_for(lambda: server.answered < server.wanted)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(server.event)))
        self.send_header("Lambda-Runtime-Aws-Request-Id", "00000000-0000-0000-0000-000000000000")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + 900) * 1000)))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn",
                         "arn:aws:lambda:us-east-1:123456789012:function:measured")
        self.end_headers()
        self.wfile.write(server.event)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        server = self.server
        if not self.path.endswith("/response"):
            print("the function failed:", body[:1000], file=sys.stderr)
            os._exit(1)
        with server.changed:
            server.response = body
            server.answered += 1
            server.changed.notify_all()

    def log_message(self, *_):
        pass


class Function:
    """A running function and its Runtime API."""

    def __init__(self, command, event, **environment):
        self.server = Server(event)
        environment |= {
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.server.server_port,
            "AWS_LAMBDA_FUNCTION_NAME": "measured",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            # Memory for one vCPU.
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_REGION": "us-east-1",
        }
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=sys.stderr)

    def cpu(self):
        """Returns the CPU time of the process in seconds."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = stat.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / TICKS

    def measure(self, seconds):
        """Returns the mean CPU time of an invocation, over the invocations of about this many seconds."""
        count, before = 0, self.cpu()
        end = time.monotonic() + seconds
        while time.monotonic() < end or count < 3:
            self.server.run(1)
            count += 1
        return (self.cpu() - before) / count

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.server.shutdown()


def event(payloads):
    """Returns an event with these payloads."""
    records = [{"recordId": "4%055d%06d" % (0, number), "approximateArrivalTimestamp": 1769817600123,
                "data": base64.b64encode(payload).decode()} for number, payload in enumerate(payloads)]
    return json.dumps({
        "invocationId": "11111111-aaaa-bbbb-cccc-000000000000",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/measured",
        "region": "us-east-1", "records": records}).encode()


def words(numbers, count):
    return " ".join(numbers.choice(["request", "order", "user", "took", "failed", "cache", "miss",
                                    "retry", "payment", "queue"]) for _ in range(count))


def cloudwatch_logs(numbers):
    """18 envelopes with 700 log events of a service each: about 4.2 MB as JSON objects."""
    payloads = []
    for envelope in range(18):
        events = []
        for number in range(700):
            message = {"level": numbers.choice(["DEBUG", "INFO", "WARN"]), "requestId": "%032x" %
                       numbers.getrandbits(128), "message": words(numbers, 4),
                       "durationMs": numbers.randint(1, 5000)}
            events.append({"id": "%056d" % numbers.getrandbits(180),
                           "timestamp": 1769817600000 + number, "message": json.dumps(message)})
        payloads.append(gzip.compress(json.dumps({
            "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/aws/lambda/orders",
            "logStream": "2026/01/31/[$LATEST]%032x" % envelope, "subscriptionFilters": ["all"],
            "logEvents": events}, separators=(",", ":")).encode(), mtime=0))
    return payloads


def objects(numbers, count=6000):
    """Objects of about 500 bytes with 39 numbers each."""
    return [json.dumps({"id": number, "level": numbers.choice(["DEBUG", "INFO"]),
                        **{"field%02d" % field: numbers.randint(0, 9999) / numbers.choice([1, 10])
                           for field in range(38)}}, separators=(",", ":")).encode()
            for number in range(count)]


def messages(numbers):
    """8,000 objects with a text. About half of the texts hold personal data."""
    def text():
        found = numbers.choice([
            "", "", "", "ana.%d@example.com" % numbers.randint(1, 9999),
            "192.0.2.%d" % numbers.randint(1, 254), "4111 1111 1111 1111"])
        return " ".join(filter(None, [words(numbers, 12), found, words(numbers, 12)]))
    return [json.dumps({"id": number, "message": text(), "user": {"name": words(numbers, 2)}},
                       separators=(",", ":")).encode() for number in range(8000)]


CASES = {
    "cloudwatch_logs_events": cloudwatch_logs,
    "cloudwatch_logs_messages": cloudwatch_logs,
    "jq_fields": objects,
    # The squares of 6,000 objects would exceed the maximum size of a response.
    "jq_compute": lambda numbers: objects(numbers, 4000),
    "redact": messages,
}


def outputs(response):
    """Returns the result of each record, and its output as a list of JSON values or as text."""
    def values(text):
        try:
            return [json.loads(line) for line in text.splitlines()]
        except json.JSONDecodeError:
            return text
    answers = []
    for record in json.loads(response)["records"]:
        data = base64.b64decode(record.get("data") or "").decode()
        answers.append((record["recordId"], record["result"], values(data)))
    return answers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", help="the binary firehose-pipeline")
    parser.add_argument("--case", choices=CASES, action="append")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each run")
    arguments = parser.parse_args()
    print("case                       Rust ms  Python ms  Node ms  Python/Rust  Node/Rust")
    for case in arguments.case or CASES:
        payload = event(CASES[case](random.Random(7)))
        pipeline = str(HERE / f"{case}.yaml")
        functions = [
            Function([arguments.binary], payload, FIREHOSE_PIPELINE_FILE=pipeline,
                     AWS_LAMBDA_LOG_LEVEL="ERROR", FIREHOSE_TRANSFORM_METRICS="off"),
            Function([sys.executable, str(HERE / "function.py"), case], payload),
            Function(["node", str(HERE / "function.mjs"), case], payload),
        ]
        try:
            for function in functions:
                function.server.run(3)
            expected = outputs(functions[1].server.response)
            for name, function in zip(["Rust", "Node"], functions[::2]):
                for one, other in zip(outputs(function.server.response), expected, strict=True):
                    if one != other:
                        sys.exit(f"{case}: {name} answers {one!s:.500}\nand Python answers {other!s:.500}")
            times = [[], [], []]
            for _ in range(arguments.runs):
                for function, measured in zip(functions, times):
                    measured.append(function.measure(arguments.seconds) * 1000)
            rust, python, node = map(statistics.median, times)
            print(f"{case:25} {rust:8.1f}  {python:9.1f}  {node:7.1f}  {python / rust:11.1f}"
                  f"  {node / rust:9.1f}", flush=True)
        finally:
            for function in functions:
                function.stop()


main()
