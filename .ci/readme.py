"""Runs the commands of a README that need only cargo, and compares their output with the README.

A block of commands without output runs too: each command must end with an exit code that the README
allows. Blocks with other commands, such as those of cargo-lambda and SAM, have their own steps in CI.

usage: readme.py [--built]

With --built, the commands use the binary of an earlier `cargo test --workspace` in place of
`cargo run -p firehose-local`, which compiles many dependencies again with other features.

Needs only the standard library.
"""

import pathlib
import shutil
import subprocess
import sys

from shown_commands import commands_of, differences

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Exit codes other than 0 that the README speaks of: records still fail.
EXIT_CODES = {"replay": 6}

CARGO_RUN = "cargo run -p firehose-local --"
BINARY = CARGO_RUN if sys.argv[1:] != ["--built"] else str(ROOT / "target/debug/firehose-local")


def run(command, shown):
    """Runs a command, and compares its output if the README shows any."""
    # The last `--` before the subcommand belongs to cargo.
    subcommand = command.split(" -- ")[1].split()[0]
    done = subprocess.run(command.replace(CARGO_RUN, BINARY), shell=True, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    if done.returncode != EXIT_CODES.get(subcommand, 0):
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stderr}")
    if different := differences(done, shown):
        sys.exit("\n".join([command, *different]))


def check(readme, expected):
    """Runs the commands of a README that need only cargo. Fails unless there are `expected` commands."""
    count = 0
    for block in (ROOT / readme).read_text().split("```text\n")[1:]:
        for command, shown in commands_of(block.split("```")[0]):
            # A URL needs `cargo lambda watch`, which .ci/cargo_lambda.py starts.
            if "cargo run -p firehose-local" in command and " --url " not in command:
                run(command, shown)
                print(f"{readme}: {command}: ran, {len(shown)} lines compared")
                count += 1
    if count != expected:
        sys.exit(f"{readme} has {count} commands of cargo, expected {expected}")


def main():
    for folder in ["cases", "delivered", "delivered-logs", "readings", "recovered"]:
        shutil.rmtree(ROOT / "target" / folder, ignore_errors=True)
    check("README.md", 9)
    check("examples/pipeline/README.md", 3)


main()
