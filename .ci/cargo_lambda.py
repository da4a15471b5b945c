"""Runs and builds the functions with cargo-lambda, and compares their responses with the fixtures.

usage: cargo_lambda.py watch | build | abort

watch: invokes the examples with `cargo lambda watch` and `cargo lambda invoke` for each case. The
response must equal the fixture. The response of a Firehose transform must also equal the response
that `firehose-local` gets.

build: builds every example as a release binary, and runs the cases of `square-values`, `kpl-unpack`
and the example `faults`. In `faults`, only the record that panics may fail, with its cause in the
log. None of these binaries may be larger than 2.0 MB. A larger binary probably contains features of
dependencies that only other crates need.

abort: builds the example `faults` with panics that abort. The function must log a warning about
this setting when it starts, and must print the panic.

The comparison does not use the project's test kit. Standard library only.
"""

import base64
import json
import os
import pathlib
import signal
import subprocess
import sys

from ports import free_port, wait_for_port

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIREHOSE_LOCAL = ROOT / "target/debug/firehose-local"
MAX_BYTES = 2_000_000


def readable_answer(answer, expected):
    """Returns an answer as a record of expected.json: the payload as JSON, text or base64, like there."""
    shown = {"recordId": answer["recordId"], "result": answer["result"]}
    payload = answer.get("data", answer.get("kafkaRecordValue"))
    if payload is not None:
        data = base64.b64decode(payload, validate=True)
        if "json" in expected:
            shown["json"] = json.loads(data, object_pairs_hook=list)
        elif "text" in expected:
            shown["text"] = data.decode()
        else:
            shown["base64"] = payload
    for name, value in answer.get("metadata", {}).items():
        shown[name] = value
    return shown


def differences(case, response, causes=None):
    """Returns the differences between the response and the case's expected.json.

    `causes` maps record ids to the causes that the function logged.
    """
    # Pairs keep the order of keys and repeated keys.
    text = (case / "expected.json").read_text()
    expected = [dict(record) for record in dict(json.loads(text, object_pairs_hook=list))["records"]]
    found = []
    for record in expected:
        cause = record.pop("cause", None)
        logged = (causes or {}).get(record["recordId"], "")
        if causes is not None and cause is not None and cause not in logged:
            found.append(f"{record['recordId']}: logged {logged!r}, expected {cause!r}")
    answers = response["records"]
    if len(answers) != len(expected):
        return [f"the response has {len(answers)} answers, expected {len(expected)}"]
    shown = [readable_answer(*pair) for pair in zip(answers, expected)]
    return found + [f"answered {a}, expected {e}" for a, e in zip(shown, expected) if a != e]


def cases(folder):
    found = sorted(path.parent for path in (ROOT / "fixtures" / folder).glob("*/event.json"))
    if not found:
        sys.exit(f"fixtures/{folder} has no cases")
    return found


def run_firehose_local(binary, event):
    command = [FIREHOSE_LOCAL, "invoke", "--binary", binary, event]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def firehose_local(binary, event):
    """Returns the response that `firehose-local` gets, and the causes in the function's log."""
    run = run_firehose_local(binary, event)
    if run.returncode != 0:
        sys.exit(f"{event}: firehose-local ended with {run.returncode}:\n{run.stderr}")
    lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
    fields = [line.get("fields", {}) for line in lines]
    failed = [fields for fields in fields if {"record_id", "cause"} <= fields.keys()]
    return json.loads(run.stdout), {fields["record_id"]: fields["cause"] for fields in failed}


def watch():
    port = free_port()
    address = ["--invoke-address", "127.0.0.1", "--invoke-port", str(port)]
    log = open(ROOT / "target/cargo-lambda-watch.log", "wb")
    process = subprocess.Popen(
        ["cargo", "lambda", "watch", "--ignore-changes", *address],
        cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )
    try:
        wait_for_port(port, process, "cargo lambda watch")
        transforms = ["square-values", "kpl-unpack"]
        consumers = ["kpl-consumer-bulk", "kpl-consumer-iter"]
        results = [check_transform(it, case, address) for it in transforms for case in cases(it)]
        return results + [check_consumer(it, case, address) for it in consumers for case in cases(it)]
    finally:
        end(process)


def end(process):
    """Ends the process group: cargo and the functions that cargo started."""
    for wanted in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, wanted)
            process.wait(20)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return


def invoke(function, case, address):
    command = ["cargo", "lambda", "invoke", function, *address, "--data-file", case / "event.json"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)


def check_transform(function, case, address):
    run = invoke(function, case, address)
    if run.returncode != 0:
        return case, [f"cargo lambda invoke ended with {run.returncode}: {run.stderr}"]
    response = json.loads(run.stdout)
    local, causes = firehose_local(ROOT / "target/debug" / function, case / "event.json")
    found = differences(case, response) + differences(case, local, causes)
    if response != local:
        found.append("cargo lambda invoke and firehose-local got different responses")
    return case, found


def check_consumer(function, case, address):
    expected = json.loads((case / "expected.json").read_text())
    run = invoke(function, case, address)
    error = expected.get("invocationError")
    if error is None and (run.returncode != 0 or json.loads(run.stdout) != expected):
        return case, [f"answered {run.stdout or run.stderr}, expected {expected}"]
    if error is not None and error not in run.stdout + run.stderr:
        return case, [f"answered {run.stdout or run.stderr}, expected an error with {error!r}"]
    return case, []


def build():
    functions = sorted(path.parent.name for path in ROOT.glob("examples/*/Cargo.toml"))
    binaries = " ".join(f"--bin {name}" for name in functions)
    for target in [binaries, "--package firehose-runtime --example faults"]:
        command = ["cargo", "lambda", "build", "--quiet", "--release", *target.split()]
        subprocess.run(command, cwd=ROOT, check=True)
    bootstraps = {name: ROOT / "target/lambda" / name / "bootstrap" for name in ["faults", "square-values", "kpl-unpack"]}
    return [
        (case, differences(case, *firehose_local(bootstrap, case / "event.json")) + too_large(bootstrap))
        for name, bootstrap in bootstraps.items()
        for case in cases(name)
    ]


def too_large(bootstrap):
    size = bootstrap.stat().st_size
    return [f"{bootstrap} has {size} bytes, expected at most {MAX_BYTES}"] if size > MAX_BYTES else []


def abort():
    target = ROOT / "target/abort"
    command = ["cargo", "build", "--quiet", "--package", "firehose-runtime", "--example", "faults"]
    environment = {**os.environ, "CARGO_PROFILE_DEV_PANIC": "abort", "CARGO_TARGET_DIR": target}
    subprocess.run(command, cwd=ROOT, check=True, env=environment)
    results = []
    for case in cases("faults"):
        run = run_firehose_local(target / "debug/examples/faults", case / "event.json")
        texts = ['panic = \\"abort\\"', "told to panic", "ended without an answer (signal: 6"]
        found = [f"not on standard error: {text}" for text in texts if text not in run.stderr]
        if run.returncode != 3:
            found.append(f"ended with {run.returncode}, expected 3")
        results.append((case, found))
    return results


def main():
    commands = {"watch": watch, "build": build, "abort": abort}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    failed = 0
    results = commands[sys.argv[1]]()
    for case, found in results:
        print(f"{case.relative_to(ROOT)}: {'FAILED' if found else 'ok'}")
        for difference in found:
            print(f"    {difference}")
        failed += bool(found)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
