"""Compares speed and size of the working tree with those of an earlier commit.

Builds both in release mode, and measures them in turns:

- instructions of square-values for an event of 6 MB, counted by callgrind
- size of square-values, without symbols
- wall time of `firehose-local run` with square-values
- time for each record in the bench `engine` of firehose-runtime

Prints medians and ratios. Fails if a ratio is over its limit. Needs only the standard library.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

import inputs
from runtime_api import invoke

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "target/compare"
NOW_BUILD = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
EVENT_BYTES = 6_000_000
SECONDS_UNDER_VALGRIND = 600

# The upper limit of each measure, as a multiple of the base.
LIMITS = {"instructions": 1.01, "size": 1.00, "run": 1.05, "engine": 1.05}

# A line of the engine bench: `identity   5951 x 500   1.93 ... 3081234`. The last number is records/s.
ENGINE_LINE = re.compile(r"^(identity|square)\s+(\d+) x (\d+)\s.*\s(\d+)$", re.MULTILINE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("base", help="the commit to compare with")
    parser.add_argument("--runs", type=int, default=15, help="how often to measure each duration (default: 15)")
    parser.add_argument("--gigabytes", type=float, default=1.0,
                        help="records of each `run`, in GB of 10^9 bytes (default: 1)")
    options = parser.parse_args()
    if options.runs < 1 or options.gigabytes <= 0:
        parser.error("--runs and --gigabytes must be positive")
    FOLDER.mkdir(parents=True, exist_ok=True)
    sides = [build("base", check_out(options.base), FOLDER / "base-build"), build("now", ROOT, NOW_BUILD)]
    rows = [*compare_functions(sides), *compare_runs(sides, options), *compare_engines(sides, options)]
    print_table(options.base, rows)
    over = [name for name, base, now, limit in rows if now > base * limit]
    if over:
        sys.exit(f"over the limit: {', '.join(over)}")


def command(*arguments, **options):
    """Runs a command and returns its standard output. A failure ends the comparison."""
    options = {"cwd": ROOT, "stdout": subprocess.PIPE, "text": True, **options}
    done = subprocess.run(arguments, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def check_out(commit):
    """Clones the repository at a commit, and returns the clone's folder."""
    commit = command("git", "rev-parse", "--verify", f"{commit}^{{commit}}").strip()
    clone = FOLDER / "base-source"
    if not clone.exists():
        command("git", "clone", "--quiet", "--shared", "--no-checkout", ".", clone)
    command("git", "fetch", "--quiet", "origin", commit, cwd=clone)
    command("git", "checkout", "--quiet", "--force", "--detach", commit, cwd=clone)
    return clone


def build(name, source, target):
    """Builds the binaries of a side, and returns the folder with their copies.

    Each package is built by itself, because packages that are built together share the features of
    their dependencies.
    """
    print(f"building {name}", flush=True)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    cargo = lambda *arguments: command(
        "cargo", *arguments, "--locked", "--quiet", cwd=source, env=environment,
    )
    copies = FOLDER / name
    copies.mkdir(exist_ok=True)
    for package in ["square-values", "firehose-local"]:
        cargo("build", "--release", "--package", package)
        shutil.copy(target / "release" / package, copies)
    messages = cargo("bench", "--package", "firehose-runtime", "--bench", "engine", "--no-run",
                     "--message-format", "json")
    artifacts = [json.loads(line) for line in messages.splitlines()]
    [engine] = [it["executable"] for it in artifacts
                if it.get("target", {}).get("name") == "engine" and it.get("executable")]
    shutil.copy(engine, copies / "engine")
    return copies


def compare_functions(sides):
    event = inputs.event(EVENT_BYTES)
    yield ("square-values, instructions for 6 MB", *(instructions(it, event) for it in sides),
           LIMITS["instructions"])
    yield ("square-values, bytes", *(stripped_size(it) for it in sides), LIMITS["size"])


def instructions(side, event):
    """Returns the mean instructions for the second and the third event of a process."""
    few, many = (instructions_of_process(side, event, count) for count in [1, 3])
    return (many - few) // 2


def instructions_of_process(side, event, count):
    output = FOLDER / "callgrind.out"
    output.unlink(missing_ok=True)
    valgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={output}"]
    responses = invoke([*valgrind, side / "square-values"], event, count, SECONDS_UNDER_VALGRIND)
    for response in responses:
        results = [record["result"] for record in json.loads(response)["records"]]
        if not results or set(results) != {"Ok"}:
            sys.exit(f"{side.name}: square-values gave {set(results)} for {len(results)} records")
    return int(re.search(r"^(?:totals|summary): (\d+)", output.read_text(), re.MULTILINE)[1])


def stripped_size(side):
    stripped = FOLDER / "stripped"
    command("strip", "-o", stripped, side / "square-values")
    return stripped.stat().st_size


def compare_runs(sides, options):
    records = FOLDER / "records.jsonl"
    inputs.write_records(records, int(options.gigabytes * 1e9))
    times = in_turns(sides, options.runs, lambda side: [("", run_time(side, records))])
    records.unlink()
    name = f"firehose-local run, s for {options.gigabytes:g} GB"
    yield (name, *(it[""] for it in times), LIMITS["run"])


def run_time(side, records):
    delivered = FOLDER / "delivered"
    shutil.rmtree(delivered, ignore_errors=True)
    start = time.perf_counter()
    command(
        side / "firehose-local", "run", "--delivery-stream", "squares", "--kinesis-stream", "source",
        "--binary", side / "square-values", "--append-delimiter", "--buffer-size", "64",
        "--to", delivered, records, stderr=subprocess.STDOUT,
    )
    seconds = time.perf_counter() - start
    shutil.rmtree(delivered)
    return seconds


def compare_engines(sides, options):
    base, now = in_turns(sides, options.runs, engine_times)
    for name in base:
        yield (name, base[name], now[name], LIMITS["engine"])


def engine_times(side):
    """Yields the microseconds per record of each transform and event of the bench."""
    for transform in ["identity", "square"]:
        lines = ENGINE_LINE.findall(command(side / "engine", transform))
        if not lines:
            sys.exit(f"{side.name}: the engine bench printed no times of {transform}")
        for transform, records, length, speed in lines:
            yield f"engine, {transform}, us per record of {length} B", 1e6 / int(speed)


def in_turns(sides, runs, measure):
    """Measures the sides in turns, and returns the median of each measure of each side."""
    measured = [{} for _ in sides]
    for run in range(runs):
        turns = list(zip(sides, measured))
        # A machine may slow down steadily, so the sides alternate in going first.
        for side, found in turns if run % 2 == 0 else reversed(turns):
            for name, value in measure(side):
                found.setdefault(name, []).append(value)
        print(f"measurement {run + 1} of {runs}", flush=True)
    return [{name: statistics.median(values) for name, values in it.items()} for it in measured]


def print_table(commit, rows):
    print(f"\n{'median':44}{commit[:12]:>16}{'now':>16}{'ratio':>8}{'limit':>7}")
    for name, base, now, limit in rows:
        show = (lambda value: f"{value:,}") if isinstance(base, int) else (lambda value: f"{value:.3f}")
        mark = "  over" if now > base * limit else ""
        print(f"{name:44}{show(base):>16}{show(now):>16}{now / base:8.3f}{limit:7.2f}{mark}")


if __name__ == "__main__":
    main()
