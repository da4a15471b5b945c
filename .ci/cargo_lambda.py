"""The functions as the real cargo-lambda runs and builds them, held against the fixtures.

usage: cargo_lambda.py watch | build | abort

watch: each case of the examples through `cargo lambda watch` and `cargo lambda invoke`, whose
answer must be the fixture's and, of a Firehose transform, that of `firehose-local`.

build: every example as a release binary, and the cases of the transforms among them; of the
example `faults` too, where a record that panics must fail alone, with its cause in the log. No
transform is larger than 2.0 MB: features that other crates ask for would make them so.

abort: the same example, built to abort on panics: it must say so at start, and the panic too.

It compares by itself, without the project's test kit. Standard library only.
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


def answer_for_people(answer, expected):
    """The answer in the form of expected.json, payload in the form that is expected."""
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
    """What differs between the response and the case's expected.json.

    `causes`, by record id, are those that the function has logged.
    """
    # As pairs, since the order of keys counts, and keys may be there twice.
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
        return [f"{len(answers)} answers, expected {len(expected)}"]
    shown = [answer_for_people(*pair) for pair in zip(answers, expected)]
    return found + [f"answered {a}, expected {e}" for a, e in zip(shown, expected) if a != e]


def cases(folder):
    found = sorted(path.parent for path in (ROOT / "fixtures" / folder).glob("*/event.json"))
    if not found:
        sys.exit(f"no cases in fixtures/{folder}")
    return found


def run_firehose_local(binary, event):
    command = [FIREHOSE_LOCAL, "invoke", "--binary", binary, event]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def firehose_local(binary, event):
    """The response of `firehose-local`, and the causes in the function's log."""
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
    """Ends the whole group: cargo, and the functions that it has started."""
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
        found.append("cargo lambda invoke and firehose-local answer differently")
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
    return [f"{bootstrap} has {size} bytes"] if size > MAX_BYTES else []


def abort():
    target = ROOT / "target/abort"
    command = ["cargo", "build", "--quiet", "--package", "firehose-runtime", "--example", "faults"]
    environment = {**os.environ, "CARGO_PROFILE_DEV_PANIC": "abort", "CARGO_TARGET_DIR": target}
    subprocess.run(command, cwd=ROOT, check=True, env=environment)
    results = []
    for case in cases("faults"):
        run = run_firehose_local(target / "debug/examples/faults", case / "event.json")
        texts = ['panic = \\"abort\\"', "told to panic", "ended without an answer (signal: 6"]
        found = [f"not said: {text}" for text in texts if text not in run.stderr]
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
