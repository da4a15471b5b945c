"""A function in another language: one in Python, by AWS's own runtime client, beside the Rust one.

`invoke`, `check` and `run` are given both, and what the two make of the same records must be the
same. Handlers that fail or break the contract must be reported. Runs with the interpreter of
which `awslambdaric` is a package; else it is standard library only.
"""

import base64
import gzip
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIREHOSE_LOCAL = ROOT / "target/debug/firehose-local"
HANDLERS = ROOT / "fixtures/functions/square_values.py"
RUST = ROOT / "target/debug/square-values"
# In the others, Python writes doubles or keys in another way, or takes base64 less strictly.
CASES = ["empty-batch", "empty-data", "integers", "kinesis-source", "not-json", "odd-fields", "wrong-types"]
RECORDS = ROOT / "fixtures/delivery/numbers.jsonl"


def firehose_local(*arguments, code=0, says=""):
    """Its standard output; it must end with this code, and say this."""
    run = subprocess.run(
        [FIREHOSE_LOCAL, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120,
    )
    if run.returncode != code or says not in run.stdout + run.stderr:
        shown = " ".join(map(str, arguments))
        sys.exit(f"firehose-local {shown}: ended with {run.returncode}, expected {code} and "
                 f"{says!r}:\n{run.stdout}{run.stderr}")
    return run.stdout


def bootstrap(folder, handler):
    """The executable of a function with this handler, in a folder of its own as on Lambda."""
    function = folder / handler
    function.mkdir()
    shutil.copy(HANDLERS, function)
    path = function / "bootstrap"
    path.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m awslambdaric {HANDLERS.stem}.{handler}\n")
    path.chmod(0o755)
    return path


def outcomes(response):
    """What is answered to each record. The data counts of those that are delivered."""
    records = json.loads(response)["records"]
    return [(it["recordId"], it["result"], it["result"] == "Ok" and base64.b64decode(it["data"]))
            for it in records]


def invoke_and_check(python, folder):
    for case in CASES:
        event = ROOT / "fixtures/square-values" / case / "event.json"
        response = firehose_local("invoke", "--binary", python, event)
        expected = firehose_local("invoke", "--binary", RUST, event)
        if outcomes(response) != outcomes(expected):
            sys.exit(f"{case}: in Python {outcomes(response)}, in Rust {outcomes(expected)}")
        written = folder / "response.json"
        written.write_text(response)
        firehose_local("check", event, written, says="The response keeps Firehose's contract.")
        print(f"{case}: ok")


def faults_are_reported(folder):
    event = ROOT / "fixtures/square-values/integers/event.json"
    forgetful = bootstrap(folder, "forgetful_handler")
    response = firehose_local("invoke", "--binary", forgetful, event, code=1, says="not answered")
    written = folder / "response.json"
    written.write_text(response)
    firehose_local("check", event, written, code=1, says="answered 2 times")
    failing = bootstrap(folder, "failing_handler")
    says = "the function failed: RuntimeError: told to fail"
    firehose_local("invoke", "--binary", failing, event, code=3, says=says)
    print("handlers with faults: ok")


def deliver(function, to):
    """The summary of a delivery, and the lines of its objects, by folder."""
    settings = [
        "--delivery-stream", "numbers", "--prefix", "good/", "--error-output-prefix", "bad/",
        "--append-delimiter", "--compression", "gzip",
    ]
    summary = json.loads(firehose_local("run", "--json", *settings, "--binary", function, "--to", to, RECORDS))
    stream = summary["deliveryStreams"][0]
    lines = {}
    for path in to.rglob("*"):
        if path.is_file():
            found = gzip.decompress(path.read_bytes()).splitlines()
            lines.setdefault(path.relative_to(to).parts[0], []).extend(found)
    counts = [stream[name] for name in ("records", "delivered", "dropped", "failed", "failedByCode")]
    # An error line has times in it; the record and the reason are what counts.
    bad = [json.loads(line) for line in lines["bad"]]
    return counts, sorted(lines["good"]), sorted((it["rawData"], it["errorCode"]) for it in bad)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="python-function-"))
    try:
        python = bootstrap(folder, "handler")
        invoke_and_check(python, folder)
        faults_are_reported(folder)
        ours, theirs = deliver(RUST, folder / "rust"), deliver(python, folder / "python")
    finally:
        shutil.rmtree(folder)
    if ours != theirs:
        sys.exit(f"delivered in Python {theirs}, in Rust {ours}")
    counts, good, bad = theirs
    if counts[:4] != [10, 7, 0, 3] or (len(good), len(bad)) != (7, 3):
        sys.exit(f"delivered {theirs}")
    print("a delivery: ok")
    print(f"{len(CASES) + 2} passed, 0 failed")


main()
