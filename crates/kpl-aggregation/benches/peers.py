"""Measures this crate and its peers with the same event, in one run.

usage: python3 crates/kpl-aggregation/benches/peers.py

Installs the Python package `aws_kinesis_agg` and, if npm is available, the Node package
`aws-kinesis-agg` under target/kpl-peers. Each package does the work of a Lambda function: it
converts the base64 of the event into user records in base64. The peers receive parsed JSON; this
crate parses the JSON itself. This script uses only the standard library of Python.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / "target/kpl-peers"
# The Python package needs `six` but does not declare it.
PYTHON, NODE = ["aws_kinesis_agg==1.2.3", "six==1.17.0"], "aws-kinesis-agg@4.2.8"
ROUNDS = 5

PYTHON_SOURCE = """
import json, statistics, sys, time
from aws_kinesis_agg.deaggregator import deaggregate_records
records = json.load(open(sys.argv[1]))["Records"]
times = []
for _ in range(11):
    start = time.perf_counter()
    count = len(deaggregate_records(records))
    times.append(time.perf_counter() - start)
print(count, statistics.median(times) * 1e3)
"""

NODE_SOURCE = """
const agg = require('aws-kinesis-agg');
const records = JSON.parse(require('fs').readFileSync(process.argv[2])).Records;
const times = [];
let count;
for (let round = 0; round < 21; round++) {
  const start = process.hrtime.bigint();
  count = 0;
  for (const record of records) {
    agg.deaggregateSync(record.kinesis, true, (error, users) => {
      if (error) throw error;
      count += users.length;
    });
  }
  times.push(Number(process.hrtime.bigint() - start) / 1e6);
}
times.sort((a, b) => a - b);
console.log(count, times[10]);
"""


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def install():
    PEERS.mkdir(parents=True, exist_ok=True)
    if not (PEERS / "venv/bin/pip").exists():
        run(sys.executable, "-m", "venv", PEERS / "venv")
    run(PEERS / "venv/bin/pip", "install", "--quiet", *PYTHON)
    if shutil.which("npm"):
        (PEERS / "package.json").write_text("{}")
        run("npm", "install", "--silent", "--no-fund", "--no-audit", NODE, cwd=PEERS)


def measure(event):
    """Measures each program once. Returns a median in milliseconds for the name of each program."""
    bench = ["cargo", "bench", "--quiet", "--package", "kpl-aggregation", "--bench", "deaggregate"]
    ours = run(*bench, "--", "--event", event, cwd=ROOT)
    rows = re.findall(r"^(.*?) +([\d.]+) ms", ours, re.MULTILINE)
    times = {f"here: {name}": float(time) for name, time in rows}
    count = int(ours.split()[0])
    peers = {"Python": [PEERS / "venv/bin/python", "-c", PYTHON_SOURCE, event]}
    if shutil.which("npm"):
        source = PEERS / "measure.js"
        source.write_text(NODE_SOURCE)
        peers["Node"] = ["node", source, event]
    for name, command in peers.items():
        found, time = run(*command).split()
        if int(found) != count:
            sys.exit(f"{name} found {found} user records, expected {count}")
        times[f"peer: {name}"] = float(time)
    return times


def main():
    install()
    event = PEERS / "event.json"
    rounds = [measure(os.fspath(event)) for _ in range(ROUNDS)]
    medians = {name: sorted(it[name] for it in rounds)[ROUNDS // 2] for name in rounds[0]}
    ours = medians["here: event, base64 in and out"]
    print(f"medians of {ROUNDS} rounds; each round is a median too")
    for name, time in medians.items():
        print(f"{name:<32} {time:8.2f} ms   {time / ours:6.2f} times ours, base64 in and out")


main()
