"""Compares a function in Python with the same function in Rust.

The function in Python runs with awslambdaric, AWS's runtime client. Both functions must give the same
results for the same records in `firehose-local invoke`, `check`, `test` and `run`. `firehose-local` must
also report Python handlers that fail or break the contract. Needs the package `awslambdaric`, and
otherwise only the standard library.
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
# In the other cases, Python formats doubles or keys differently, or accepts more base64.
CASES = ["empty-batch", "empty-data", "integers", "kinesis-source", "not-json", "odd-fields", "wrong-types"]
RECORDS = ROOT / "fixtures/delivery/numbers.jsonl"


def firehose_local(*arguments, code=0, says=""):
    """Returns the standard output. The exit code must be `code`, and the output must contain `says`."""
    run = subprocess.run(
        [FIREHOSE_LOCAL, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120,
    )
    if run.returncode != code or says not in run.stdout + run.stderr:
        shown = " ".join(map(str, arguments))
        sys.exit(f"firehose-local {shown}: ended with {run.returncode}, expected {code} and "
                 f"{says!r}:\n{run.stdout}{run.stderr}")
    return run.stdout


def bootstrap(folder, handler):
    """Creates a folder with the `bootstrap` of a function with this handler, and returns its path."""
    function = folder / handler
    function.mkdir()
    shutil.copy(HANDLERS, function)
    path = function / "bootstrap"
    path.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m awslambdaric {HANDLERS.stem}.{handler}\n")
    path.chmod(0o755)
    return path


def outcomes(response):
    """Returns the id and the result of each answer, and the data if the result is `Ok`."""
    records = json.loads(response)["records"]
    return [(it["recordId"], it["result"], it["result"] == "Ok" and base64.b64decode(it["data"]))
            for it in records]


def invoke_and_check(python, folder):
    for case in CASES:
        event = ROOT / "fixtures/square-values" / case / "event.json"
        response = firehose_local("invoke", "--binary", python, event)
        expected = firehose_local("invoke", "--binary", RUST, event)
        if outcomes(response) != outcomes(expected):
            sys.exit(f"{case}: Python gives {outcomes(response)}, Rust {outcomes(expected)}")
        written = folder / "response.json"
        written.write_text(response)
        firehose_local("check", event, written, says="The response keeps Firehose's contract.")
        print(f"{case}: ok")


def fixtures_pass(python, folder):
    """Runs the same fixture cases as the tests of the function in Rust."""
    cases = ROOT / "fixtures/square-values"
    says = f"{len(CASES)} cases: {len(CASES)} passed, 0 failed"
    firehose_local("test", "--binary", python, cases, *CASES, says=says)
    # In this case, Python writes doubles differently.
    junit = folder / "junit.xml"
    says = "1 case: 0 passed, 1 failed"
    firehose_local("test", "--binary", python, "--junit", junit, cases, "floats", code=6, says=says)
    if junit.read_text().count("<failure ") != 1:
        sys.exit(f"expected one failure:\n{junit.read_text()}")
    print("fixture cases: ok")


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
    """Delivers the records. Returns the counts, the good lines and the bad lines."""
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
    # The times in error lines differ, so only the record and the error code are compared.
    bad = [json.loads(line) for line in lines["bad"]]
    return counts, sorted(lines["good"]), sorted((it["rawData"], it["errorCode"]) for it in bad)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="python-function-"))
    try:
        python = bootstrap(folder, "handler")
        invoke_and_check(python, folder)
        fixtures_pass(python, folder)
        faults_are_reported(folder)
        ours, theirs = deliver(RUST, folder / "rust"), deliver(python, folder / "python")
    finally:
        shutil.rmtree(folder)
    if ours != theirs:
        sys.exit(f"the deliveries differ: {theirs} with Python, {ours} with Rust")
    counts, good, bad = theirs
    if counts[:4] != [10, 7, 0, 3] or (len(good), len(bad)) != (7, 3):
        sys.exit(f"unexpected delivery: {theirs}")
    print("a delivery: ok")
    print(f"{len(CASES) + 3} passed, 0 failed")


main()
